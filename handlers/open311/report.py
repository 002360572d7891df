"""What POST requests brings, read and checked before anything is kept."""

import re
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from flask import request

from handlers.open311 import services
from handlers.open311.asking import point_in
from handlers.open311.errors import Trouble, sentence, trouble
from handlers.open311.services import Answered
from models.base.privacy import phone_in
from models.place.datum import Point, to_gcj

FORM = "application/x-www-form-urlencoded"
LIMITS = {
    "jurisdiction_id": 60,
    "service_code": 40,
    "address_string": 300,
    "address_id": 40,
    "lat": 30,
    "long": 30,
    "email": 254,
    "account_id": 128,
    "first_name": 60,
    "last_name": 60,
    "phone": 30,
    "description": 4000,
    "media_url": 500,
}
MOST_VALUES = 20  # of one attribute
_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]{1,60})\](?:\[\])?")
_EMAIL = re.compile(r"[^@\s<>\"]{1,64}@[^@\s<>\"]+\.[^@\s<>\"]+")
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{3,28}")
_ONCE = re.compile(r"[A-Za-z0-9_:~-]{8,64}", re.ASCII)
_HAN = re.compile("[\u3400-\u9fff]")


class Sender(NamedTuple):
    """Each is "" where it is not said. No device_id: we need none, so none is kept."""

    name: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A report as it came; `point` is GCJ-02."""

    jurisdiction: str
    code: str
    point: Point | None
    address: str
    address_id: str
    sender: Sender
    account_id: str | None
    description: str
    media_url: str
    answers: tuple[Answered, ...]
    once: str

    @property
    def whole(self) -> str:
        """All that it says, so that a copy is known from another report under the same key."""
        answers = [one.said for one in self.answers]
        return repr((self.jurisdiction, self.code, self.point, self.address, self.address_id, self.sender,
                     self.account_id, self.description, self.media_url, answers))  # fmt: skip

    def part(self, name: str) -> str | None:
        """What an answer says of the place."""
        return next((one.said for one in self.answers if one.place == name), None)


def sent() -> Sent:
    """Raises Trouble with everything that is wrong; 404 for a service that is not there."""
    if request.mimetype != FORM:
        raise trouble(400, "form_wrong")
    if not _is_readable(request.get_data()):
        raise trouble(400, "charset_wrong")
    said = {name: _words(name) for name in LIMITS}
    wrong = [
        sentence("too_long", field=name, most=most) for name, most in LIMITS.items() if len(said[name]) > most
    ]
    if said["service_code"]:
        services.known(said["service_code"])
    else:
        wrong.append(sentence("service_missing"))
    point = _point(said, wrong)
    wrong += _shapes(said)
    answers: list[Answered] = []
    if said["service_code"]:
        answers, faults = services.answered(said["service_code"], _attributes())
        wrong += faults
    once = request.headers.get("Idempotency-Key", "").strip()
    if once and not _ONCE.fullmatch(once):
        wrong.append(sentence("idempotency_wrong"))
    if wrong:
        raise Trouble(400, *wrong)
    return Sent(
        jurisdiction=said["jurisdiction_id"],
        code=said["service_code"],
        point=point,
        address=said["address_string"],
        address_id=said["address_id"],
        sender=Sender(_name(said["first_name"], said["last_name"]), _number(said["phone"]), said["email"]),
        account_id=said["account_id"] or None,
        description=said["description"],
        media_url=said["media_url"],
        answers=tuple(answers),
        once=once,
    )


def _is_readable(form: bytes) -> bool:
    """Whether it is UTF-8 throughout: else its words are garbled, and nobody who has to go can read them."""
    try:
        unquote_to_bytes(form).decode()
    except UnicodeDecodeError:
        return False
    return True


def _words(name: str) -> str:
    """Without what no keyboard writes: control characters other than line ends. What is too long stays so,
    to be refused and not cut."""
    return _plain(request.form.get(name, ""))


def _plain(said: str) -> str:
    return "".join(one for one in said.replace("\r\n", "\n") if one == "\n" or one.isprintable()).strip()


def _point(said: dict[str, str], wrong: list[str]) -> Point | None:
    if not (said["lat"] or said["long"]):
        if not (said["address_string"] or said["address_id"]):
            wrong.append(sentence("place_missing"))
        return None
    point = point_in(said["lat"], said["long"], wrong)
    return to_gcj(*point) if point is not None else None


def _shapes(said: dict[str, str]) -> list[str]:
    wrong = []
    if said["email"] and not _EMAIL.fullmatch(said["email"]):
        wrong.append(sentence("email_wrong"))
    if said["phone"] and not _PHONE.fullmatch(said["phone"]):
        wrong.append(sentence("phone_wrong"))
    if said["media_url"] and not said["media_url"].lower().startswith(("http://", "https://")):
        wrong.append(sentence("media_wrong"))
    return wrong


def _attributes() -> dict[str, list[str]]:
    """attribute[code]=… and attribute[code][]=…, which may come several times."""
    found: dict[str, list[str]] = {}
    for name, values in request.form.lists():
        code = _ATTRIBUTE.fullmatch(name)
        if code is not None:
            found.setdefault(code[1], []).extend(_plain(one) for one in values[:MOST_VALUES])
    return found


def _number(said: str) -> str:
    """A mobile number as its 11 digits, so that it is masked and found as others are; else what was said."""
    return phone_in(said) or said


def _name(first: str, last: str) -> str:
    """In the order of the script in which it is written."""
    both = (last, first) if _HAN.search(last + first) else (first, last)
    return ("" if _HAN.search(last + first) else " ").join(filter(None, both))
