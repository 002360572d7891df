"""Something is wrong: by words, by a photo alone, by voice, by a shared location."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from handlers.wechat.answer import Answer, Text
from handlers.wechat.visit import Visit
from handlers.words import labels, say
from models.base.checkdigit import with_check
from models.base.clock import ago
from models.base.resources import table
from models.case import reporting
from models.case.case import Case
from models.case.lifecycle import OPEN, State
from models.case.reach import hold, latest_of
from models.dialogue.question import Asked, ask, forget
from models.duty.answering import Answering, answerer
from models.media.keeping import want
from models.place.gazetteer import Located, town
from models.place.spot import NOWHERE, Spot
from models.understanding import Understanding

ASKED_OF_REPORTS = (Asked.PLACE, Asked.WHAT, Asked.UNSATISFIED)


def text(visit: Visit) -> Answer:
    """A fault told in words, with its place or with one question for it."""
    u = visit.meaning
    located = visit.locate(u, base=door_of(visit))
    spot = located.spot
    lacking = _lacking(u, located)
    if lacking is None:
        case_id, answers = file(visit, u, spot)
        forget_door(visit)
        return Text(said(case_id, u, spot, answers))
    case_id = reporting.collect(
        text=visit.text,
        category=u.category,
        urgency=u.urgency,
        spot=spot,
        source=_source(visit),
        reporter=visit.person,
        wait_minutes=visit.house.place_wait_minutes,
    )
    ask_place(visit, case_id)
    return Text(
        say(
            "reported_where", number=with_check(case_id), category=u.category, **where(lacking, spot, located)
        )
    )


def photo(visit: Visit, kind: str = "image") -> Answer:
    """A photo alone is a valid report (row 5); soon after a report it belongs to that one."""
    media_id = visit.message.media_id
    if not media_id:
        return Text(say("not_understood_kind"))
    case = fresh_case(visit)
    if case is not None:
        want(
            case.about, purpose="report", kind=kind, channel=visit.channel, media_id=media_id, by=visit.person
        )
        waiting = case.state == State.COLLECTED
        return Text(say("photo_joined", number=case.number, waiting=waiting, kind=kind))
    door = door_of(visit)
    case_id = _collect_silent(visit, door, source="photo")
    want(
        ("case", case_id),
        purpose="report",
        kind=kind,
        channel=visit.channel,
        media_id=media_id,
        by=visit.person,
    )
    ask(visit.person, visit.channel, Asked.WHAT, lasts=_wait(visit), case_id=case_id)
    facts = {"knows_place": door.is_known, "kind": kind, **door.facts()}
    return Text(say("photo_what", number=with_check(case_id), **facts))


def voice(visit: Visit) -> Answer:
    """WeChat gives no text with a voice: it is kept for a person to hear, and the place is asked by menu."""
    media_id = visit.message.media_id
    if not media_id:
        return Text(say("not_understood_kind"))
    case = fresh_case(visit)
    if case is not None:
        want(
            case.about,
            purpose="report",
            kind="voice",
            channel=visit.channel,
            media_id=media_id,
            by=visit.person,
        )
        waiting = case.state == State.COLLECTED
        return Text(say("voice_joined", number=case.number, waiting=waiting))
    door = door_of(visit)
    case_id = _collect_silent(visit, door, source="voice")
    want(
        ("case", case_id),
        purpose="report",
        kind="voice",
        channel=visit.channel,
        media_id=media_id,
        by=visit.person,
    )
    if door.is_known:
        held = hold(case_id)
        answers = held.file()
        forget_door(visit)
        return Text(say("voice_kept", number=held.number, **door.facts(), **responsible(answers)))
    choices = place_menu(visit)
    ask(
        visit.person,
        visit.channel,
        Asked.PLACE,
        lasts=_wait(visit),
        case_id=case_id,
        choices=[c["spot"] for c in choices],
    )
    return Text(say("voice_where", number=with_check(case_id), choices=[c["label"] for c in choices]))


def location(visit: Visit) -> Answer:
    """A shared location answers "where?", or waits for the words that belong to it."""
    point = visit.message.location
    assert point is not None
    near = town().near(point.lng, point.lat)
    spot = Spot(longitude=point.lng, latitude=point.lat)
    if near:
        found = town().spot_of_estate(near[0][0].id, how="location") or NOWHERE
        spot = found.at(point.lng, point.lat)
    case = fresh_case(visit)
    if case is not None and case.longitude is None:
        case = hold(case.id)
        asked = visit.question is not None and visit.question.kind == Asked.PLACE
        if asked or (case.estate_id is None and spot.is_known):
            # What was said of the place stands; the point is added to it.
            base = (
                case.spot if case.estate_id is not None else replace(spot, floor=case.floor, room=case.room)
            )
            return placed(visit, case, base.at(point.lng, point.lat), words=point.label)
        case.longitude, case.latitude = point.lng, point.lat
        return Text(say("location_joined", number=case.number))
    if not near:
        return Text(say("location_far"))
    ask(visit.person, visit.channel, Asked.WHAT, lasts=_wait(visit), door=as_json(spot))
    return Text(say("location_what", **spot.facts()))


def placed(visit: Visit, case: Case, spot: Spot, *, words: str = "") -> Answer:
    """The place that was asked for has come: the report goes on its way, whatever it is worth."""
    forget(visit.person, visit.channel)
    if words:
        case.add_text(words, visit.by)
    answers = case.relocate(spot, visit.by)
    u = visit.meaning
    if visit.message.kind == "text" and case.category is None:
        case.understand_as(category=u.category, urgency=u.urgency)
    return Text(
        say("placed", number=case.number, category=case.category, **case.spot.facts(), **responsible(answers))
    )


def missing_of(spot: Spot, category: str | None) -> str | None:
    """What must still be asked of a place said in parts: estate, building, no_such_building or None."""
    if spot.estate_id is None:
        return "estate"
    if spot.building_id is not None:
        return None
    if spot.building:
        return "no_such_building"
    return "building" if category in table("rules/places.toml")["needs_building"] else None


def said(case_id: int, u: Understanding, spot: Spot, answers: Answering) -> str:
    """Number, place, person and what happens next."""
    return say(
        "reported",
        number=with_check(case_id),
        category=u.category,
        urgency=u.urgency,
        **spot.facts(),
        **responsible(answers),
    )


def where(lacking: str, spot: Spot, located: Located) -> dict[str, Any]:
    """The facts of the one question that asks for the place."""
    choices = located.choices or tuple(town().estates.values())
    names = (
        [choice.name for choice in choices]
        if len(choices) <= int(table("rules/places.toml")["choices"])
        else []
    )
    return {"lacking": lacking, "choices": names if lacking == "estate" else [], **spot.facts()}


def place_menu(visit: Visit) -> list[dict[str, Any]]:
    """The writer's home and the estates, to be chosen by a number."""
    most = int(table("rules/places.toml")["choices"])
    home = visit.home_spot
    spots = [home] if home.is_known else []
    for estate in town().estates.values():
        spots.append(town().spot_of_estate(estate.id, how="answer") or NOWHERE)
    return [{"label": spot.facts(), "spot": as_json(spot)} for spot in spots[:most]]


def forget_door(visit: Visit) -> None:
    if visit.question is not None and visit.question.kind == Asked.WHAT:
        forget_question(visit)


def forget_question(visit: Visit) -> None:
    forget(visit.person, visit.channel)


def spot_from(kept: dict[str, Any]) -> Spot:
    return Spot(**kept)


def _lacking(u: Understanding, located: Located) -> str | None:
    if located.missing == "building" and u.category not in table("rules/places.toml")["needs_building"]:
        return None
    return located.missing


def file(visit: Visit, u: Understanding, spot: Spot) -> tuple[int, Answering]:
    """Files what was said and offers it to whoever answers."""
    return reporting.report(
        text=visit.text,
        category=u.category,
        also=u.also,
        urgency=u.urgency,
        spot=spot,
        source=_source(visit),
        by=visit.by,
        reporter=visit.person,
        at=visit.message.sent_at,
    )


def _collect_silent(visit: Visit, spot: Spot, source: str) -> int:
    return reporting.collect(
        text="",
        category=None,
        urgency="normal",
        spot=spot,
        source=source,
        reporter=visit.person,
        wait_minutes=visit.house.place_wait_minutes,
    )


def fresh_case(visit: Visit) -> Case | None:
    """The report that something sent right after it belongs to."""
    question = visit.question
    if question is not None and question.case_id is not None and question.kind in ASKED_OF_REPORTS:
        return hold(question.case_id)
    latest = latest_of(visit.person, *OPEN)
    if latest is None or latest.reporter_id != visit.person:
        return None
    return latest if latest.reported_at >= ago(minutes=visit.house.join_minutes) else None


def ask_place(visit: Visit, case_id: int) -> None:
    ask(visit.person, visit.channel, Asked.PLACE, lasts=_wait(visit), case_id=case_id)


def door_of(visit: Visit) -> Spot:
    """The door whose code was just scanned, or the place just shared."""
    question = visit.question
    if question is not None and question.kind == Asked.WHAT and "door" in question.facts:
        return spot_from(question.facts["door"])
    return NOWHERE


def responsible(answers: Answering) -> dict[str, Any]:
    """The facts by which a reply names who answers."""
    first = answerer(answers.people[0]) if answers.people else None
    return {
        "route": answers.route,
        "who": first.name if first else None,
        "role": labels("roles").get(first.role, "") if first else None,
        "department": answers.department,
    }


def _source(visit: Visit) -> str:
    if visit.channel == "work":
        return "work"
    return "door" if door_of(visit).is_known else "chat"


def _wait(visit: Visit) -> timedelta:
    return timedelta(minutes=visit.house.place_wait_minutes)


def as_json(spot: Spot) -> dict[str, Any]:
    """What `spot_from` reads back."""
    return {name: getattr(spot, name) for name in Spot.__slots__ if getattr(spot, name) is not None}
