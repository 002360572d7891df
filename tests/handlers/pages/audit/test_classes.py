"""Every staff route is written down, or masked, or shows nobody: a new one has to say which."""

import re
from pathlib import Path

import pytest

from handlers.guards import guard_of
from handlers.pages.audit.classes import BY_FORM, FORMS, MASKED, NOBODY, NOTED, STRONG
from handlers.pages.audit.noting import act_of
from handlers.words import labels

LISTS = {"NOTED": NOTED, "BY_FORM": BY_FORM, "MASKED": MASKED, "NOBODY": NOBODY}
EXPORT = re.compile(r"_excel$")  # all of them go through excel(), which notes them
pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def staff_endpoints(phone) -> set[str]:
    app = phone.client.application
    found = {one.endpoint for one in app.url_map.iter_rules() if guard_of(app, one.endpoint) == "staff"}
    return {one.rpartition(".")[2] for one in found}


def test_every_staff_route_has_a_class(phone):
    listed = {one for each in LISTS.values() for one in each}
    bare = {one for one in staff_endpoints(phone) - listed if not EXPORT.search(one)}
    assert sorted(bare) == [], "say in handlers/pages/audit/classes.py what they show of residents"


def test_no_class_is_of_a_route_that_is_gone_or_stands_twice(phone):
    named = [one for each in LISTS.values() for one in each]
    assert sorted({one for one in named if named.count(one) > 1}) == []
    assert sorted({*named, *STRONG} - staff_endpoints(phone)) == []


def test_every_act_has_words(phone):
    acts = {*FORMS.values(), *NOTED.values()}
    assert acts <= set(labels("audit_acts"))
    assert all(act_of(form) is not None for form in BY_FORM.values())


def test_what_is_said_of_a_route_is_a_reason(phone):
    assert all(len(why) > 3 for why in {**MASKED, **NOBODY}.values())


def test_every_list_in_excel_goes_by_the_way_that_notes_it(phone):
    """Nothing writes a workbook for a page but `excel`."""
    root = Path(__file__).resolve().parents[4] / "handlers"
    writes = [
        str(file.relative_to(root))
        for file in root.rglob("*.py")
        if re.search(r"spreadsheet\.write|xlsx\.write|Workbook\(", file.read_text(encoding="utf-8"))
    ]
    assert writes == ["pages/audit/exporting.py"]
