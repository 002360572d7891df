"""For the operator: is the process alive, is the service ready, what do the numbers say."""

import hmac
import shutil
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import ColumnElement, TextClause, func, select, text

from handlers.guards import guard_all
from models.base import quarantine, tallies
from models.base.clock import now
from models.base.orm import Base, session
from models.base.refusals import Unavailable
from models.case.case import Case
from models.case.lifecycle import OPEN
from models.case.tables import Alarm
from models.inbox.received import Received
from models.outbox.letter import Letter
from models.pay import reading
from models.pay.tables import Order
from server import schema, tally
from server.config import Config
from server.database import Database
from server.settings import is_loopback

COUNTED = {
    "subscription_answers": "What people said to being told by subscription messages, by moment.",
    "refused_callbacks": "Callbacks that were refused, by the reason.",
    "media_fetched": "Photos and voices asked for, by kind and result.",
    "platform_calls": "Calls to the platforms, by platform and result.",
    "letters_settled": "Letters by what became of them.",
    "csp_reports": "What browsers kept pages from, by directive: in normal use nothing.",
    "errors": "Requests that ended in an error of ours.",
    "work_rounds": "Signs of life of the processes that run the timetable and the senders.",
}
# written out, because a partial index serves only what says the same as its condition
_WAITING = text("state = 'waiting'")
_LETTERS = {
    "waiting": _WAITING,
    "taken": text("state = 'taken'"),
    "dead": text("state IN ('failed', 'unknown') AND alerted_at IS NULL"),
}


def blueprint(config: Config, database: Database) -> Blueprint:
    made = Blueprint("health", __name__)
    registry = CollectorRegistry()
    registry.register(_Town(config, database))

    @made.get("/health/live")
    def live() -> dict[str, str]:
        return {"status": "live"}

    @made.get("/health/ready")
    def ready() -> tuple[dict[str, str], int]:
        """200 when the database answers at the current schema, whatever the platforms do."""
        try:
            with database.read() as current:
                state = schema.state_of(current.connection())
        except Unavailable:
            return {"status": "not ready", "because": "the database does not answer"}, 503
        if not state.current:
            return {"status": "not ready", "because": str(state)}, 503
        return {"status": "ready"}, 200

    @made.get("/metrics")
    def metrics() -> Response:
        if not _may_read(config):
            return Response("for this machine, or with the token of [server] metrics_token\n", 403)
        tally.flush(database)
        return Response(generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8")

    return guard_all(made, "operator")


def _may_read(config: Config) -> bool:
    token = config.server.metrics_token
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(shown.encode(), token.encode()):
        return True
    # a proxy on this machine that nobody told us of passes the world on as 127.0.0.1, but says for whom
    forwarded = "X-Forwarded-For" in request.headers and not config.server.trusted_proxies
    return is_loopback(request.remote_addr) and not forwarded


class _Town(Collector):
    """What the database says, asked when somebody looks."""

    def __init__(self, config: Config, database: Database) -> None:
        self._config = config
        self._database = database

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("hemei_database_up", "1 when the database answers.")
        try:
            with self._database.read():
                found = list(_counts()) + list(_totals())
        except Unavailable:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        yield from found
        yield _gauge("hemei_disk_free_bytes", "Room for photos.", _free(self._config))


def _counts() -> Iterator[Metric]:
    letters = GaugeMetricFamily("hemei_letters", "Letters that are not settled, by state.", labels=["state"])
    for state, which in _LETTERS.items():
        letters.add_metric([state], _count(Letter, which))
    yield letters
    oldest = select(func.min(Letter.not_before)).where(_WAITING)
    late = _age(session().connection().execute(oldest).scalar())
    yield _gauge("hemei_letters_oldest_waiting_seconds", "Since the oldest waiting one was due.", late)
    yield _gauge("hemei_inbox_open", "Pushes not worked on yet.", _count(Received, text("state = 'new'")))
    cases = GaugeMetricFamily("hemei_cases_open", "Cases that are not closed, by state.", labels=["state"])
    for one in sorted(OPEN):
        cases.add_metric([one], _count(Case, Case.state == one))
    yield cases
    ringing = _count(Alarm, Alarm.acknowledged_at.is_(None))
    yield _gauge("hemei_alarms_ringing", "Emergencies that nobody acknowledged.", ringing)
    due = select(func.min(Order.ask_at)).where(Order.ask_at.is_not(None))
    unasked = _age(session().connection().execute(due).scalar())
    yield _gauge("hemei_pay_oldest_unasked_seconds", "Since WeChat Pay was to be asked of an order.", unasked)
    troubled = _count(Order, reading.TROUBLED)
    yield _gauge("hemei_pay_troubled", "Payments that a person has to decide about.", troubled)
    yield _gauge("hemei_quarantine", "1 while nothing is sent after a restore.", quarantine.in_quarantine())
    seen = tallies.last_seen(tally.WORKING)
    yield _gauge("hemei_work_seen_seconds", "Since a work process was last heard of.", _age(seen))


def _count(table: type[Base], which: ColumnElement[bool] | TextClause) -> int:
    return session().connection().execute(select(func.count()).select_from(table).where(which)).scalar_one()


def _totals() -> Iterator[Metric]:
    families: dict[str, CounterMetricFamily] = {}
    for (name, labels), value in sorted(tallies.totals().items()):
        pairs = dict(part.split("=", 1) for part in labels.split(",") if "=" in part)
        family = families.get(name)
        if family is None:
            words = COUNTED.get(name, name)
            family = families[name] = CounterMetricFamily(f"hemei_{name}", words, labels=list(pairs))
        family.add_metric(list(pairs.values()), value)
    yield from families.values()


def _gauge(name: str, words: str, value: Any) -> Metric:
    return GaugeMetricFamily(name, words, value=float(value))


def _age(moment: datetime | None) -> float:
    return max((now() - moment).total_seconds(), 0.0) if moment else 0.0


def _free(config: Config) -> int:
    folder = config.storage.dir
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free
