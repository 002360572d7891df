"""A photo, a video, a voice, a shared location: alone, or with the words that came or will come."""

from dataclasses import replace

from handlers.wechat import placing
from handlers.wechat.answer import Answer, Text
from handlers.wechat.asked import case_asked_about
from handlers.wechat.naming import responsible
from handlers.wechat.placing import door_of, wait
from handlers.wechat.reports import fresh_case
from handlers.wechat.visit import Visit
from handlers.words import say
from models.base.checkdigit import with_check
from models.case import reporting
from models.case.case import Case
from models.case.lifecycle import State
from models.case.reach import hold
from models.dialogue.question import Asked, ask
from models.media.keeping import want
from models.place.gazetteer import town
from models.place.spot import NOWHERE, Spot


def photo(visit: Visit, kind: str = "image") -> Answer:
    """A photo alone is a valid report (row 5); soon after a report it belongs to that one."""
    if not visit.message.media_id:
        return Text(say("not_understood_kind"))
    asked_about = case_asked_about(visit)
    case = asked_about or fresh_case(visit)
    if case is not None:
        _want(visit, case.id, kind)
        if asked_about is not None:
            case.add_photos(visit.by_person, 1)
        return Text(say("photo_joined", number=case.number, lacking=_lacking(case), kind=kind))
    door = door_of(visit)
    case_id = _begin(visit, door, "photo", kind)
    ask(visit.person, visit.channel, Asked.WHAT, lasts=wait(visit), case_id=case_id)
    facts = {"knows_place": door.is_known, "kind": kind, **door.facts()}
    return Text(say("photo_what", number=with_check(case_id), **facts))


def voice(visit: Visit) -> Answer:
    """WeChat gives no text with a voice: it is kept for a person to hear, and the place is asked by menu."""
    if not visit.message.media_id:
        return Text(say("not_understood_kind"))
    case = fresh_case(visit)
    if case is not None:
        _want(visit, case.id, "voice")
        return Text(say("voice_joined", number=case.number, waiting=not case.spot.is_known))
    door = door_of(visit)
    case_id = _begin(visit, door, "voice", "voice")
    if door.is_known:
        held = hold(case_id)
        answers = held.file()
        placing.forget_door(visit)
        return Text(say("voice_kept", number=held.number, **door.facts(), **responsible(answers)))
    choices = placing.place_menu(visit)
    spots = [one["spot"] for one in choices]
    ask(visit.person, visit.channel, Asked.PLACE, lasts=wait(visit), case_id=case_id, choices=spots)
    return Text(say("voice_where", number=with_check(case_id), choices=[one["label"] for one in choices]))


def location(visit: Visit) -> Answer:
    """A shared location answers "where?", or waits for the words that belong to it."""
    point = visit.message.location
    assert point is not None
    near = town().near(point.lng, point.lat)
    spot = Spot(longitude=point.lng, latitude=point.lat)
    if near:
        spot = _nearest(near[0][0].id).at(point.lng, point.lat)
    case = fresh_case(visit)
    if case is not None and case.longitude is None:
        return _stands_there(visit, hold(case.id), spot, point.label)
    if not near:
        return Text(say("location_far"))
    ask(visit.person, visit.channel, Asked.WHAT, lasts=wait(visit), door=placing.as_json(spot))
    return Text(say("location_what", **spot.facts()))


def _nearest(estate_id: int) -> Spot:
    """The estate; its house, when it has only one."""
    houses = town().buildings_of(estate_id)
    house = town().spot_of_building(houses[0].id, how="location") if len(houses) == 1 else None
    return house or town().spot_of_estate(estate_id, how="location") or NOWHERE


def _stands_there(visit: Visit, case: Case, spot: Spot, label: str) -> Answer:
    """The report that was begun is there: what was said of its place stands, the point is added to it."""
    known = case.spot if case.estate_id is not None else replace(spot, floor=case.floor, room=case.room)
    asked = visit.question.kind if visit.question is not None else None
    if asked == Asked.WHAT and spot.is_known:
        # a photo came first: where it is, is known now; what it is still has to be said
        case.put_at(known.at(spot.longitude, spot.latitude))
        return Text(say("location_joined", number=case.number, lacking=_lacking(case), **case.spot.facts()))
    if asked == Asked.PLACE or (case.estate_id is None and spot.is_known):
        return placing.placed(visit, case, known.at(spot.longitude, spot.latitude), words=label)
    case.put_at(case.spot.at(spot.longitude, spot.latitude))
    return Text(say("location_joined", number=case.number, lacking=None, **case.spot.facts()))


def _lacking(case: Case) -> str | None:
    """What a report still waits for: what, where, or both."""
    if case.state != State.COLLECTED:
        return None
    if not case.text:
        return "what" if case.spot.is_known else "both"
    return "where"


def _begin(visit: Visit, spot: Spot, source: str, kind: str) -> int:
    """A report without words."""
    case_id = reporting.collect(
        text="",
        category=None,
        urgency="normal",
        spot=spot,
        source=source,
        by=visit.by_person,
        reporter=visit.person,
        wait_minutes=visit.house.place_wait_minutes,
    )
    _want(visit, case_id, kind)
    return case_id


def _want(visit: Visit, case_id: int, kind: str) -> None:
    media_id = visit.message.media_id
    assert media_id is not None
    want(
        ("case", case_id),
        purpose="report",
        kind=kind,
        channel=visit.channel,
        media_id=media_id,
        by=visit.person,
    )
