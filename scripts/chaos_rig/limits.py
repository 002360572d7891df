"""F3 and R6: the day's quota is used up, the platform says too fast, a robot has its minute; what is urgent
goes all the same."""

import time

from sqlalchemy import select

from chaos_rig import oracle
from chaos_rig.crowd import EVERYBODY, ONE_BUILDING, Crowd, Shown, of, patiently, robot_key, wait_for
from chaos_rig.house import House
from chaos_rig.platform import Platform
from models.base.actor import By
from models.base.clock import now
from models.base.orm import put, session
from models.base.resources import table
from models.notice import notice as verbs
from models.notice.tables import Kind, Notice
from models.outbox.letter import Letter
from models.outbox.letter import State as Fate
from models.outbox.meters import RESERVE, Meter, beijing_day

METER = "official/template"
PATH = "official /cgi-bin/message/template/send"
OVERTAKES_WITHIN = 5.0
ROBOT_NOTICES = 30
ROBOT_BURST = 8
WEBHOOK = "/cgi-bin/webhook/send"
UNDER_WAY = 3.0  # seconds after the first refusal: what was on its way then comes in still
IDLE = 4.0  # seconds in which nothing more goes: then the quota holds


class Limits:
    """`news` messages are left of the day for news; `watched` seconds are looked at for each limit."""

    def __init__(self, house: House, platform: Platform, *, people: int, news: int, watched: float) -> None:
        self.house, self.platform = house, platform
        self.people, self.news, self.watched = people, news, watched
        self.quota = int(table("platforms/limits.toml")["quota"]["template"])
        self.reserve = self.quota - int(self.quota * (1 - RESERVE))
        self.crowd = Crowd(house.database, people, robots=True)
        self.verdict = oracle.Verdict()

    def run(self) -> oracle.Verdict:
        self.crowd.move_in()
        for number in range(len(self.crowd.groups)):
            phone = {"id": f"g{number}", "name": f"{number}", "kind": "group", "robot_key": robot_key(number)}
            self.platform.control("POST", "phones", phone)
        self._quota()
        self._too_fast(45011)
        self._too_fast(45066)
        self._too_fast(45009)
        return self.verdict

    def _quota(self) -> None:
        """The day has been busy already: so much is left, and the platform counts with us."""
        left = self.reserve + self.news
        self._spent(self.quota - left)
        self.platform.control("POST", "limits", {"per_day": {PATH: left}})
        notice = self.crowd.say("周二停水")
        amid = [self._emergency(number) for number in range(10)]
        self._until_nothing_moves()
        news = self.crowd.sent(notice) - self._groups_sent(notice)
        blocked = [self._emergency(number) for number in range(10, 20)]
        everybody = self.crowd.say("全城紧急", Kind.EMERGENCY, EVERYBODY)
        self._until_nothing_moves()
        calls = Shown(self.platform, "").read()
        robots = [self.crowd.say(f"楼长通知{n}", Kind.URGENT, ONE_BUILDING) for n in range(ROBOT_NOTICES)]
        time.sleep(self.watched)
        # the emergencies of before come first: they and the notices share the minutes of one robot
        urgent, later = (Shown(self.platform, word, WEBHOOK).read() for word in ("爆裂", "楼长通知"))
        busiest = _most_in_a_minute(sorted(urgent.times + later.times))
        refused = {**urgent.refused, **later.refused}
        figures = self.verdict.figures
        figures["quota"] = f"{left} left of {self.quota}, {self.reserve} of them kept for what is urgent"
        figures["news that went"] = f"{news}; the emergency to all {self.crowd.sent(everybody)}, then nothing"
        figures["calls of templates"] = (
            f"{sum(calls.calls.values())}, refused {dict(calls.refused) or 'none'}"
        )
        figures["first message of an emergency after"] = (
            f"{max(amid):.1f} s amid the news, {max(blocked):.1f} s when the news was blocked (of ten each)"
        )
        figures["robot of one group"] = (
            f"{sum(urgent.calls.values())} of 20 emergencies and {sum(later.calls.values())} of {len(robots)}"
            f" notices within {self.watched:.0f} s, at most {busiest} a minute, refused {refused or 'none'}"
        )
        self.verdict.zero("calls above the quota", sum(calls.refused.values()))
        self.verdict.zero("robot calls above the minute", sum(refused.values()))
        self.verdict.must(busiest >= ROBOT_BURST, "a robot's minute went by unused")
        self.verdict.must(sum(calls.calls.values()) == left, "the quota was not used")
        self.verdict.must(news <= self.news, "news went from what is kept for the urgent")
        self.verdict.in_time(max(amid + blocked) <= OVERTAKES_WITHIN, "an emergency waited")

    def _emergency(self, number: int) -> float:
        return self.crowd.first_sent_after(self.crowd.say(f"爆裂{number}", Kind.EMERGENCY, ONE_BUILDING))

    def _too_fast(self, code: int) -> None:
        """Refused for as long as we watch: after the first refusal hardly anybody asks."""
        self.platform.control("POST", "limits", {"per_day": {PATH: None}})
        self._spent(0)
        fault = {"kind": "refuse", "path": "*template/send", "errcode": code}
        number = self.platform.control("POST", "faults", fault)["number"]
        word = f"限速{code}"
        notice = self.crowd.say(word)
        shown = Shown(self.platform, word)
        wait_for(lambda: bool(shown.read().times), 30)
        time.sleep(self.watched)
        shown.read()
        first = min(shown.times)
        probes = [at for at in shown.times if at > first + UNDER_WAY]
        self.platform.control("DELETE", f"faults?number={number}")
        self.verdict.figures[f"{code} for {self.watched:.0f} s"] = (
            f"{len(shown.times) - len(probes)} calls were under way, then {len(probes)} probes"
        )
        most = int(self.watched // 60) + 1
        self.verdict.must(len(probes) <= most, f"{code}: {len(probes)} probes, at most {most}")
        fates = self.crowd.fates(notice)
        self.verdict.zero(f"{code}: lost letters", fates[Fate.FAILED] + fates[Fate.UNKNOWN])
        patiently(self.house.database, _stop, notice)

    def _spent(self, used: int) -> None:
        patiently(self.house.database, _spend, used)

    def _until_nothing_moves(self) -> None:
        last, since = -1, time.monotonic()
        until = time.monotonic() + 120
        while time.monotonic() - since < IDLE and time.monotonic() < until:
            with self.house.database.read():
                used = _used()
            if used != last:
                last, since = used, time.monotonic()
            time.sleep(0.2)

    def _groups_sent(self, notice: int) -> int:
        with self.house.database.read():
            query = select(Letter.id).where(*of(notice), Letter.to_kind == "group", Letter.state == Fate.SENT)
            return len(session().scalars(query).all())


def _spend(used: int) -> None:
    row = session().get(Meter, METER)
    if row is None:
        put(Meter, name=METER, day=beijing_day(now()), used=used)
    else:
        row.day, row.used, row.paused_until = beijing_day(now()), used, None


def _used() -> int:
    row = session().get(Meter, METER)
    return row.used if row is not None else 0


def _stop(key: int) -> None:
    notice = session().get_one(Notice, key, with_for_update=True)
    verbs.stop(notice, By.staff(notice.author_id))


def _most_in_a_minute(times: list[float]) -> int:
    return max((sum(at <= one < at + 60 for one in times) for at in times), default=0)
