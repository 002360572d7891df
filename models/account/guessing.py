"""How often somebody may guess, so that neither a burst nor many addresses gain anything (A4).

Every guess costs time, and is paid for in the database before anybody looks whether it is right: one
statement, so two hundred at once are counted one after another on both databases. What is refused costs
nothing more, so whoever is shut out is let in again when the time is over, and no attack makes that longer
than a guess's price.

An account takes five guesses at once and then one every three minutes: ten in any quarter of an hour.
Addresses from which somebody logged in to this account before have an allowance of their own, so a stranger
who uses the account's up does not lock its owner out.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from sqlalchemy import BigInteger, bindparam, case, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from models.account.tables import Guesses
from models.base.clock import now
from models.base.orm import session
from models.base.prepared import Prepared
from models.base.privacy import blind


@dataclass(frozen=True, slots=True)
class Limit:
    """`burst` guesses at once, then one in each `every`."""

    name: str
    burst: int
    every: timedelta

    @property
    def price(self) -> int:
        return int(self.every / timedelta(milliseconds=1))


ACCOUNT = Limit("account", 5, timedelta(minutes=3))  # by everybody together
OWN_PLACE = Limit("own_place", 5, timedelta(minutes=3))  # from one address that proved itself
ADDRESS = Limit("address", 20, timedelta(minutes=1))  # by one address on all accounts together
SECOND = Limit("second", 5, timedelta(minutes=3))  # codes of one account's second factor
BEGUN = Limit("begun", 60, timedelta(seconds=5))  # ways in that one address begins
DAY_MS = 24 * 3600 * 1000


def pay(limit: Limit, subject: str) -> int:
    """Pays for one guess. 0 when it may be made, else in how many seconds the next one may."""
    at, key = _now(), _key(limit, subject)
    latest = at + (limit.burst - 1) * limit.price
    statement = _paying(session().get_bind().dialect.name)
    if statement.first(key=key, now=at, price=limit.price, latest=latest) is not None:
        return 0
    kept = session().query(Guesses.free_ms).filter(Guesses.key == key).scalar()
    return max(1, -(-((kept or at) - latest) // 1000))


def give_back(limit: Limit, subject: str) -> None:
    """It was no guess: whoever asked knew."""
    mine = (Guesses.key == _key(limit, subject)) & (Guesses.free_ms > _now())
    change = update(Guesses).where(mine).values(free_ms=Guesses.free_ms - limit.price)
    session().execute(change.execution_options(synchronize_session=False))


def forget_old(most: int = 500) -> int:
    """Removes what has said nothing for a day; how many."""
    old = select(Guesses.id).where(Guesses.free_ms < _now() - DAY_MS).limit(most)
    done = session().execute(delete(Guesses).where(Guesses.id.in_(old)))
    return int(done.rowcount)  # type: ignore[attr-defined]


@cache
def _paying(dialect: str) -> Prepared:
    """A guess that is over its limit finds no row to change."""
    now_, price = bindparam("now", type_=BigInteger), bindparam("price", type_=BigInteger)
    made = (postgresql if dialect == "postgresql" else sqlite).insert(Guesses.__table__)
    first = made.values(key=bindparam("key"), free_ms=now_ + price)
    free = case((Guesses.free_ms > now_, Guesses.free_ms), else_=now_) + price
    return Prepared(
        first.on_conflict_do_update(
            index_elements=["key"],
            set_={"free_ms": free},
            where=Guesses.free_ms <= bindparam("latest", type_=BigInteger),
        ).returning(Guesses.free_ms)
    )


def _now() -> int:
    return int(now().timestamp() * 1000)


def _key(limit: Limit, subject: str) -> str:
    return blind(f"{limit.name}/{subject}", "login_guesses")
