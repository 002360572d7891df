"""Events that are answered at once: a follow, a scanned door, a menu tap, a card's button."""

from datetime import timedelta

from handlers.wechat import people, placing, progress, staff
from handlers.wechat.answer import Answer, Nothing, Text
from handlers.wechat.cards import tapped
from handlers.wechat.visit import Visit
from handlers.words import say
from models.dialogue.question import Asked, ask
from models.place.doors import scanned
from models.place.gazetteer import town


def answer(visit: Visit) -> Answer:
    message = visit.message
    if message.event == "template_card_event":
        return tapped(visit)
    if message.scene is not None:
        return _at_the_door(visit, message.scene)
    match message.event_key if message.event == "click" else None:
        case "progress":
            return progress.progress(visit)
        case "who":
            return people.who_answers_here(visit)
        case "work" if visit.visitor.is_staff:
            return staff.work(visit)
        case _:
            return Text(say("welcome")) if message.sender != "sys" else Nothing()


def _at_the_door(visit: Visit, scene: str) -> Answer:
    """The scanned code knows estate, building and unit: only the problem is asked (row 8)."""
    door = scanned(scene)
    spot = town().spot_of_building(door.building_id, door.unit_name, how="door") if door is not None else None
    if spot is None:
        return Text(say("door_revoked"))
    ask(
        visit.person,
        visit.channel,
        Asked.WHAT,
        lasts=timedelta(minutes=visit.house.door_minutes),
        door=placing.as_json(spot),
    )
    return Text(say("door_what", **spot.facts()))
