from models.understanding import Gazetteer, understand
from models.understanding.explaining import explain

TOWN = Gazetteer.of([("育英小区", ["育英"])])


def test_what_was_read_is_told_from_what_was_written():
    told = explain("四搂的灯不亮", TOWN)
    assert told["read"] == "四楼的灯不亮"
    assert told["put_right"]


def test_the_place_is_shown_as_it_was_written():
    assert "育英" in explain("育英3号楼灯坏了", TOWN)["place"][0]


def test_the_words_of_the_lists_are_named_with_their_label():
    told = explain("楼道灯不亮", TOWN)["lists"]
    assert {"lighting"} <= {one["says"] for one in told}


def test_a_word_of_danger_is_named_by_its_list():
    assert explain("着火了快来人", TOWN)["danger"] == "fire"
    assert explain("灯不亮", TOWN)["danger"] is None


def test_the_first_label_is_the_one_that_is_answered():
    for text in ("楼道灯不亮", "物业费多少钱一平", "你好", "谢谢师傅修好了"):
        told = explain(text, TOWN)
        assert next(iter(told["intent"]["ranked"])) == understand(text, TOWN).intent


def test_what_spoke_for_a_label_is_the_weightiest_first():
    said = [abs(weight) for weight in explain("地漏返水", TOWN)["category"]["because"].values()]
    assert said == sorted(said, reverse=True)
    assert len(said) > 3
