"""Notifications of the platform, each once: its own id of it is the key (P2)."""

from datetime import timedelta
from typing import Any

from sqlalchemy import exists, select

from models.base.clock import now
from models.base.orm import put_once, session
from models.pay.tables import Order, Push, Refund

LOOKED_BACK = timedelta(days=90)


def is_new(key: str, event: str, about: str, facts: dict[str, Any]) -> bool:
    """Keeps it. False: it is here already, and so is what followed from it."""
    return put_once(Push, "key", key=key, event=event, about=about, facts=facts, at=now()) is not None


def strays(limit: int = 20) -> list[tuple[str, str]]:
    """(number, event) of notifications about no order and no refund of ours, or about another merchant's or
    app's; the newest first. A person must look: somebody may have paid."""
    order = exists().where(
        Order.number == Push.about,
        Order.mch_id == Push.facts["mch_id"].as_string(),
        Order.app_id == Push.facts["app_id"].as_string(),
    )
    refund = exists().where(Refund.number == Push.about)
    query = select(Push.about, Push.event).where(Push.at > now() - LOOKED_BACK, ~order, ~refund)
    return [(row.about, row.event) for row in session().execute(query.order_by(Push.id.desc()).limit(limit))]
