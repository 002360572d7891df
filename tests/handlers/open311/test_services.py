"""What may be reported, and where this service stands, by the specification in both formats."""

import pytest
from factories import a_town
from flask import Flask
from georeport import said
from open311_desk import BASE, Program, an_app

from handlers.house import House
from handlers.open311.door import blueprint
from models.base.resources import table
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture
def program(db: Database) -> Program:
    db.write(a_town)
    return Program(an_app(db))


def test_discovery_says_where_it_stands_and_who_gives_keys(program: Program):
    found = program.read("discovery", "discovery")
    (endpoint,) = found["endpoints"]
    assert endpoint["url"] == f"{BASE}/open311/v2"
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert (endpoint["type"], endpoint["formats"]) == ("production", ["text/xml", "application/json"])
    assert "0458-1234567" in found["contact"]
    assert "0458-1234567" in found["key_service"]


def test_a_demo_is_a_test_and_says_whom_to_ask_without_knowing_an_operator(db: Database):
    app = Flask("demo")
    app.register_blueprint(blueprint(db, House(), "http://localhost:8000/", is_test=True))
    found = Program(app).read("discovery", "discovery")
    assert found["endpoints"][0]["type"] == "test"
    assert found["endpoints"][0]["url"] == "http://localhost:8000/open311/v2"
    assert "{" not in found["contact"] + found["key_service"]


def test_every_category_is_a_service_with_words_of_its_own(program: Program):
    found = program.read("services", "services")
    assert [one["service_code"] for one in found] == list(table("labels/categories.toml"))
    assert len({one["description"] for one in found}) == len(found)


def test_every_service_is_defined_as_its_list_says(program: Program):
    kinds = set()
    for one in program.read("services", "services"):
        defined = program.read(f"services/{one['service_code']}", "service_definition")
        assert defined["service_code"] == one["service_code"]
        assert bool(defined["attributes"]) == one["metadata"]
        orders = [each["order"] for each in defined["attributes"]]
        assert orders == list(range(1, len(orders) + 1))
        for each in defined["attributes"]:
            kinds.add((each["datatype"], each["variable"]))
            assert bool(each["values"]) == each["datatype"].endswith("valuelist")
            assert not (each["required"] and not each["variable"])
    assert {kind for kind, _ in kinds} == {
        "string", "number", "datetime", "text", "singlevaluelist", "multivaluelist",
    }  # fmt: skip
    assert {variable for _, variable in kinds} == {True, False}


def test_the_suffix_stands_above_what_is_accepted_and_xml_is_for_everybody(program: Program):
    for path, accept, kind in (
        ("services", "", "xml"),
        ("services", "application/json", "json"),
        ("services", "text/html, application/json;q=0.9, */*;q=0.8", "json"),
        ("services", "application/xml", "xml"),
        ("services", "image/png", "xml"),
        ("services.json", "text/xml", "json"),
        ("services/heating", "application/json", "json"),
    ):
        headers = {"Accept": accept} if accept else {}
        answer = program.app.test_client().get(f"/open311/v2/{path}", headers=headers)
        said(answer, "service_definition" if "/" in path else "services")
        assert kind in answer.content_type, (path, accept)


def test_what_is_not_there_is_404_in_both_formats(program: Program):
    for path in ("services/nothing", "services.{}?jurisdiction_id=nowhere", "tokens/abcdefgh", "requests/x"):
        for suffix in ("xml", "json"):
            asked = path.format(suffix) if "{" in path else f"{path}.{suffix}"
            answer = program.app.test_client().get(f"/open311/v2/{asked}")
            (error,) = said(answer, "errors")
            assert (answer.status_code, error["code"]) == (404, 404)


def test_a_jurisdiction_is_a_community_by_number_or_name(program: Program):
    assert program.read("services", "services", jurisdiction_id="育英社区")
    assert program.read("services", "services", jurisdiction_id="1")
    assert program.read("services", "services", jurisdiction_id="")
