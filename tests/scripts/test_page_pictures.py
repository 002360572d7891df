"""Every page that somebody can open is photographed and looked through by axe-core, or it is said why not."""

import re
from collections.abc import Iterator
from pathlib import Path

import page_pictures
import pytest
from every_page import Walked
from walked_town import walked_town

FOR_PEOPLE = re.compile(r"/$|/(privacy|console|board|books|checked|me|p|q)\b")
# Of what is for people: no page, or one that cannot be shown without a platform, and why.
NOT_SHOWN = {
    r"\.(xlsx|pdf|png|js)$": "a file",
    r"/(media|photo|picture|files|voucher|signatures)/|/people/<public>$|^/checked/": "a picture or a voice",
    r"/(progress|state)$": "for the script of the page before",
    r"<path:rest>$|/login/<|^/me/back$": "leads elsewhere",
    r"^/p/.*<number>/receipt$": "after WeChat Pay has said so; looks as /p/<token>/receipts/<payment>",
    r"^/console/again$": "for whoever has a second factor; its form is that of the log-in",
}


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Walked]:
    with walked_town(sqlite_template, tmp_path_factory.mktemp("pictures")) as there:
        yield there


def test_every_page_is_photographed_or_it_is_said_why_not(walked: Walked) -> None:
    app = walked.app
    shown = {seen.rule for _, seen in page_pictures.every_kind(app, walked.seen)}
    pages = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and FOR_PEOPLE.match(rule.rule)
    }
    excused = {rule: why for rule in pages for why in NOT_SHOWN if re.search(why, rule)}
    assert sorted(pages - shown - excused.keys()) == []
    assert sorted(shown & excused.keys()) == []
    assert set(NOT_SHOWN) == set(excused.values())
