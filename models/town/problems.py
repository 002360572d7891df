"""What is wrong with a workbook. The words are templates/labels/town_errors.toml."""

from dataclasses import asdict, dataclass, field
from typing import Any

from models.base.refusals import Invalid


@dataclass(frozen=True, slots=True)
class Problem:
    """Titles of `sheet` and `column` as in the file, `row` as Excel counts; None where it is about more."""

    code: str
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class WorkbookRefused(Invalid):
    """Nothing of the workbook was taken; `problems` are in the order of the file, `more` only counted."""

    def __init__(self, *problems: Problem, more: int = 0) -> None:
        super().__init__("workbook", count=len(problems) + more)
        self.problems = list(problems)
        self.more = more


def refused(code: str, **facts: Any) -> WorkbookRefused:
    """About the file as a whole."""
    return WorkbookRefused(Problem(code, facts=facts))
