"""What goes back: one value as XML or as JSON, by the Spark convention of Open311.

A mapping is an element with a child for each name; a list is an element whose children all have one name
(ITEMS); None is an empty element, and null. In JSON the outermost name falls away.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import Response, request

Format = Literal["xml", "json"]

TYPES: Mapping[Format, str] = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
ITEMS = {
    "services": "service",
    "service_requests": "request",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
    "errors": "error",
    "notes": "note",
    "photos": "photo",
}
DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
AGE = 60  # seconds for which whatever stands between may keep what everybody reads
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2: Char
_ACCEPTED = ("text/xml", "application/xml", "application/json")


def named_format(last: str) -> tuple[str, Format | None]:
    """The last part of an address without its suffix, and the format that the suffix names."""
    name, dot, suffix = last.rpartition(".")
    if not dot:
        return last, None
    return (name, suffix) if suffix in TYPES else (last, None)  # type: ignore[return-value]


def format_wanted() -> Format:
    """By the suffix of the address, else by Accept; XML, which is the one that everybody reads, where neither
    says."""
    _, named = named_format(request.path.rpartition("/")[2])
    if named is not None:
        return named
    best = request.accept_mimetypes.best_match(_ACCEPTED, "text/xml")
    return "json" if best == "application/json" else "xml"


def answer(name: str, value: Any, status: int = 200, *, public: bool = False) -> Response:
    """`name`: the outermost element. `public`: it is the same for everybody, and may be kept for a minute."""
    wanted = format_wanted()
    body = as_json(value) if wanted == "json" else as_xml(name, value)
    response = Response(body, status, content_type=TYPES[wanted])
    if public:
        response.headers["Cache-Control"] = f"public, max-age={AGE}"
        response.headers["Vary"] = "Accept, X-Api-Key"
    return response


def failed(status: int, *said: str) -> Response:
    """One error for each sentence, in the shape of the specification."""
    return answer("errors", [{"code": status, "description": one} for one in said], status)


def as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode()


def as_xml(name: str, value: Any) -> bytes:
    """Signs that XML has no place for are left out."""
    root = Element(name)
    _fill(root, value)
    made: bytes = tostring(root, encoding="utf-8", xml_declaration=False)
    return DECLARATION + made


def _fill(element: Element, value: Any) -> None:
    if isinstance(value, Mapping):
        for name, one in value.items():
            _fill(SubElement(element, name), one)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for one in value:
            _fill(SubElement(element, ITEMS[element.tag]), one)
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    elif value is not None:
        element.text = _NO_XML.sub("", str(value))
