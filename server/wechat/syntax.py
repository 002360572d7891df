"""Bytes of a callback body → its fields. The only place where unauthenticated bytes are parsed.

XML goes through expat itself, in one pass and without a tree. A document type is refused at its first
character, in whatever spelling, so no entity is ever defined; UTF-8 is the only encoding.
"""

import json
import math
from typing import Any, Final, Literal, NoReturn
from xml.parsers import expat

Form = Literal["xml", "json"]
Fields = dict[str, Any]

_DEPTH: Final = 16
_NUMBER: Final = 32
# XML 1.0 knows no such characters, yet old input methods send them and the platform hands them on: without
# them the message is whole, with them it would be refused three times and lost.
_SIGNS: Final = bytes(sign for sign in range(1, 32) if sign not in b"\t\n\r")
# Repeatable elements: one entry must not look different from several (a trap of both forms).
_MANY: Final = frozenset({"List", "SelectedItem", "OptionId", "item", "Item"})


class Malformed(Exception):  # noqa: N818 - it names what the body is
    """The body is not a message of the platform. Says what is wrong, never quotes the body."""


def read(body: bytes) -> tuple[Form, Fields]:
    """Parse a body of either form, told apart by its first character. Raises Malformed, nothing else."""
    start = body.lstrip()[:1]
    if start == b"<":
        return "xml", _xml(body)
    if start == b"{":
        return "json", _json(body)
    raise Malformed("neither XML nor JSON")


def _xml(body: bytes) -> Fields:
    parser = expat.ParserCreate("utf-8")  # given here, it overrules what the document claims
    parser.buffer_text = True
    levels: list[Fields] = [{}]
    text: list[str] = []

    def blank() -> None:
        if text and "".join(text).strip():
            raise Malformed("text between elements")
        text.clear()

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(levels) > _DEPTH:
            raise Malformed("too deep")
        blank()
        levels.append({})

    def end(name: str) -> None:
        children = levels.pop()
        if children:
            blank()
            _add(levels[-1], name, children)
        else:
            _add(levels[-1], name, "".join(text))
            text.clear()

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text.append
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(body.translate(None, _SIGNS).lstrip(), True)
    except expat.ExpatError as error:
        raise Malformed(f"XML: {expat.ErrorString(error.code)}") from None
    fields = levels[0].get("xml")
    if not isinstance(fields, dict):
        raise Malformed("no fields inside <xml>")
    return fields


def _refuse_doctype(*_: object) -> NoReturn:
    raise Malformed("a document type is not allowed")


def _add(fields: Fields, name: str, value: str | Fields) -> None:
    if name in _MANY:
        entries = fields.setdefault(name, [])
        if value != "":
            entries.append(value)
    elif name not in fields:
        fields[name] = value
    elif isinstance(fields[name], list):
        fields[name].append(value)
    else:
        fields[name] = [fields[name], value]


def _json(body: bytes) -> Fields:
    try:
        value = _DECODER.decode(body.decode("utf-8"))
    except (ValueError, RecursionError):  # ValueError: also bad UTF-8 and what the hooks below refuse
        raise Malformed("JSON") from None
    return _checked(value, 0)  # type: ignore[no-any-return]  # a body that begins with { is a dict


def _checked(value: Any, depth: int) -> Any:
    if depth > _DEPTH:
        raise Malformed("too deep")
    if isinstance(value, str):
        return _checked_text(value)
    if isinstance(value, dict):
        return {
            _checked_text(name): _checked(
                [part] if name in _MANY and not isinstance(part, list) else part, depth + 1
            )
            for name, part in value.items()
        }
    if isinstance(value, list):
        return [_checked(part, depth + 1) for part in value]
    return value


def _checked_text(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Malformed("half a character") from None
    if "\0" in text:  # PostgreSQL can keep it nowhere
        raise Malformed("NUL")
    return text


def _pairs(pairs: list[tuple[str, Any]]) -> Fields:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a name twice")
    return fields


def _int(digits: str) -> int:
    if len(digits) > _NUMBER:
        raise ValueError("number too long")
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if len(digits) > _NUMBER or not math.isfinite(number):
        raise ValueError("number too long or too large")
    return number


def _constant(name: str) -> NoReturn:
    raise ValueError(name)


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_int=_int, parse_float=_float, parse_constant=_constant
)
