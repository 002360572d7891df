import pytest

from models.understanding.terms import GAP, Lexicon


def scored(terms: list[str], text: str) -> int:
    return Lexicon.plain({"x": terms}).scores(text)[0]


def test_a_plain_word_counts_once():
    assert scored(["灯"], "灯灯灯") == 1
    assert scored(["路灯"], "路上的灯") == 0


def test_parts_stand_in_order_with_a_short_gap():
    assert scored(["灯…不亮"], "灯又不亮了") == 1
    assert scored(["灯…不亮"], "不亮的灯") == 0
    assert scored(["灯…不亮"], "灯" + "啊" * GAP + "不亮") == 1
    assert scored(["灯…不亮"], "灯" + "啊" * (GAP + 1) + "不亮") == 0


def test_choices_are_one_term():
    assert scored(["灯/路灯…不亮/黑"], "路灯黑,灯不亮") == 1


def test_anchors():
    assert scored(["^人工$"], "人工") == 1
    assert scored(["^人工$"], "找人工") == 0
    assert scored(["吧$"], "装个棚吧") == 1


def test_an_empty_choice_is_refused():
    with pytest.raises(ValueError, match="empty part"):
        Lexicon.plain({"x": ["灯…/黑"]})


def test_weights_add_up_by_label():
    lexicon = Lexicon.from_weights({"a": {"sure": ["灯"], "against": ["车"]}, "b": {"hint": ["车"]}})
    assert lexicon.labels == ("a", "b")
    assert lexicon.scores("车灯") == [5, 1]


def test_what_was_found_can_be_shown():
    (found,) = Lexicon.plain({"x": ["灯…不亮"]}).find("楼道灯又不亮了")
    assert (found.start, found.end, found.term, found.label) == (2, 6, "灯…不亮", "x")
