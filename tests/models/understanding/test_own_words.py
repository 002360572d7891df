"""A clerk adds words without touching the package."""

import pytest

from models.understanding import Gazetteer, understand
from models.understanding.own_words import BadWords, OwnWords, in_use, use

TOWN = Gazetteer.of(
    [("甲园小区", ["甲园"]), ("乙园小区", ["乙园"])], {"甲园小区": "育英社区", "乙园小区": "建设社区"}
)
WORDS = OwnWords.parse("""
[danger.gas]
sure = ["沼气罐…漏"]
look_alike = ["瓦斯灯"]

[categories.heating]
sure = ["小白楼二站"]

[intents.fee]
sure = ["卫生钱"]

[community."育英社区".danger.kiln]
call = "119"
sure = ["柴火窑…塌"]

[community."育英社区".categories.road]
sure = ["老坎子"]
""")


def meaning(text: str, town: Gazetteer = TOWN):
    return understand(text, town, words=WORDS)


def test_a_sure_word_of_danger_decides_alone_whatever_our_look_alikes_say():
    seen = meaning("沼气罐好像在漏")
    assert (seen.urgency, seen.danger, seen.threat) == ("emergency", "119", "gas")
    assert understand("沼气罐好像在漏", TOWN).urgency != "emergency"


def test_a_look_alike_of_one_s_own_crosses_our_words_out():
    shipped = OwnWords.parse('[danger.fire]\nlook_alike = ["着火了饭店"]')
    text = "着火了饭店门口,厨房着火"
    assert not understand("着火了饭店门口有垃圾", TOWN, words=shipped).danger
    assert understand(text, TOWN, words=shipped).danger == "119"


def test_a_sure_word_of_a_category_decides_over_the_model():
    assert understand("小白楼二站的路灯不亮", TOWN).category == "lighting"
    assert meaning("小白楼二站的路灯不亮").category == "heating"


def test_a_word_of_an_intent_is_evidence_for_the_model():
    words = WORDS.of(None).evidence["i"]
    assert "卫生钱" in {found.term for found in words.find("卫生钱")}


@pytest.mark.parametrize(
    ("text", "home", "counts"),
    [
        ("甲园小区柴火窑要塌", None, True),
        ("乙园小区柴火窑要塌", None, False),
        ("柴火窑要塌", "育英社区", True),
        ("柴火窑要塌", "建设社区", False),
        ("柴火窑要塌", None, False),
        ("乙园小区柴火窑要塌", "育英社区", False),
    ],
)
def test_a_community_s_words_count_where_the_place_or_else_the_home_is(text, home, counts):
    assert (meaning(text, TOWN.seen_from(home)).threat == "kiln") is counts


def test_the_town_s_words_count_in_its_communities_too():
    assert meaning("甲园小区沼气罐好像在漏").threat == "gas"


def test_a_process_uses_what_it_was_given_until_it_is_told_otherwise():
    use(WORDS)
    try:
        assert understand("沼气罐好像在漏", TOWN).threat == "gas"
    finally:
        use(None)
    assert in_use().size == 0


def test_how_many_terms_the_file_holds():
    assert WORDS.size == 6
    assert list(WORDS.communities) == ["育英社区"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[danger.gas", "is not TOML"),
        ('[danger.gas]\nsure = ["漏"]', 'line 2 [danger.gas]: "漏": a single character'),
        ('[danger.gas]\nsure = [\n"一二",\n"三…",\n]', 'line 4 [danger.gas]: "三…": a part'),
        ('[danger.gas]\nshure = ["漏气"]', "line 2 [danger.gas]: shure is no list of it"),
        ('[danger.gas]\nsure = "漏气"', "line 2 [danger.gas]: sure must be a list"),
        ("[danger.gas]\nsure = [3]", 'line 2 [danger.gas]: "3": must be words in quotes'),
        ('[danger.own]\nsure = ["漏气"]', "line 1 [danger.own]: a new kind of danger needs call"),
        ('[danger.gas]\ncall = "114"', "line 1 [danger.gas]: a new kind of danger needs call"),
        ('[categories.heat]\nsure = ["漏气"]', "line 1 [categories.heat]: heat is no code of categories"),
        ('[intents.fee]\nmaybe = ["漏气"]', "line 2 [intents.fee]: maybe is no list of it"),
        ('[words]\na = "b"', "line 1: words is not known"),
        ('danger = "b"', "line 1: [danger] must be tables of lists"),
        ('community = "b"', "must hold tables"),
        ('[community]\n"育英社区" = 3', "must hold tables"),
        (
            '[danger.gas]\nsure = ["漏气"]\n[community."甲".danger.gas]\nsure = ["漏"]',
            'line 4 [community."甲".danger.gas]: "漏": a single character',
        ),
    ],
)
def test_what_is_wrong_is_said_with_line_and_word(text, problem):
    with pytest.raises(BadWords) as refused:
        OwnWords.parse(text)
    assert any(one.startswith(problem) or problem in one for one in refused.value.problems)


def test_every_problem_is_said_in_one_run():
    with pytest.raises(BadWords) as refused:
        OwnWords.parse('[danger.gas]\nsure = ["漏", "气"]\n[foo]\n')
    assert len(refused.value.problems) == 3
