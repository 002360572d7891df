"""GeoReport v2 as its specification has it: the fields of each answer, and how XML and JSON say
the same (the Spark convention). Written from wiki.open311.org/GeoReport_v2 and /Service_Discovery, and from
nothing of ours.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from werkzeug.test import TestResponse

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}


@dataclass(frozen=True)
class Kind:
    """Of one value: how XML says it, and whether it may be empty."""

    name: str  # text | flag | number | whole | moment
    may_be_empty: bool = False
    options: tuple[str, ...] = ()

    def read(self, text: str | None) -> Any:
        if not text:
            return None
        if self.name == "flag":
            return {"true": True, "false": False}[text]
        if self.name == "whole":
            return int(text)
        return float(text) if self.name == "number" else text

    def check(self, value: Any, where: str) -> None:
        if value is None:
            assert self.may_be_empty, f"{where} is empty"
            return
        kinds = {"flag": bool, "number": float, "whole": int}
        assert type(value) is kinds.get(self.name, str), f"{where}: {value!r} is no {self.name}"
        if self.name == "moment":
            assert MOMENT.fullmatch(value), f"{where}: {value}"
        if self.options:
            assert value in self.options, f"{where}: {value}"


@dataclass(frozen=True)
class Many:
    """A list, whose children XML calls `item`."""

    item: str
    of: Any


@dataclass(frozen=True)
class One:
    """A mapping, with all of these and no other."""

    fields: Mapping[str, Any]


TEXT, NOTE, FLAG = Kind("text"), Kind("text", may_be_empty=True), Kind("flag")
SERVICE = One(
    {
        "service_code": TEXT, "service_name": TEXT, "description": TEXT, "metadata": FLAG,
        "type": Kind("text", options=("realtime", "batch", "blackbox")), "keywords": NOTE, "group": TEXT,
    }
)  # fmt: skip
VALUE = One({"key": TEXT, "name": TEXT})
DATATYPES = ("string", "number", "datetime", "text", "singlevaluelist", "multivaluelist")
ATTRIBUTE = One(
    {
        "variable": FLAG, "code": TEXT, "datatype": Kind("text", options=DATATYPES), "required": FLAG,
        "datatype_description": NOTE, "order": Kind("whole"), "description": TEXT,
        "values": Many("value", VALUE),
    }
)  # fmt: skip
MOMENT_KIND, EXPECTED = Kind("moment"), Kind("moment", may_be_empty=True)
DEGREES = Kind("number", may_be_empty=True)
_REQUEST = {
    "service_request_id": TEXT, "status": Kind("text", options=("open", "closed")), "status_notes": NOTE,
    "service_name": TEXT, "service_code": TEXT, "description": NOTE, "agency_responsible": NOTE,
    "service_notice": NOTE, "requested_datetime": MOMENT_KIND, "updated_datetime": MOMENT_KIND,
    "expected_datetime": EXPECTED, "address": NOTE, "address_id": NOTE, "zipcode": NOTE, "lat": DEGREES,
    "long": DEGREES, "media_url": NOTE,
}  # fmt: skip
REQUEST = One(_REQUEST)
# the extensions that are in use, as wiki.open311.org/GeoReport_v2/Extensions describes them
EXTENDED = One(
    _REQUEST
    | {
        "extended_attributes": One(
            {
                "title": TEXT, "state": TEXT, "phase": TEXT,
                "precision": Kind("text", options=("second", "month")),
                "days_waiting": Kind("whole", may_be_empty=True),
                "minutes_to_mend": Kind("whole", may_be_empty=True),
                "photos": Many("photo", One({"media_url": TEXT})),
            }
        ),
        "notes": Many("note", One({"datetime": MOMENT_KIND, "description": TEXT, "type": TEXT})),
    }
)  # fmt: skip
ENDPOINT = One(
    {
        "specification": TEXT, "url": TEXT, "changeset": TEXT,
        "type": Kind("text", options=("production", "test")), "formats": Many("format", TEXT),
    }
)  # fmt: skip
ANSWERS: dict[str, Any] = {
    "services": Many("service", SERVICE),
    "service_definition": One({"service_code": TEXT, "attributes": Many("attribute", ATTRIBUTE)}),
    "service_requests": Many("request", REQUEST),
    "extended": Many("request", EXTENDED),
    "created": Many("request", One({"service_request_id": TEXT, "service_notice": NOTE, "account_id": NOTE})),
    "token": Many("request", One({"service_request_id": TEXT, "token": TEXT})),
    "errors": Many("error", One({"code": Kind("whole"), "description": TEXT})),
    "discovery": One(
        {"changeset": TEXT, "contact": TEXT, "key_service": TEXT, "endpoints": Many("endpoint", ENDPOINT)}
    ),
}
ROOTS = {"extended": "service_requests", "created": "service_requests", "token": "service_requests"}


def said(answer: TestResponse, name: str) -> Any:
    """What an answer says, after it was held against the specification: headers, encoding, every field."""
    kind = next(one for one, written in TYPES.items() if written == answer.content_type)
    text = answer.get_data().decode("utf-8", "strict")
    shape = ANSWERS[name]
    if kind == "json":
        value = json.loads(text, parse_constant=_never)
    else:
        assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>')
        root = ElementTree.fromstring(text)
        assert root.tag == ROOTS.get(name, name)
        value = _spark(root, shape, root.tag)
    check(value, shape, name)
    return value


def check(value: Any, shape: Any, where: str) -> None:
    if isinstance(shape, Kind):
        shape.check(value, where)
    elif isinstance(shape, Many):
        assert isinstance(value, list), where
        for number, one in enumerate(value):
            check(one, shape.of, f"{where}[{number}]")
    else:
        assert isinstance(value, dict), where
        assert set(value) == set(shape.fields), (where, set(value) ^ set(shape.fields))
        for name, one in shape.fields.items():
            check(value[name], one, f"{where}.{name}")


def _spark(element: ElementTree.Element, shape: Any, where: str) -> Any:
    assert not element.attrib, where
    if isinstance(shape, Kind):
        assert len(element) == 0, where
        return shape.read(element.text)
    assert not (element.text or "").strip(), where
    if isinstance(shape, Many):
        assert {child.tag for child in element} <= {shape.item}, where
        return [_spark(child, shape.of, f"{where}/{child.tag}") for child in element]
    names = [child.tag for child in element]
    assert len(names) == len(set(names)), where
    return {child.tag: _spark(child, shape.fields[child.tag], f"{where}/{child.tag}") for child in element}


def _never(constant: str) -> Any:
    raise AssertionError(f"{constant} is no JSON")
