"""An estate's ledger as tables: for its Excel file, and for what changed between two copies."""

from collections.abc import Mapping, Sequence
from typing import Any

from handlers.wording.rows import in_a_row, row
from handlers.words import labels
from models.base.spreadsheet import Rows
from models.joins.estate_ledger import Page
from models.joins.ledger_difference import Change


def sheets_of(page: Page, changes: Sequence[Mapping[str, str]]) -> list[tuple[str, Rows]]:
    """(Title, rows) of each; without changes without their sheet."""
    words, cases, fees = labels("estate_sheets"), page["cases"], page["fees"]
    states, problem = labels("case_states"), labels("problem_words")
    overview = [
        row(words["estate"], page["estate"]),
        row(words["community"], page["community"]),
        row(words["at"], page["at"][:10]),
        row(words["management"], _management(page["management"])),
        row(words["tags"], in_a_row(page["tags"])),
        row(words["buildings"], len(page["buildings"])),
        row(words["homes"], page["homes"]),
        row(words["open"], cases["open"]),
        row(words["ended"], cases["ended"]),
        row(words["fees_due"].format(period=fees["period"]), fees["due"]),
        row(words["fees_paid"].format(period=fees["period"]), fees["paid"]),
        *(row(words["facility"], one["name"], one["address"]) for one in page["facilities"]),
    ]
    buildings = [
        words["of_buildings"],
        *(
            row(
                one["building"],
                one["units"],
                one["floors"],
                one["homes"],
                one["grid"],
                _management(one["management"]),
                one["keeper_unit"],
                in_a_row(one["keepers"]),
                in_a_row(one["tags"]),
            )
            for one in page["buildings"]
        ),
    ]
    by_state = [
        words["of_cases"],
        *(row(states[state], count) for state, count in cases["states"].items()),
        words["of_owners"],
        *(row(one["name"] or words["nobody"], one["open"], one["ended"]) for one in cases["owners"]),
    ]
    categories = labels("categories")
    open_cases = [
        words["of_open_cases"],
        *(
            row(
                one["number"],
                one["building"],
                categories[one["category"]]["label"] if one["category"] else None,
                states[one["state"]],
                one["owner"] or words["nobody"],
                one["reported_on"],
            )
            for one in page["open_cases"]
        ),
    ]
    problems = [
        words["of_problems"],
        *(
            row(
                one["number"],
                one["title"],
                problem["kinds"][one["kind"]],
                problem["states"][one["state"]],
                one["owner"] or words["nobody"],
                one["next_on"],
            )
            for one in page["problems"]
        ),
    ]
    sheets: list[tuple[str, Rows]] = list(
        zip(words["sheets"], (overview, buildings, by_state, open_cases, problems), strict=True)
    )
    if changes:
        headings = words["of_changes"]
        rows = [headings, *(row(one["what"], one["field"], one["before"], one["after"]) for one in changes)]
        sheets.append((words["changes"], rows))
    return sheets


def changes_as_rows(changes: Sequence[Change]) -> list[dict[str, str]]:
    """`what` it is about, which `field`, its value `before` and `after`, in words."""
    words = labels("estate_changes")
    return [
        {
            "what": words["sections"][one.section].format(key=one.key or words["nobody"]),
            "field": _field(one),
            "before": _said(one, one.before),
            "after": _said(one, one.after),
        }
        for one in changes
    ]


def _field(one: Change) -> str:
    if one.section == "cases" and one.field in labels("case_states"):
        return str(labels("case_states")[one.field])
    return str(labels("estate_changes")["fields"][one.field])


def _said(one: Change, value: Any) -> str:
    if one.field in ("came", "went"):
        return "" if value is None else str(labels("estate_changes")["there"])
    if value in (None, "", []):
        return "—"
    if isinstance(value, list):
        return in_a_row(map(str, value))
    if one.field == "management":
        return _management(value) or "—"
    if one.section == "case" and one.field == "state":
        return str(labels("case_states")[value])
    if one.section == "case" and one.field == "category":
        return str(labels("categories")[value]["label"])
    if one.section == "problem" and one.field in ("state", "kind"):
        return str(labels("problem_words")[f"{one.field}s"][value])
    return str(value)


def _management(code: str | None) -> str | None:
    return str(labels("management")[code]["label"]) if code else None
