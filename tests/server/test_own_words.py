"""The file of [understanding] words: read with the configuration, looked at by the doctor."""

import json

import pytest
from commands import hemei
from settings_files import configuration, plain_url

from models.base.orm import put
from models.place.tables import Community
from models.understanding import own_words
from server.doctor import examine
from server.settings import BadConfig

GOOD = """
[danger.gas]
sure = ["沼气罐…漏"]
[community."育英社区".categories.heating]
sure = ["小白楼二站"]
"""


def configured(folder, text, url=None):
    (folder / "words.toml").write_text(text, encoding="utf-8")
    return configuration(folder, url, understanding={"words": "words.toml"})


def test_it_is_found_beside_the_configuration(tmp_path):
    words = configured(tmp_path, GOOD).own_words
    assert words is not None
    assert (words.size, list(words.communities)) == (2, ["育英社区"])


def test_without_the_key_there_is_none(tmp_path):
    assert configuration(tmp_path).own_words is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[danger.gas\n", "words.toml is not TOML"),
        ('[danger.gas]\nsure = ["漏"]', '[understanding] words: words.toml line 2 [danger.gas]: "漏"'),
    ],
)
def test_what_is_wrong_stops_the_start_and_says_where(tmp_path, text, said):
    with pytest.raises(BadConfig) as refused:
        configured(tmp_path, text)
    assert said in str(refused.value)


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(BadConfig, match=r"words\.toml cannot be read: No such file"):
        configuration(tmp_path, understanding={"words": "words.toml"})


def test_a_file_that_is_no_text_is_said(tmp_path):
    (tmp_path / "words.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadConfig, match="not a text file"):
        configuration(tmp_path, understanding={"words": "words.toml"})


def test_the_doctor_counts_its_words_and_names_communities_that_are_not_there(db, tmp_path, monkeypatch):
    config = configured(tmp_path, GOOD, plain_url(db))
    monkeypatch.setenv("HEMEI_CONFIG", str(config.path))
    try:
        found = {one.code: one for one in examine()}
        assert "words.toml" in found["words_read"].says
        assert "2" in found["words_read"].says
        assert "育英社区" in found["words_unknown_community"].says
        db.write(put, Community, name="育英社区", street="东兴街道", district="北林区")
        assert "words_unknown_community" not in {one.code for one in examine()}
    finally:
        own_words.use(None)


def test_the_command_reads_with_them(tmp_path):
    config = configured(tmp_path, GOOD)
    estates = tmp_path / "estates.csv"
    estates.write_text("estate,aliases\n甲园小区,甲园\n", encoding="utf-8")
    done = hemei(
        "understand",
        "沼气罐好像在漏",
        "--estates",
        str(estates),
        cwd=tmp_path,
        HEMEI_CONFIG=str(config.path),
    )
    assert json.loads(done.stdout)["urgency"] == "emergency"
