"""What may be reported: GET services, GET services/<code>, and whether the answers of a report fit."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from flask import Response

from handlers.open311.answers import answer
from handlers.open311.errors import sentence, trouble
from handlers.open311.moments import moment_in
from handlers.words import labels

LINE, TEXT = 100, 1000  # signs of an answer
LISTS = ("singlevaluelist", "multivaluelist")


class Answered(NamedTuple):
    """One answer as a person reads it. `place`: which part of the place it is; `means`: what of it is
    read as a report is, "" for what is only a value."""

    label: str
    said: str
    place: str | None
    means: str


def listed() -> Response:
    groups = labels("open311_services")["groups"]
    found = [
        {
            "service_code": code,
            "service_name": name_of(code),
            "description": one["description"],
            "metadata": bool(one.get("attributes")),
            "type": "realtime",
            "keywords": one["keywords"] or None,
            "group": groups[one["group"]],
        }
        for code, one in _services().items()
    ]
    return answer("services", found, public=True)


def defined(code: str) -> Response:
    known(code)
    found = [_attribute(each, order) for order, each in enumerate(_asked(code), 1)]
    return answer("service_definition", {"service_code": code, "attributes": found}, public=True)


def known(code: str) -> str:
    """The code. Raises Trouble."""
    if code not in _services():
        raise trouble(404, "service_unknown", said=code[:40])
    return code


def name_of(code: str) -> str:
    return str(labels("categories")[code]["label"])


def changeset() -> str:
    return str(labels("open311_services")["changeset"])


def answered(code: str, given: Mapping[str, Sequence[str]]) -> tuple[list[Answered], list[str]]:
    """The answers in the order in which they are asked, and a sentence for each that does not fit."""
    asked = {one: labels("open311_services")["attributes"][one] for one in _asked(code)}
    wrong = [sentence("attribute_unknown", code=one[:40]) for one in given if one not in asked]
    found = []
    for name, one in asked.items():
        said = [each.strip() for each in given.get(name, ()) if each.strip()]
        if not said or not one.get("variable", True):
            if one.get("required"):
                wrong.append(sentence("attribute_missing", code=name, label=one["label"]))
            continue
        fault = _fault(name, one, said)
        if fault is not None:
            wrong.append(fault)
            continue
        values = {each["key"]: each for each in one.get("values", ())}
        free = one["datatype"] == "text"
        means = said if free else [values[each].get("means", "") for each in said if each in values]
        words = [values[each]["name"] if each in values else each for each in said]
        found.append(Answered(one["label"], "、".join(words), one.get("place"), "".join(means)))
    return found, wrong


def _fault(name: str, one: Mapping[str, Any], said: Sequence[str]) -> str | None:
    kind = one["datatype"]
    if len(said) > 1 and kind != "multivaluelist":
        return sentence("attribute_many", code=name)
    if kind in LISTS:
        keys = {each["key"] for each in one["values"]}
        strange = next((each for each in said if each not in keys), None)
        return sentence("attribute_value", code=name, said=strange[:40]) if strange is not None else None
    most = TEXT if kind == "text" else LINE
    if len(said[0]) > most:
        return sentence("too_long", field=f"attribute[{name}]", most=most)
    if kind == "number" and not _is_number(said[0]):
        return sentence("attribute_number", code=name)
    if kind == "datetime" and moment_in(said[0]) is None:
        return sentence("attribute_datetime", code=name)
    if kind == "string" and "\n" in said[0]:
        return sentence("attribute_line", code=name)
    return None


def _is_number(said: str) -> bool:
    try:
        return math.isfinite(float(said))
    except ValueError:
        return False


def _attribute(name: str, order: int) -> dict[str, Any]:
    one = labels("open311_services")["attributes"][name]
    return {
        "variable": one.get("variable", True),
        "code": name,
        "datatype": one["datatype"],
        "required": one.get("required", False),
        "datatype_description": one.get("hint"),
        "order": order,
        "description": one["label"],
        "values": [{"key": each["key"], "name": each["name"]} for each in one.get("values", ())],
    }


def _services() -> Mapping[str, Any]:
    found: Mapping[str, Any] = labels("open311_services")["services"]
    return found


def _asked(code: str) -> Sequence[str]:
    found: Sequence[str] = _services()[code].get("attributes", ())
    return found
