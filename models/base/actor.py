"""Who does something, as a step remembers it."""

from typing import NamedTuple


class By(NamedTuple):
    kind: str  # person | staff | system
    id: int | None

    @classmethod
    def person(cls, key: int) -> "By":
        return cls("person", key)

    @classmethod
    def staff(cls, key: int) -> "By":
        """A person acting on duty. The id is still the person's."""
        return cls("staff", key)


SYSTEM = By("system", None)
