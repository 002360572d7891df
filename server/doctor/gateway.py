"""Is the bridge to text messages and calls there, does it know our token, who could be called?"""

import http.client
import urllib.error
import urllib.request
from collections.abc import Iterator

from sqlalchemy import func, select

from handlers.words import knows, speaks
from models.base.clock import now
from models.base.orm import session
from models.outbox.meters import Meter, beijing_day
from models.person.tables import Person, Staff
from server.channels import gateway
from server.config import Config
from server.doctor.finding import Finding, bad, note, ok

TIMEOUT_SECONDS = 5


def examine(config: Config) -> Iterator[Finding]:
    """Asks the bridge for its state; sends nothing."""
    if not config.gateway.url:
        return
    for kind in config.gateway.kinds:
        if not knows(kind) or not speaks(kind, "sms"):
            yield bad("gateway_kind", kind=kind)
    request = urllib.request.Request(  # noqa: S310 - http(s) only: server/config.py has looked
        f"{config.gateway.url}/{gateway.STATE}", headers=gateway.headers(config.gateway)
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=TIMEOUT_SECONDS) as response:
            response.read(1 << 16)
    except urllib.error.HTTPError as trouble:
        with trouble:
            yield bad("gateway_refuses", status=trouble.code)
    except (OSError, http.client.HTTPException) as trouble:
        yield bad("gateway_silent", trouble=type(trouble).__name__)
    else:
        yield ok("gateway_there")


def use(config: Config) -> Iterator[Finding]:
    """Inside a read of the database: what today's budget has left, and who has no number."""
    if not config.gateway.url:
        return
    budgets = {"gateway/sms": config.gateway.sms_a_day, "gateway/call": config.gateway.calls_a_day}
    query = select(Meter.name, Meter.used).where(Meter.name.in_(budgets), Meter.day == beijing_day(now()))
    for name, used in session().execute(query.order_by(Meter.name)):
        if used >= budgets[name]:
            yield bad("gateway_spent", way=name.rpartition("/")[2], used=used)
    without = (
        select(func.count(Staff.id)).join(Staff.person).where(Staff.active, Person.phone_sealed.is_(None))
    )
    if count := session().execute(without).scalar_one():
        yield note("gateway_no_numbers", count=count)
