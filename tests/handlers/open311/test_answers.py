"""Both formats hold whatever people write; what is refused before any view is said in the same shape."""

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from factories import a_town
from georeport import said
from hypothesis import given, settings
from hypothesis import strategies as st
from open311_desk import Program, a_key, an_app
from settings_files import configuration, plain_url

from handlers.open311.answers import as_json, as_xml
from handlers.open311.gate import Buckets
from handlers.open311.moments import moment_in, written
from server.app import create_app
from server.database import Database

ONE_DATABASE = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
HOSTILE = (
    b"]]><x/>", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>&b;", b"<script>alert(1)</script>",
    b"&amp;", b"\x00\x01\x0b\x1f7", "\ufffe\uffff".encode(), b"\xed\xa0\x80", "\u202e".encode(), b"{{ 7*7 }}",
    b"' OR 1=1 --", b"\r\n\r\n", b"\xff\xfe",
)  # fmt: skip
GARBLED = (b"\xed\xa0\x80", b"\xff\xfe")  # no UTF-8


@settings(max_examples=200)
@given(st.text())
def test_any_words_are_well_formed_xml_and_lose_only_what_xml_has_no_place_for(words: str):
    made = as_xml("services", [{"description": words}]).decode("utf-8", "strict")
    found = ElementTree.fromstring(made).findtext("service/description") or ""
    kept = "".join(one for one in words if _is_char(ord(one)))
    assert found.replace("\r", "\n") == kept.replace("\r\n", "\n").replace("\r", "\n")


def _is_char(code: int) -> bool:
    """XML 1.0, production 2."""
    return code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000


def test_json_knows_no_number_that_is_none():
    with pytest.raises(ValueError, match="JSON"):
        as_json([{"lat": float("nan")}])


@ONE_DATABASE
def test_hostile_words_come_back_as_words(db: Database):
    db.write(a_town)
    program = Program(an_app(db), a_key(db))
    rest = (
        "email",
        "media_url",
        "service_code",
        "attribute[unit]",
        "attribute[<x>]",
        "jurisdiction_id",
        "lat",
    )
    for number, hostile in enumerate(HOSTILE):
        program.key = a_key(db, f"第{number}个")
        kept = dict.fromkeys(("description", "first_name", "last_name", "account_id"), hostile)
        answer = program.post("xml" if number % 2 else "json", **kept)
        said(answer, "errors" if hostile in GARBLED else "created")
        answer = program.post("json" if number % 2 else "xml", **{rest[number % len(rest)]: hostile})
        said(answer, "created" if answer.status_code == 200 else "errors")
        assert answer.status_code in (200, 400, 404)
        made = len(program.read("requests", "extended", own="true", extensions="true"))
        assert made in ((0,) if hostile in GARBLED else (1, 2))
        query = dict.fromkeys(("jurisdiction_id", "service_request_id", "status", "page"), hostile)
        assert program.get("requests.xml", **query).status_code in (200, 400, 404)
    assert len(program.read("requests")) >= len(HOSTILE) - len(GARBLED)


@ONE_DATABASE
def test_what_no_view_sees_is_refused_in_the_shape_too(db: Database, tmp_path: Path):
    client = create_app(configuration(tmp_path, plain_url(db)), db).test_client()
    form = {"content_type": "application/x-www-form-urlencoded"}
    asked: list[tuple[int, str, str, dict[str, Any]]] = [
        (404, "get", "nothing.xml", {}), (404, "get", "nothing.json", {}), (405, "put", "requests.xml", {}),
        (405, "post", "services.json", {}),
        (413, "post", "requests.json", {"data": "a=" + "x" * 200_000, **form}),
        (403, "post", "requests.xml", {"data": b"a=\xff\xfe", **form}),
        (403, "post", "requests.xml", {"data": "&".join(f"a{n}=" for n in range(10_000)), **form}),
    ]  # fmt: skip
    for status, method, path, more in asked:
        answer = getattr(client, method)(f"/open311/v2/{path}", **more)
        (error,) = said(answer, "errors")
        assert (answer.status_code, error["code"]) == (status, status), path


def test_a_moment_has_a_zone():
    for text, told in (
        ("2026-11-21T10:00:00+08:00", "2026-11-21T10:00:00+08:00"),
        ("2026-11-21T02:00:00Z", "2026-11-21T10:00:00+08:00"),
        ("2026-11-21T02:00Z", "2026-11-21T10:00:00+08:00"),
        ("2026-11-21T10:00:00 08:00", "2026-11-21T10:00:00+08:00"),
        ("1994-11-05T08:15:30.25-05:00", "1994-11-05T21:15:30+08:00"),
    ):
        found = moment_in(text)
        assert found is not None, text
        assert written(found) == told
    for text in (
        "2026-11-21", "2026-11-21T10:00:00", "2026-02-30T10:00:00Z", "0001-01-01T00:00:00+14:00", "",
        "9999-12-31T23:59:59-14:00", "٢٠٢٦-11-21T10:00:00Z", "2026-11-21T10:00:00Z\n2026",
    ):  # fmt: skip
        assert moment_in(text) is None, text


def test_so_many_at_once_and_then_so_many_in_a_second():
    at = 0.0
    buckets = Buckets(3, 2.0, lambda: at)
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 1]
    assert buckets.take("b") == 0
    at = 0.5
    assert [buckets.take("a") for _ in range(2)] == [0, 1]
    at = 60.0
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 1]


@ONE_DATABASE
def test_whoever_has_no_key_reads_as_fast_as_people_do(db: Database):
    program = Program(an_app(db))
    answers = [program.get("requests.json", page_size="1") for _ in range(80)]
    slow = [one for one in answers if one.status_code == 429]
    assert 5 < len(slow) < 25
    assert said(slow[0], "errors")
    assert int(slow[0].headers["Retry-After"]) >= 1
    assert Program(program.app, a_key(db)).get("requests.json").status_code == 200
