"""Phones and their messages as JSON, for the page and for tests."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from server.sandbox.simulator import Simulator
from server.sandbox.world import Message, Phone


def message_json(message: Message) -> dict[str, Any]:
    return asdict(message)


def phone_json(phone: Phone, since: int, now: float) -> dict[str, Any]:
    """One phone with the messages that changed after ``since``."""
    return {
        "id": phone.id,
        "name": phone.name,
        "kind": phone.kind,
        "ids": [phone.openid, phone.mini_openid, phone.userid, phone.chat_id, phone.robot_key],
        "note": phone.note,
        "front": phone.front,
        "place": phone.place,
        "follows": phone.follows,
        "typing": phone.typing_until > now,
        "members": len(phone.members) + bool(phone.owner),
        "messages": [message_json(message) for message in list(phone.messages) if message.changed > since],
    }


def phones_json(simulator: Simulator, since: int = 0, wait: float = 0.0, only: str = "") -> dict[str, Any]:
    """All phones (or ``only`` one) with what changed after ``since``; ``change`` is the next cursor.

    With ``wait`` seconds the answer comes when something has changed, at the latest then.
    """
    world = simulator.world
    change = world.wait(since, wait) if wait else world.count
    phones = [phone for phone in list(world.phones.values()) if only in ("", phone.id)]
    return {
        "change": change,
        "ledger": simulator.ledger.last,
        "unknown": simulator.ledger.strange,
        "menu": simulator.official.menu if simulator.official else [],
        "phones": [phone_json(phone, since, simulator.clock()) for phone in phones],
    }
