"""The clock is one more visitor that calls verbs. What it calls, and when, stands in `timetable`.

Every line has slots (each half minute, each day at 19:30). A process takes a slot in the database before it
works, so each (name, slot) is worked on once however many processes run; a slot that nobody was there for is
taken up when somebody comes, if that is not too late.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from models.account.keeping import forget_old as forget_log_ins
from models.appraisal import appealing
from models.audit import chain
from models.audit.forgetting import forget_past_acts
from models.base import quarantine, ticks
from models.base.clock import SHANGHAI, local, now
from models.base.refusals import Unavailable
from models.case import bulk, search_index
from models.case.clock import climb_some, file_one_unplaced, reckon_some, settle_one_silence
from models.case.emergency import ring_again
from models.case.passing_samples import pass_on_some
from models.case.phoning import phone_climbs
from models.case.sampling import draw_last_week
from models.case.silence import tell_silent
from models.client.tokens import forget_old as forget_tokens
from models.contract import agreements
from models.corrections.correction import forget_old as forget_corrections
from models.duty.rota import tell_gaps
from models.duty.swaps import lapse_one
from models.enquiry.keeping import forget_old as forget_enquiries
from models.enquiry.reminding import remind
from models.fee import leaving, trials
from models.inbox.purging import purge
from models.joins import digest, disputing, estate_ledger, recutting, warning
from models.joins.forgetting import forget_past
from models.joins.passing_on import pass_on_one
from models.mediation.mediating import ask_one, tell_left
from models.notice.climbing import climb_one
from models.notice.notice import end_one_past
from models.notice.outcome import tell_one_unheard
from models.notice.pasting import ask_owners
from models.notice.season import call_one
from models.notice.warning import say_again_one
from models.outbox import budget
from models.outbox.recalling import lapse
from models.problem.putting_right import claim_some
from models.problem.reminding import remind_some as remind_of_problems
from models.problem.suggesting import suggest_some
from models.station.medicine import tell_of_some as tell_of_medicine
from models.town.bringing_in import forget_old as forget_workbooks
from models.whistle import climbing as whistling
from models.whistle import ending, newcomers, referring
from server import (
    appraising,
    auditing,
    backup,
    billing,
    figuring,
    importing,
    logs,
    paying,
    reconciling,
    regridding,
    reminding,
    sweeping,
    unions,
    visits,
)
from server.allowance import allowance_of
from server.config import Config
from server.database import Database
from server.pay.office import look_for_certificates

log = logging.getLogger(__name__)

Verb = Callable[[Config, Database], None]


@dataclass(frozen=True)
class Every:
    """Slots of equal length, counted from 1970, so that all processes cut them the same."""

    seconds: int

    def slot(self, at: datetime) -> datetime:
        whole = int(at.timestamp()) // self.seconds * self.seconds
        return datetime.fromtimestamp(whole, UTC)

    def trigger(self) -> BaseTrigger:
        return IntervalTrigger(seconds=self.seconds)

    @property
    def grace(self) -> timedelta:
        return timedelta(seconds=self.seconds)


@dataclass(frozen=True)
class Daily:
    """One slot a day, by the wall clock of Shanghai."""

    at: time

    def slot(self, at: datetime) -> datetime:
        there = local(at)
        today = there.replace(hour=self.at.hour, minute=self.at.minute, second=0, microsecond=0)
        return (today if today <= there else today - timedelta(days=1)).astimezone(UTC)

    def trigger(self) -> BaseTrigger:
        return CronTrigger(hour=self.at.hour, minute=self.at.minute, timezone=SHANGHAI)

    def slots_left(self, at: datetime) -> list[datetime]:
        return [self.slot(at)]

    grace = timedelta(hours=2)  # later than that, yesterday's digest is no news any more


@dataclass(frozen=True)
class EachMinuteFrom:
    """The minutes of the two hours after a time of day in Shanghai, so that what is broken off by a restart
    or a database that is away is gone on with and not put off until tomorrow."""

    at: time
    grace = timedelta(seconds=60)

    def slot(self, at: datetime) -> datetime:
        return min(Every(60).slot(at), self._last(at))

    def slots_left(self, at: datetime) -> list[datetime]:
        """This minute's and those that follow it."""
        first = self.slot(at)
        minutes = int((self._last(at) - first) / timedelta(minutes=1))
        return [first + timedelta(minutes=n) for n in range(minutes + 1)]

    def trigger(self) -> BaseTrigger:
        return IntervalTrigger(seconds=60)

    def _last(self, at: datetime) -> datetime:
        return Daily(self.at).slot(at) + Daily.grace


@dataclass(frozen=True)
class Line:
    when: Every | Daily | EachMinuteFrom
    name: str
    verb: Verb
    in_quarantine: bool = False  # it says nothing to anybody


def timetable(config: Config) -> list[Line]:
    rules = config.rules
    ring = partial(
        ring_again,
        every_minutes=rules.alarm_every_minutes,
        rings_each=rules.alarm_rings,
        phone=config.gateway.ways("case_emergency"),
    )
    phone = partial(
        phone_climbs, every_minutes=rules.alarm_every_minutes, phone=config.gateway.ways("case_climbed")
    )
    silence = partial(settle_one_silence, silence_days=rules.silence_days)
    samples = partial(draw_last_week, percent=rules.sample_percent)
    with_problem = partial(claim_some, silence_days=rules.silence_days)
    climb = partial(climb_one, after_minutes=rules.call_minutes)
    gather = partial(digest.gather_this_evening, allowance_of(config), rules.digest_at)
    again = partial(say_again_one, days=rules.warning_days)
    money, pays = paying.Clock(), config.wechat.pay is not None
    return [
        #    when                    what                      by which verb
        # emergencies and limits
        Line(Every(20), "ring alarms again", until_done(ring)),
        Line(Every(20), "phone about climbs", until_done(phone)),
        Line(Every(10), "climb", until_done(climb_some)),
        Line(Every(600), "reckon limits", by_number(reckon_some)),
        Line(Every(20), "climb where nobody answers a whistle", by_number(whistling.climb_some)),
        Line(Daily(time(8, 30)), "name silent cases", by_number(tell_silent)),
        Line(Every(600), "take silence for a nod", until_done(silence)),
        Line(Every(5), "workbooks from the console", importing.work_on, in_quarantine=True),
        Line(Every(3600), "forget workbooks", until_done(forget_workbooks)),
        Line(Daily(time(8, 10)), "tell above of appeals", by_number(appealing.tell_above)),
        Line(Daily(time(8, 15)), "pass samples on", by_number(pass_on_some)),
        Line(Daily(time(8, 20)), "draw samples", by_number(samples)),
        Line(Every(60), "file what has no place", until_done(file_one_unplaced)),
        # people, departments, grids, problems
        Line(Every(60), "pass on cases", until_done(pass_on_one)),
        Line(Every(300), "let swaps lapse", until_done(lapse_one)),
        Line(Every(3600), "say where a rota has gaps", until_done(tell_gaps)),
        Line(Every(60), "tell who speaks for a department", by_number(newcomers.tell_newcomers)),
        Line(Every(60), "end whistles", until_done(ending.end_some)),
        Line(Every(60), "end hand-overs to departments", until_done(referring.end_some)),
        Line(Every(600), "ask whether agreements were kept", until_done(ask_one)),
        Line(Every(600), "name mediations that nobody has", until_done(tell_left)),
        Line(Every(60), "cut grids anew", until_done(recutting.apply_one)),
        Line(Every(60), "take cases into their new grid", regridding.follow),
        Line(Daily(time(0, 40)), "freeze estate ledgers", until_done(estate_ledger.freeze_one)),
        Line(Every(60), "claim what is put right with a problem", until_done(with_problem)),
        Line(Daily(time(8, 30)), "name problems that are due", by_number(remind_of_problems)),
        Line(Daily(time(2, 30)), "propose common problems", by_number(suggest_some)),
        Line(Daily(time(9, 0)), "remind of questions", until_done(remind)),
        Line(Daily(time(8, 40)), "say which medicine expires", until_done(tell_of_medicine)),
        Line(Every(60), "learn who is one person", unions.learn),
        # notices and what groups hear
        Line(Every(60), "name the silent", until_done(climb)),
        Line(Every(300), "say what nobody heard", until_done(tell_one_unheard)),
        Line(Every(60), "end notices whose time went by", until_done(end_one_past)),
        Line(Every(600), "let go of what is past", until_done(lapse)),
        Line(Every(60), "hand out visits", visits.hand_out),
        Line(Every(60), "ask owners to paste", until_done(ask_owners)),
        Line(EachMinuteFrom(rules.digest_at), "tell customer groups", until_done(gather)),
        Line(Every(60), "hand over lost digests", until_done(digest.hand_over_one)),
        Line(Every(20), "end warnings", until_done(warning.follow_one)),
        Line(EachMinuteFrom(rules.warning_at), "warn again", until_done(again)),
        Line(Daily(time(8, 30)), "draft season calls", until_done(call_one)),
        # money
        *([Line(Every(15), "ask about payments", money.ask)] if pays else []),
        *([Line(Every(15), "give money back", money.give_back)] if pays else []),
        *([Line(Every(1800), "compare bill files", reconciling.reconcile)] if pays else []),
        *([Line(Every(60), "look for certificates", look_for_certificates)] if pays else []),
        Line(Every(600), "pause what is withheld", until_done(disputing.pause_withheld)),
        Line(Every(600), "end disputes", until_done(disputing.end_some)),
        Line(EachMinuteFrom(time(1, 0)), "make bills", billing.make_bills),
        Line(EachMinuteFrom(config.fees.remind_at), "say that a trial ends", until_done(trials.tell_one)),
        Line(EachMinuteFrom(config.fees.remind_at), "remind of bills", reminding.remind),
        Line(Daily(time(1, 30)), "charge for late payment", billing.charge_late),
        Line(Daily(time(2, 0)), "earn fees", billing.earn),
        Line(Daily(time(3, 0)), "end contracts", until_done(agreements.end_past)),
        Line(Daily(time(3, 0)), "take back years that nobody paid", until_done(leaving.fall_away)),
        Line(Daily(time(5, 0)), "prove the books", billing.prove),
        # figures and what they say of people
        Line(Every(5), "do many cases", until_done(bulk.do_one)),
        Line(Every(5), "index words", until_done(search_index.follow, 100), in_quarantine=True),
        Line(Every(300), "count figures again", figuring.figure_again, in_quarantine=True),
        Line(EachMinuteFrom(rules.morning_at), "say what the day brings", appraising.say_morning),
        Line(EachMinuteFrom(rules.week_at), "say what the week was", appraising.say_week),
        Line(Daily(time(5, 30)), "find colours of the month", appraising.find_colours),
        Line(Every(600), "end appeals", until_done(appealing.end_one)),
        # who looked at what
        Line(Every(10), "place acts in their chain", until_done(chain.place), in_quarantine=True),
        Line(Every(600), "keep the chain's head elsewhere", auditing.keep_head, in_quarantine=True),
        Line(Every(60), "name unusual looks", auditing.name_looks),
        # the night: what is kept, what is let go of
        Line(Daily(config.backup.at), "back up", backup.nightly, in_quarantine=True),
        Line(Daily(time(4, 0)), "forget old slots", until_done(ticks.forget_old), in_quarantine=True),
        Line(Daily(time(4, 10)), "forget old pushes", until_done(purge), in_quarantine=True),
        Line(Daily(time(4, 20)), "forget old questions", until_done(forget_enquiries), in_quarantine=True),
        Line(Daily(time(4, 25)), "forget what is past its term", until_done(forget_past), in_quarantine=True),
        Line(Daily(time(4, 28)), "forget old acts", until_done(forget_past_acts), in_quarantine=True),
        Line(Daily(time(4, 30)), "forget corrections", until_done(forget_corrections), in_quarantine=True),
        Line(Daily(time(4, 35)), "forget old log-ins", until_done(forget_log_ins), in_quarantine=True),
        Line(Daily(time(4, 40)), "forget group days", until_done(budget.forget_old), in_quarantine=True),
        Line(Daily(time(4, 37)), "forget old tokens", until_done(forget_tokens), in_quarantine=True),
        Line(Every(3600), "sweep uploads", sweeping.sweep_uploads, in_quarantine=True),
        Line(Daily(time(4, 40)), "sweep files", sweeping.sweep),
    ]


def until_done(verb: Callable[[], Any], most: int = 10_000) -> Verb:
    """Calls `verb`, one transaction each time, until it finds nothing more to do."""

    def sweep(_config: Config, database: Database) -> None:
        for _ in range(most):
            if not database.write(verb):
                return

    return sweep


def by_number(verb: Callable[[int], int]) -> Verb:
    """Calls `verb` with the number at which its last call ended, from 0 until it gives 0."""

    def sweep(_config: Config, database: Database) -> None:
        after = database.write(verb, 0)
        while after:
            after = database.write(verb, after)

    return sweep


class Timetable:
    """Runs the lines until stopped; any number may run."""

    def __init__(self, config: Config, database: Database, lines: list[Line] | None = None) -> None:
        self._config = config
        self._database = database
        self._lines = timetable(config) if lines is None else lines

    def run(self, stop: threading.Event) -> None:
        scheduler = BackgroundScheduler(
            timezone=SHANGHAI,
            executors={"default": ThreadPoolExecutor(4)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        for line in self._lines:
            # at once as well: a slot that came while nobody ran is taken up
            at_once = datetime.now(SHANGHAI)
            scheduler.add_job(self._tick, line.when.trigger(), args=[line, stop], next_run_time=at_once)
        scheduler.start()
        stop.wait()
        scheduler.shutdown(wait=True)

    def _tick(self, line: Line, stop: threading.Event) -> None:
        if not stop.is_set():  # the scheduler's end waits for all that queue for its threads
            self.tick(line)

    def tick(self, line: Line) -> bool:
        """Works on the slot of this moment if nobody has; says whether it did."""
        at = now()
        slot = line.when.slot(at)
        if at - slot > line.when.grace:
            return False
        with logs.named(line.name):
            try:
                if not self._database.write(_take, line, slot):
                    return False
                line.verb(self._config, self._database)
            except Unavailable as trouble:
                log.warning("put off: %s", logs.places(trouble))
                return False
            except Exception:
                log.exception("failed")
                return False
        return True


def _take(line: Line, slot: datetime) -> bool:
    if quarantine.in_quarantine() and not line.in_quarantine:
        return False
    return ticks.take(line.name, slot)
