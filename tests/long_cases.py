"""Cases that take longer: they climb, wait for an answer, get more time."""

import time_machine
from calendars import known_years
from cast import Cast
from factories import a_case

from models.base.clock import ago, local, now
from models.case.silence import tell_silent


def takes_longer(cast: Cast) -> None:
    """One that climbs, one about which its people are asked and told, one that gets more time or does not."""
    known_years()
    late = a_case(reporter=cast.wang, when=ago(days=30))
    late.catch_up(now())
    assert late.rung
    late.supervise(cast.leader.id, "今天必须有人去")
    tell_silent()
    slow = a_case(reporter=cast.wang, accepted_by=cast.li)
    slow.ask(cast.li.id, "钥匙在谁手里")
    slow.tell_people(cast.zhao.id, "配件明天到")
    day = local(ago(days=-40)).date()
    for kind in ("extend", "defer"):
        slow.propose(cast.li.id, kind, day, "等配件")
        assert slow.refuse(cast.zhao.id, "不能再等") if kind == "extend" else slow.agree(cast.zhao.id)
    with time_machine.travel(ago(days=-41)):
        slow.catch_up(now())
