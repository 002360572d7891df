import time

import pytest

from models.understanding import Gazetteer, understand
from models.understanding.sounds import folded, folded_closely, likenesses, readings


def test_the_usual_reading_comes_first():
    assert readings("灯")[0] == "deng"
    assert readings("园")[0] == "yuan"
    assert readings("a") == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [("zheng", "zen"), ("shang", "san"), ("chuang", "cuan"), ("ling", "lin")],
)
def test_what_most_of_the_country_hears_alike(one, other):
    assert folded_closely(one) == folded_closely(other)


@pytest.mark.parametrize(
    ("one", "other"), [("hui", "fei"), ("huang", "fang"), ("nan", "lan"), ("ren", "leng")]
)
def test_what_some_dialect_hears_alike(one, other):
    assert folded(one) == folded(other)
    assert folded_closely(one) != folded_closely(other)


@pytest.mark.parametrize("pair", ["园元", "苑院", "登灯", "末未", "一1", "aA", "汇会"])
def test_signs_that_are_taken_for_each_other(pair):
    assert likenesses(pair[0]) & likenesses(pair[1])


@pytest.mark.parametrize("pair", ["灯楼", "12", "一二", "ab", "水火"])
def test_signs_that_are_not(pair):
    assert not likenesses(pair[0]) & likenesses(pair[1])


def test_looks_and_sounds_are_not_added_up():
    assert not likenesses("关") & likenesses("兴")  # 关 sounds like 光, 光 looks like 兴


def test_a_name_known_by_sound_costs_little():
    likenesses("灯")
    began = time.thread_time()
    for _ in range(1000):
        likenesses("灯")
    assert time.thread_time() - began < 0.05


def test_a_rare_character_that_nobody_reads_aloud_has_no_reading():
    assert readings("\u9fd6") == ()
    assert understand("\u9fd6灯不亮", Gazetteer.of(())).category == "lighting"
