"""Other people's things asked for by the API, by /me and by /open311 (A2): ids of all kinds, in every place
that takes one, in every spelling.

What must not come: what the owners' own answers say of their things, the words that were planted in them, and
any other answer than that of what is not there. What must not happen: that a row of any table changes.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

import msgspec
from api_rights import Api
from api_slots import TABLES, Slot, Thing, parts, slots, spellings
from open311_desk import a_key
from probing import OF, plant
from rights_town import World
from sqlalchemy import select
from werkzeug.test import TestResponse

from handlers.api import case_shapes, frame
from handlers.api.cookies import OWN, TOKEN
from handlers.api.document import BASE, examples
from handlers.api.limits import Buckets
from handlers.api.shapes import Id
from handlers.open311 import gate
from handlers.open311.door import HERE
from models.base.clock import now
from models.base.orm import Base, public_id, put, session
from models.base.signed_ids import signed_id
from models.case.case import Case
from models.client import scenes, tokens
from models.client.tables import Upload
from models.fee.payments import Payment
from models.fee.tables import Bill
from models.media.item import Item
from models.notice.audience import LETTER_KINDS
from models.notice.tables import Notice
from models.outbox.letter import Letter
from models.partner import quota
from models.person.tables import Home, Staff
from models.place.tables import Building, Household
from models.schema import metadata

RESIDENTS, WORKERS = "oURX", "ckwpvhs"  # who have nothing to do with the first community
NOT_THERE = (403, 404, 405, 308)  # 403: a telephone or a home has to be proved before anything is looked for
_SAID = ("id", "number", "place", "text")


@dataclass
class Swept:
    """What came of it; each line says who asked for what, and what is wrong with the answer."""

    probes: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    slots: Counter[str] = field(default_factory=Counter)
    foreign: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    shut_out: list[str] = field(default_factory=list)  # owners, of what is theirs


class Sweep:
    """`others`: things of the first community by kind, `own`: one's own by caller and kind, `told`: what
    owners read of their things."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.dice, self.api = world, Random(seed), Api(world)
        self.things = self.api.everything()
        self.pictures = plant(world)
        self.others: dict[str, list[Thing]] = world.database.write(self._others)
        self.own: dict[str, dict[str, str]] = {who: {} for who in RESIDENTS + WORKERS}
        for who in {*self.own, *"OTCK"}:
            self.api.mini(who)  # logs in
        self._give_own()
        self.keys = [a_key(world.database, name, daily_quota=1_000_000) for name in ("sends", "looks on")]
        self.sent = self._report()
        self.told = self._read_by_owners()

    def run(self, most: int, *, only: Callable[[Slot], bool] = lambda _: True, chunks: int = 1) -> Swept:
        """So many probes, of each place as many as of any other; afterwards the owners read theirs again."""
        found, before = Swept(), rows(self.world)
        several = [one for one in slots() if only(one)]
        for number in range(most):
            if self.dice.random() < 0.06:
                self._of_open311(found)
            else:
                self._probe(several[number % len(several)], found)
            if (number + 1) % -(-most // chunks) == 0 or number + 1 == most:
                after = rows(self.world)
                for table in after:
                    if after[table] != before[table]:
                        some = [*(after[table] - before[table]), *(before[table] - after[table])]
                        found.changed.append(f"{table}, up to probe {number + 1}: {some[:2]!r:.600}")
                before = after
        found.shut_out += self.controls()
        return found

    def controls(self) -> list[str]:
        """What owners do not get of what is theirs: nothing, or a probe would find nothing either way."""
        out = []
        for who, path, shown in self._owned():
            answer = self.ask(who, "GET", path)
            if answer.status_code != 200 or shown not in answer.text:
                out.append(f"{who} {path}: {answer.status_code}")
        bill, upload = self.things["/bills"], self._upload(self.world.residents["O"])
        case = self.things["/cases"]
        # there is no till here, so that is as far as an own bill gets
        refused = self.ask("O", "POST", f"{BASE}/orders", {"bill_ids": [bill]})
        photo = self.ask("O", "POST", f"{BASE}/cases/{case}/more", {"text": "x", "photos": [upload]})
        house = signed_id("households", self.world.homes["own"])
        visited = {"sync_id": public_id(), "home_id": house, "result": "absent"}
        visit = self.ask("K", "POST", f"{BASE}/work/visits", visited)
        for answer, status in ((refused, 409), (photo, 200), (visit, 200)):
            if answer.status_code != status:
                out.append(f"{answer.request.path}: {answer.status_code} {answer.text:.200}")
        theirs = self._as_partner(self.keys[0], f"requests/{self.sent[0].said}.json")
        if OF[1] not in theirs.text:
            out.append(f"open311: {theirs.status_code} {theirs.text:.200}")
        return out

    def ask(
        self, who: str, method: str, path: str, body: Any = None, *, token: str | None = None,
        cookie: bool = False,
    ) -> TestResponse:  # fmt: skip
        """With the token in the header, or in the cookie of our own pages."""
        token = self.api.mini(who).token if token is None else token
        browser, headers = self.world.app.test_client(), {"Sec-Fetch-Site": "same-origin", OWN: "1"}
        if cookie or path.startswith("/me"):
            browser.set_cookie(TOKEN, token)
        else:
            headers["Authorization"] = f"Bearer {token}"
        raw = isinstance(body, bytes)
        if raw:
            headers["Upload-Offset"] = "0"
        data = body if raw or body is None else json.dumps(body)
        kind = None if body is None else "application/octet-stream" if raw else "application/json"
        return browser.open(path, method=method, data=data, headers=headers, content_type=kind, buffered=True)

    def _probe(self, slot: Slot, found: Swept) -> None:
        dice = self.dice
        who = dice.choice(WORKERS if "/work/" in slot.path and dice.random() < 0.8 else RESIDENTS + WORKERS)
        said = self._said(slot)
        if slot.place == "token":
            said = dice.choice(self.others[slot.kind]).said
            holder = self.api.mini(dice.choice("OC")).token
            near = [one for one in spellings(Thing(holder, 7), "", dice) if _fits_a_header(one)]
            token = dice.choice([tokens.hash_of(holder), *near])
            path = self._filled(slot, who, said)
            answer = self.ask("O", "GET", path, token=token, cookie=dice.random() < 0.3)
            self._hold(found, f"{token!r} for {holder!r}", slot, said, path, answer, (302, 401, 403))
            return
        path = self._filled(slot, who, said)
        if slot.place == "query":
            path += f"?{slot.name}={quote(said, safe='')}"
            if dice.random() < 0.1:
                path += f"&{slot.name}={quote(dice.choice(self.others['/homes']).said, safe='')}"
        elif dice.random() < 0.1:
            path += f"?id={quote(said, safe='')}&id=2&page=1"
        body = self._body(slot, who, said) if slot.route is not None and slot.method != "GET" else None
        answer = self.ask(who, slot.method, path, body, cookie=dice.random() < 0.15)
        allowed = NOT_THERE if slot.place == "path" else tuple(range(400, 500))
        if slot.kind == "cursor":  # the list goes on from there, and is one's own
            allowed += (200,)
        self._hold(found, who, slot, said, f"{path} {body!r}" if body else path, answer, allowed)

    def _hold(
        self, found: Swept, who: str, slot: Slot, said: str, asked: str, answer: TestResponse,
        allowed: tuple[int, ...],
    ) -> None:  # fmt: skip
        found.probes += 1
        found.slots[f"{slot.method} {slot.path} {slot.place} {slot.name}"] += 1
        found.statuses[answer.status_code] += 1
        line = f"{who} {slot.method} {asked}: {answer.status_code}"
        if answer.status_code >= 500:
            found.broken.append(line)
        elif answer.status_code not in allowed:
            found.foreign.append(f"{line} {answer.data[:200]!r}")
        # everybody reads the board's line of a case with its id; its words are the sender's
        leaks = self._leaks(answer, said, self.told if slot.path != HERE else set())
        if leaks:
            found.foreign.append(f"{line} {leaks}")

    def _leaks(self, answer: TestResponse, said: str, known: set[str]) -> list[str]:
        """What stands in an answer and is others'; what was asked with may be said back."""
        if answer.data in self.pictures:
            return ["a picture"]
        text = answer.data.decode(errors="replace")
        strings = set(_strings(answer.json)) if answer.is_json else set(re.split(r"[\s<>\"'/]+", text))
        return [*(OF[1] for _ in [0] if OF[1] in text), *sorted(strings & known - {said})]

    def _said(self, slot: Slot) -> str:
        """An id that stands there; one of another kind; or one that is written nearly so."""
        dice, right = self.dice, self.others.get(slot.kind, [])
        chance = dice.random()
        if right and not slot.is_known and chance < 0.4:
            return dice.choice(right).said
        kind = dice.choice([one for one in self.others if one != slot.kind])
        if chance < 0.6 and not _same_kind(kind, slot.kind):
            return dice.choice(self.others[kind]).said
        thing = dice.choice(right or self.others[dice.choice(list(self.others))])
        return dice.choice(spellings(thing, slot.kind, dice))

    def _filled(self, slot: Slot, who: str, said: str) -> str:
        """The address; beside a part that is probed stands what is one's own, so that it gets that far."""
        path = slot.path
        for name in re.findall(r"{(\w+)}", path):
            stands = said
            if slot.place == "body" or name != slot.name:
                kind = slot.path.removeprefix(BASE).partition("/{")[0]
                stands = self.own[who].get(kind) or self.things.get(kind) or self.others[kind][0].said
            shown = quote(stands, safe="")
            if slot.place == "path" and self.dice.random() < 0.1:
                shown = "".join(f"%{byte:02X}" for byte in stands.encode())
            path = path.replace(f"{{{name}}}", shown)
        return path

    def _body(self, slot: Slot, who: str, said: str) -> Any:
        """As the example has it, without other ids; what is probed stands beside an own one now and then."""
        route = slot.route
        assert route is not None
        if route.raw:
            return b"x"
        if route.takes is None:
            return None
        shown = examples().get(route.key, {}).get("asks", {})
        others = {
            one.encode_name
            for one in msgspec.structs.fields(route.takes)
            if Id in parts(one.type) and not (one.required and slot.place == "path")
        }
        made = {name: value for name, value in shown.items() if name not in others}
        if slot.place == "body":
            own = self.own[who].get(slot.kind)
            several = [own, said] if own and self.dice.random() < 0.3 else [said]
            made[slot.name] = several if slot.many else said
            if self.dice.random() < 0.1:
                made[slot.name] = self.dice.choice(
                    [[said], [[said]], {"id": said}, {said: said}, [said, said]]
                )
        if "sync_id" in made or "draft_id" in made:
            made["sync_id" if "sync_id" in made else "draft_id"] = public_id()
        return made

    def _of_open311(self, found: Swept) -> None:
        """What one program sent, asked for by another, by nobody, and with keys that are nearly its own."""
        dice, (sent, once) = self.dice, self.sent
        near = [one for one in spellings(Thing(self.keys[0], 1), "", dice) if _fits_a_header(one)]
        key = dice.choice(["", self.keys[1], dice.choice(near)])
        thing = dice.choice((sent, once))
        said = dice.choice([thing.said, *spellings(thing, "", dice)[:12]])
        quoted = quote(said, safe="")
        path = dice.choice([
            f"requests/{quoted}.json", f"requests/{quoted}", f"requests.xml?service_request_id={quoted}",
            f"requests.json?service_request_id={quoted},{sent.said}", f"tokens/{quoted}.json",
            f"tokens/{quoted}", "requests.json?own=true&extensions=true", "requests.json?extensions=true",
        ])  # fmt: skip
        answer = self._as_partner(key, path)
        slot = Slot("GET", HERE, "path", "key", "/open311")
        self._hold(found, key or "nobody", slot, said, path, answer, (200, *NOT_THERE, 400, 403))
        if path.startswith("tokens/") and answer.status_code == 200:
            found.foreign.append(f"{key} {path}")

    def _as_partner(self, key: str, path: str) -> TestResponse:
        headers = {"X-Api-Key": key} if key else {}
        return self.world.app.test_client().get(f"{HERE}/{path}", headers=headers, buffered=True)

    def _others(self) -> dict[str, list[Thing]]:
        world, things = self.world, self.things
        me, home = world.residents["O"], world.homes["own"]
        there = select(Household.id).join(Building).where(Building.estate_id == 1)
        probers = [(world.staff | world.residents)[one] for one in RESIDENTS + WORKERS]
        told = select(Letter.about_id).where(Letter.to_id.in_(probers), Letter.kind.in_(LETTER_KINDS))

        def signed(kind: str, query: Any, most: int = 20) -> list[Thing]:
            found = session().scalars(query.limit(most)).all()
            assert found, f"there is nothing behind {kind}"
            return [Thing(signed_id(TABLES[kind], one), one) for one in found]

        def of_homes(model: Any) -> Any:
            return select(model.id).where(model.household_id.in_(there)).order_by(model.household_id != home)

        def behind(model: type[Base], said: str) -> Thing:
            query = select(model.id).where(model.public_id == said)  # type: ignore[attr-defined]
            return Thing(said, session().scalars(query).one())

        query = select(Case.public_id, Case.id).where(Case.community_id == 1, Case.reporter_id == me)
        cases = [Thing(*row) for row in session().execute(query.limit(20))]
        about = Item.about_kind == "notice", Item.about_id == world.there["notice"]
        files = session().execute(select(Item.public_id, Item.id).where(*about))
        untold = Notice.id.not_in(told), Notice.community_id == 1
        for notice in session().scalars(select(Notice).where(*untold)):
            notice.title, notice.body = f"{OF[1]}{notice.id}", OF[1]
        revoked = [scenes.issue("case", one.number) for one in cases if one.said != things["/cases"]][:3]
        for code in revoked:
            scenes.revoke(code)
        photos = map(case_shapes._signer().dumps, ("1", signed_id("bills", 1)))
        return {
            "/cases": cases, "/work/cases": cases,
            "/bills": signed("/bills", of_homes(Bill)),
            "/receipts": signed("/receipts", of_homes(Payment)),
            "/orders": [Thing(things["/orders"], 1)],
            "/homes": signed("/homes", select(Home.id).where(Home.person_id == me)),
            "/homes/requests": [Thing(things["/homes/requests"], 1)],
            "/notices": signed("/notices", select(Notice.id).where(*untold)),
            "/files": [Thing(*row) for row in files],
            "/work/rollcalls": [Thing(things["/work/rollcalls"], world.there["notice"])],
            "/uploads": [behind(Upload, things["/uploads"]), behind(Upload, self._kept(me))],
            "/households": signed("/households", there),
            "/staff": signed("/staff", select(Staff.id).where(Staff.community_id == 1)),
            "/scenes": [Thing(code, 1) for code in revoked],
            "/photos": [Thing(one, 1) for one in photos],
            "cursor": [Thing(signed_id(f"cursor/{one}", 3), 3) for one in ("cases", "notices", "bills")],
        }  # fmt: skip

    def _kept(self, person: int) -> str:
        """A photo that is whole, and part of nothing yet."""
        (file, *_) = session().scalars(select(Item.file).where(Item.kind == "image", Item.file.isnot(None)))
        name, at = public_id(), now()
        put(Upload, public_id=name, person_id=person, size=9, received=9, state="kept", file=file, made_at=at,
            touched_at=at)  # fmt: skip
        return name

    def _upload(self, person: int) -> str:
        return self.world.database.write(lambda: self._kept(person))

    def _give_own(self) -> None:
        """A case, a photo, where there is one a home with its bill; so that what is probed beside it is what
        is looked at."""
        world = self.world
        place = signed_id("places/estate", 3)
        for who in RESIDENTS:
            said = {"draft_id": public_id(), "text": "楼道灯不亮", "place_id": place}
            made = self.ask(who, "POST", f"{BASE}/reports", said)
            assert made.status_code == 200, made.text
            self.own[who] |= {"/cases": made.json["id"], "/uploads": self._upload(world.residents[who])}
        for kind in ("/homes", "/bills"):
            mine = self.ask("o", "GET", f"{BASE}{kind}").json["items"]
            self.own["o"] |= {kind: mine[0]["id"]} if mine else {}

        def of_staff() -> str:
            query = select(Case.public_id).where(Case.community_id == 2, Case.state == "handling")
            return session().scalars(query).first() or ""

        self.own["c"] |= {
            "/work/cases": world.database.write(of_staff),
            "/uploads": self._upload(world.staff["c"]),
        }

    def _report(self) -> tuple[Thing, Thing]:
        """What a program sent, and its own name for it."""
        once = "2026-11-22-0001-abcdef"
        form = {
            "service_code": "lighting", "address_string": "育英小区3号楼2单元501",
            "description": f"{OF[1]}灯不亮了", "first_name": "桂兰", "last_name": OF[1],
        }  # fmt: skip
        headers = {"X-Api-Key": self.keys[0], "Idempotency-Key": once}
        made = self.world.app.test_client().post(f"{HERE}/requests.json", data=form, headers=headers)
        assert made.status_code == 200, made.text
        return Thing(made.json[0]["service_request_id"], 1), Thing(once, 1)

    def _owned(self) -> Iterator[tuple[str, str, str]]:
        """Who reads what at which address, and what must stand there."""
        kinds = ("/cases", "/bills", "/orders", "/receipts", "/notices", "/uploads")
        for kind in kinds:
            yield "O", f"{BASE}{kind}/{self.things[kind]}", self.things[kind]
        for kind in ("/cases", "/bills", "/receipts", "/notices"):
            yield "O", f"/me{kind}/{self.things[kind]}", ""
        for kind in ("/homes", "/homes/requests"):
            yield "O", f"{BASE}{kind}", self.things[kind]
        yield "C", f"{BASE}/work/cases/{self.things['/work/cases']}", OF[1]
        yield "C", f"{BASE}/work/rollcalls/{self.things['/work/rollcalls']}", self.things["/work/rollcalls"]

    def _read_by_owners(self) -> set[str]:
        """Ids, numbers and words of what is theirs, and of nobody else."""
        found: set[str] = set()
        for who, path, _ in self._owned():
            if path.startswith(BASE):
                answer = self.ask(who, "GET", path)
                found |= {
                    one for one in _strings(answer.json, _SAID) if len(one) > 7 and re.search(r"\d", one)
                }
        asking = self.ask("U", "GET", f"{BASE}/homes")  # who says to live there has said where
        return found - set(_strings(asking.json))


def _fits_a_header(said: str) -> bool:
    return said.isascii() and said.isprintable() and bool(said.strip())


def _same_kind(one: str, other: str) -> bool:
    """Ids of the same table: those of one stand for the other's."""
    return one.removeprefix("/work") == other.removeprefix("/work") or TABLES.get(one) == TABLES.get(
        other, ""
    )


def _strings(said: Any, names: tuple[str, ...] = ()) -> Iterator[str]:
    """All strings in it, or those under these names."""
    if isinstance(said, dict):
        for name, value in said.items():
            if isinstance(value, str) and (not names or name in names):
                yield value
            elif not isinstance(value, str):
                yield from _strings(value, names)
    elif isinstance(said, list):
        for value in said:
            yield from [value] if isinstance(value, str) and not names else _strings(value, names)
    elif isinstance(said, str) and not names:
        yield said


UNCOUNTED = frozenset({"client_tokens", "partner_days", "tallies"})  # that somebody was here


def rows(world: World) -> dict[str, frozenset[str]]:
    """All there is in the database, by table."""
    counted = [one.name for one in metadata.sorted_tables if one.name not in UNCOUNTED]
    with world.database.read() as reading:
        ask = reading.connection().exec_driver_sql
        return {name: frozenset(map(repr, map(tuple, ask(f'SELECT * FROM "{name}"')))) for name in counted}


@contextmanager
def unlimited() -> Iterator[None]:
    """Limits would hide what is behind them."""
    with ExitStack() as lifted:
        for where, name in ((frame, "pay"), (Buckets, "pay"), (gate.Buckets, "take"), (quota, "spend")):
            lifted.enter_context(patch.object(where, name, lambda *_: 0))
        yield


def sweep(world: World, most: int, seed: int, *, chunks: int = 4) -> Swept:
    with unlimited():
        return Sweep(world, seed).run(most, chunks=chunks)
