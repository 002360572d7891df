"""Words come from templates alone, never break their frame, and say when a fact is missing."""

import re
from pathlib import Path

import pytest
from jinja2 import UndefinedError

import templates
from handlers import words
from handlers.wording.filters import moment, place, span

FACTS = {
    "number": "5724", "estate": "育英小区", "building": "3", "unit": "2", "floor": None, "room": "501",
    "category": "lighting", "urgency": "normal", "text": "3号楼2单元灯不亮!", "path": "/k/abc",
    "last": "2026-12-31", "mark": "482 913",
    "reported_at": "2026-11-21T02:38:00+00:00", "at": "2026-11-21T02:38:00+00:00", "taker_name": "王芳",
    "finish_text": "换了灯泡", "ring": 2, "call": "119", "objection": "还是不亮", "said": "更黑了",
    "by": "李强", "month": 11, "day": 20,
    "why": "merged", "into": "100014", "other": "100014", "who": "赵主任", "withdrawn": True,
    "relayed": False, "role": "community", "asked": "停水几点", "days": 2,
    "answer": "八点到十二点",
    "reason": "不归我管", "state": "handling", "mine": True, "note": "",
    "rung_at": "2026-11-21T02:38:00+00:00", "minutes": 65, "missing": "photo", "count": 1,
    "medium": "image", "title": "周二停水", "lead": "早八点到下午五点", "signed": "居委会", "kind": "urgent",
    "corrects": False, "author": "赵主任", "people": 30_000, "groups": 1445, "names": ["王芳"],
    "residents": 2, "step": "due", "unreached": 3, "unknown": 38, "more": 1,
    "houses": [{"estate": "育英小区", "building": "3", "unreached": 3, "unknown": 38, "homes": 2}],
    "chats": ["育英3号楼群"], "own": None, "reader": None, "part": "text", "label": 20008,
    "due": "2026-11-21T02:38:00+00:00", "until": "2026-11-27T09:00:00+00:00", "stage": "accept", "rung": 1,
    "claim": "mended", "next_on": "2027-04-01", "yearly_work": None, "yearly_on": None,
    "titles": ["3号楼排水，4件"], "problem": "外墙掉皮", "outcome": "整面墙重新抹了",
    "rule": None, "work": None, "approved_by": None, "asks": "lower", "side": "gave",
    "stood": "deputy", "delay": "defer", "numbers": ["5724"],
    "whistle": 7, "wanted": "灯杆要倒，请来人", "assist": ["供电公司"], "is_lead": True, "is_yours": False,
    "answer_due": "2026-11-21T02:53:00+00:00", "arrive_due": "2026-11-21T03:38:00+00:00", "comes": False,
    "department": "城管局", "silent": ["供电公司"], "words": "扶正了", "meeting": 5, "where": "3号楼前",
    "starts_at": "2026-11-21T02:38:00+00:00", "way": "phone",
    "said_at": "2026-11-21T02:38:00+00:00",
    "former": "李卫东", "urgent": True, "name": "李卫东", "community": "育英社区",
    "starts": "2026-11-21T02:38:00+00:00", "ends": "2026-11-21T12:38:00+00:00", "given": None,
    "spans": [["2026-11-21T02:38:00+00:00", "2026-11-21T12:38:00+00:00"]],
    "lines": [{"indicator": "rework_rate", "colour": "amber", "over": 2, "under": 12, "scale": 1}],
    "period": "2026-10", "indicator": "rework_rate", "ruling": "upheld", "stands": "taken_out",
    "offered": 1, "held": 2, "late": 1, "today": 0, "below_open": 9, "below_late": 1, "below_today": 2,
    "whistles": 1, "problems": 1, "many": 51, "outside": False, "changed": "link", "agreed": True,
    "first": "2026-11-16", "open": 9, "worst": [{"grid": "育英一网格", "open": 9, "late": 1}],
    "rates": [{"indicator": "done_rate", "over": 11, "under": 12, "scale": 1}],
    "station": "育英暖心驿站", "address": "2号楼一层",
    "medicines": [{"name": "创可贴", "amount": 20, "until": "2026-12-10", "days": 19}],
    "most_urgent": [{"number": "5724", "estate": "育英小区", "building": "3", "unit": None,
                     "category": "lighting", "due": "2026-11-21T02:38:00+00:00", "late": True, "own": True}],
    "giver": "李卫东", "from_unit": "住建局", "taker": "王芳", "to_unit": None, "how": "done",
    "examples": [{"kind": "case_dispatched", "case": "5724", "state": "failed",
                  "reason": "43004 require subscribe", "channel": "official",
                  "what": "bill", "number": 12}],
    "items": [{"number": "5724", "estate": "育英小区", "building": "3", "unit": None, "category": None,
               "minutes": 65}],
}  # fmt: skip
KINDS = sorted(file.stem for file in (Path(templates.__file__).parent / "letters").glob("*.toml"))


WAYS = ["work", "template", "mini", "chat", "robot", "customer_group", "hand", "sms", "call"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_words_for_every_way_it_speaks(kind: str) -> None:
    assert kind in words.labels("letter_kinds")
    for way in [one for one in WAYS if words.speaks(kind, one)]:
        made = words.letter(kind, way, FACTS)
        assert made.text, way
        assert "{" not in made.text, way
        assert "None" not in str(made.text), way


def test_no_letter_names_a_sum_which_stands_on_the_page_alone() -> None:
    """X19."""
    folder = Path(templates.__file__).parent / "letters"
    assert len(KINDS) > 90
    for kind in KINDS:
        assert re.findall(r"\|\s*yuan|fen\b", (folder / f"{kind}.toml").read_text()) == [], kind


def test_what_a_resident_wrote_stays_inside_its_own_string() -> None:
    nasty = '"]]\n[[card.buttons]]\nkey = "accept" {{ number }} {% raw %} <xml>'
    card = words.letter("case_dispatched", "work", FACTS | {"text": nasty}).card
    assert card is not None
    assert [button["key"] for button in card["buttons"]] == ["accept/5724", "return/5724"]
    assert card["text"] == nasty


def test_a_missing_fact_is_an_error_and_not_an_empty_place() -> None:
    with pytest.raises(UndefinedError, match="taker_name"):
        words.letter("case_accepted", "chat", {k: v for k, v in FACTS.items() if k != "taker_name"})


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(KeyError, match="no_such_kind"):
        words.letter("no_such_kind", "chat", {})


def test_the_keepers_card_has_number_place_and_a_button() -> None:
    words.use_base_url("https://hemei.example/")
    card = words.letter("case_dispatched", "work", FACTS).card
    assert card is not None
    assert "5724" in card["title"]
    assert card["desc"] == "育英小区3号楼2单元"
    assert card["buttons"][0] == {"key": "accept/5724", "text": "接单", "style": "1"}
    assert card["url"] == "https://hemei.example/k/abc"


def test_the_resident_is_asked_by_menu() -> None:
    menu = words.letter("case_finished", "chat", FACTS).menu
    assert menu is not None
    assert [item["content"] for item in menu["items"]] == ["满意", "不满意"]


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (("育英小区", "3", "2"), "育英小区3号楼2单元"),
        (("育英小区", "A3", None), "育英小区A3号楼"),
        (("育英小区", "东楼", "2"), "育英小区东楼2单元"),
        (("育英小区", None, None), "育英小区"),
        ((None, None, None), "地点未说明"),
        (("育英小区", "3", "2", "5", None), "育英小区3号楼2单元5层"),
        (("育英小区", "3", "2", "5", "501"), "育英小区3号楼2单元501室"),
    ],
)
def test_a_place_is_written_as_people_write_it(parts: tuple[str | None, ...], said: str) -> None:
    assert place(*parts) == said


def test_moments_are_on_the_wall_clock_of_shanghai() -> None:
    assert moment("2026-11-20T16:05:00+00:00") == "11月21日 00:05"


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "不到1分钟"), (45, "45分钟"), (125, "2小时5分钟"), (60, "1小时"), (4560, "3天4小时")],
)
def test_durations_are_written_as_people_say_them(minutes: int, said: str) -> None:
    assert span(minutes) == said


@pytest.mark.parametrize(
    ("state", "mine", "buttons", "replaced"),
    [
        ("dispatched", True, ["接单", "不归我管"], ""),
        ("handling", True, ["办结", "办不了"], ""),
        ("handling", False, ["已由王芳接单"], "已由王芳接单"),
        ("finished", False, ["等居民点头"], "等居民点头"),
        ("closed", False, ["居民已点头"], "居民已点头"),
        ("void", False, ["已撤销"], "已撤销"),
    ],
)
def test_a_card_shows_what_can_still_be_done(
    state: str, mine: bool, buttons: list[str], replaced: str
) -> None:
    card = words.letter("card_update", "work", FACTS | {"state": state, "mine": mine}).card
    assert card is not None
    assert [button["text"] for button in card["buttons"]] == buttons
    assert card["replace"] == replaced
