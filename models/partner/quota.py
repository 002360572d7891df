"""How often a key may be used on a day. Each use is paid for in one statement before anything is looked at,
so as many at once as may come never get through more often than agreed."""

from datetime import date, timedelta
from functools import cache

from sqlalchemy import Date, Integer, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from models.base.clock import local, now
from models.base.orm import session
from models.base.prepared import Prepared
from models.partner.keys import Holder
from models.partner.tables import PartnerDay


def spend(holder: Holder) -> int:
    """0 when it may be used once more, else in how many seconds the next day begins."""
    paid = _paying(session().get_bind().dialect.name)
    if paid.first(key=holder.key_id, day=_today(), quota=holder.daily_quota) is not None:
        return 0
    at = local(now())
    tomorrow = (at + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return max(1, int((tomorrow - at).total_seconds()))


def used_today() -> dict[int, int]:
    """By key; nothing for those that were not used."""
    query = select(PartnerDay.key_id, PartnerDay.used).where(PartnerDay.day == _today())
    return {row.key_id: row.used for row in session().execute(query)}


def _today() -> date:
    return local(now()).date()


@cache
def _paying(dialect: str) -> Prepared:
    """What is over the quota finds no row to change. A quota is one at least, so the first of a day fits."""
    made = (postgresql if dialect == "postgresql" else sqlite).insert(PartnerDay.__table__)
    first = made.values(key_id=bindparam("key"), day=bindparam("day", type_=Date), used=1)
    return Prepared(
        first.on_conflict_do_update(
            index_elements=["key_id", "day"],
            set_={"used": PartnerDay.used + 1},
            where=PartnerDay.used < bindparam("quota", type_=Integer),
        ).returning(PartnerDay.used)
    )
