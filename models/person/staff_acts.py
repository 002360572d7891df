"""Somebody of the staff, as the log of looks names them: with the posts of that moment."""

from models.audit.noting import Who
from models.base.actor import By
from models.person.arriving import visitor_of


def staff_who(person_id: int, origin: str | None = None) -> Who:
    """Who acts; without a post for somebody who has none (any more). `origin`: the network they come from."""
    visitor = visitor_of(person_id, "page")
    if visitor is None or not visitor.is_staff:
        return Who(By.staff(person_id), origin=origin)
    return Who(By.staff(person_id), ",".join(visitor.roles), visitor.community_id, origin)
