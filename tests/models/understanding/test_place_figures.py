"""How often all five fields of the place are right; floors a little under what is reached."""

import pytest
from understanding_data import PLACE_FIELDS, gazetteer, held_out, messages
from understanding_places import PARTS, labelled, town

from models.understanding.normal import normal
from models.understanding.place import place_in


def read(name: str, text: str) -> dict[str, str | None]:
    place = place_in(normal(text), town(name))
    return {field: getattr(place, field) for field in PLACE_FIELDS}


@pytest.mark.parametrize("part", PARTS)
def test_places_in_towns_that_nothing_was_written_for(part):
    wrong = [(text, read(name, text)) for name, text, fields in labelled(part) if read(name, text) != fields]
    assert len(wrong) <= 0.02 * len(labelled(part)), wrong


@pytest.mark.parametrize("part", PARTS)
def test_every_field_that_is_said_is_found(part):
    missed = [
        text
        for name, text, fields in labelled(part)
        if any(value and read(name, text)[field] is None for field, value in fields.items())
    ]
    assert len(missed) <= 0.01 * len(labelled(part)), missed


def test_there_are_enough_of_them():
    assert sum(len(labelled(part)) for part in PARTS) > 1000


def test_every_message_that_was_read_stays_right():
    wrong = [
        message["text"]
        for message in messages()
        if message["id"] not in held_out()
        and any(
            getattr(place_in(normal(message["text"]), gazetteer()), field) != message[field]
            for field in PLACE_FIELDS
        )
    ]
    assert not wrong


def test_estates_of_another_town_are_hardly_ever_heard_in_messages():
    towns = ("south", "east", "west", "coast", "hill", "delta", "lake", "gorge")
    heard = [
        (name, message["text"], found)
        for message in messages()
        if message["id"] not in held_out()
        for name in towns
        if (found := town(name).find(normal(message["text"])))
    ]
    assert len(heard) <= 2, heard
