import re
from functools import cache

import pytest
from understanding_data import TRAINING, gazetteer, rows

from models.base.resources import table
from models.understanding import understand
from models.understanding.danger import BY_CATEGORY, FILE, Danger, DangerLists, shipped
from models.understanding.normal import normal
from models.understanding.terms import expand

LISTS = DangerLists.of(
    {
        "fire": {"call": "119", "sure": ["着火了"], "hint": ["冒烟"], "look_alike": ["嗓子冒烟"]},
        "hurt": {"call": "120", "sure": ["晕倒"], "over": ["送医院了"]},
        "any": {"before": ["怕", "没"], "after": ["的时候"], "over": ["演习"]},
    }
)


def told(text):
    signs = LISTS.signs_in(text)
    return signs.sure and signs.sure.kind, signs.hint and signs.hint.kind


def test_a_sure_word_decides_alone_and_a_hint_does_not():
    assert told("楼道着火了") == ("fire", "fire")
    assert told("楼道冒烟") == (None, "fire")
    assert told("楼道灯不亮") == (None, None)


def test_the_first_kind_of_the_file_counts_and_a_sure_one_before_a_hint():
    assert LISTS.signs_in("着火了,有人晕倒").sure == Danger("fire", "119")
    assert LISTS.signs_in("冒烟,有人晕倒").sure == Danger("hurt", "120")


@pytest.mark.parametrize(
    "text", ["嗓子冒烟", "怕着火了", "没着火了", "着火了的时候往哪跑", "演习,着火了", "晕倒的送医院了"]
)
def test_what_is_feared_denied_practised_or_past_is_no_danger_but_the_model_sees_it(text):
    signs = LISTS.signs_in(text)
    assert (signs.sure, signs.hint) == (None, None)
    assert signs.features & {"#alike", "#over"}


def test_what_ends_one_kind_leaves_the_others():
    assert told("晕倒的送医院了,屋里着火了") == ("fire", "fire")


def test_the_model_sees_the_kind():
    assert LISTS.signs_in("冒烟").features == {"#danger", "#danger:fire"}


def test_a_later_file_adds_to_an_earlier_one():
    lists = DangerLists.of({"fire": {"call": "119", "sure": ["着火"]}}, {"fire": {"sure": ["走水"]}})
    assert lists.signs_in("走水").sure == Danger("fire", "119")
    assert lists.signs_in("着火").sure == Danger("fire", "119")


def test_every_term_of_the_file_can_be_read_and_no_kind_holds_one_in_both_strengths():
    for kind, lists in table(FILE).items():
        if kind == BY_CATEGORY:
            assert set(lists.values()) <= set(table(FILE))
            continue
        for name in ("sure", "hint", "look_alike", "over"):
            for term in lists.get(name, ()):
                expand(term)
        assert not set(lists.get("sure", ())) & set(lists.get("hint", ())), kind
        assert kind == "any" or re.fullmatch(r"119|120|110|122", lists["call"])


def test_our_own_list_is_found_and_its_look_alikes_raise_no_alarm():
    """Written by hand before the words were tuned on it; what it reached at first: docs/understanding.md."""
    unlearnt = [row for row in rows("dangers.tsv") if bare(row[2]) not in learnt()]
    dangers = [row for row in unlearnt if row[0] != "-"]
    alikes = [text for call, _, text in unlearnt if call == "-"]
    assert len(dangers) >= 160
    assert len(alikes) >= 320
    seen = [(call, text, understand(text, gazetteer())) for call, _, text in dangers]
    missed = [text for _, text, one in seen if one.urgency != "emergency"]
    alarms = [text for text in alikes if understand(text, gazetteer()).urgency == "emergency"]
    misdirected = [text for call, text, one in seen if one.danger not in (call, None)]
    assert len(missed) <= 0.02 * len(dangers), missed
    assert len(alarms) <= 0.01 * len(alikes), alarms
    assert len(misdirected) <= 0.03 * len(dangers), misdirected


def bare(text):
    return re.sub(r"\W", "", text)


@cache
def learnt():
    """What the model has read: a message of our own list that is among it proves nothing."""
    files = (path.read_text(encoding="utf-8") for path in (TRAINING / "messages").glob("*.tsv"))
    return {bare(line.split("\t")[0]) for file in files for line in file.splitlines()}


def test_danger_makes_an_emergency_whatever_the_intent():
    seen = understand("你好 请问物业费怎么交 哎呀厨房着火了", gazetteer())
    assert (seen.urgency, seen.danger) == ("emergency", "119")


def test_no_number_to_call_without_danger():
    assert understand("灯不亮", gazetteer()).danger is None


def test_the_kinds_of_our_own_list_are_those_of_the_file():
    assert {kind for _, kind, _ in rows("dangers.tsv")} - {"-"} <= set(table(FILE))
    assert shipped().signs_in(normal("着火了快来")).sure == Danger("fire", "119")
