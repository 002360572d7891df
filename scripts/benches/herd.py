"""A herd after a notice (O7, profile S): of 5 000 households 20 % open it within a minute, 70 requests/s.

Whoever comes reads the list of notices, the notice itself (which marks it as read, so it writes), the bills
of the own home and the own matters, over /api/v1 with an own token, one after the other. `hemei serve` is
started as anybody starts it. The bar: p95 at most 500 ms, p99 at most 1.5 s, nothing but 200. The ratio is
that of what it answers flat out to a bare Flask endpoint with one indexed query.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import islice

from big_town import big_town
from sqlalchemy import func, insert, select

from benches import history, load, rig
from models.base.actor import By
from models.base.clock import ago, now
from models.base.orm import put, session
from models.base.signed_ids import signed_id
from models.client import tokens
from models.client.tables import ClientToken
from models.consent import consents
from models.consent.tables import ConsentAnswer
from models.fee import billing
from models.fee.period import Period
from models.fee.tariffs import set_price
from models.notice import notice as notices
from models.notice.audience import Audience
from models.notice.notice import Rules, Words
from models.notice.telling import tell_some
from models.person.tables import Home, Person, Staff
from models.place.tables import Community, Estate, Household
from models.place.version import raise_version
from server.database import Database

HOMES, BUILDINGS, STAFF = 5_000, 80, 60
PER_SECOND, SECONDS = 70, 60
PATHS = 4  # requests of one person
PAST = 5  # matters of each, all closed
QUARTER = Period.of("2026-Q4")
REQUEST = "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n"


def run(say: Callable[[str], object], *, quick: bool, databases: Sequence[str]) -> None:
    homes = HOMES // 10 if quick else HOMES
    seconds = SECONDS // 10 if quick else SECONDS
    say(f"{homes} households, {PER_SECOND} requests/s for {seconds} s, each person {PATHS} requests")
    say("| database | answered | not 200 | p50 ms | p95 ms | p99 ms | flat out/s | bare/s | × bare |")
    say("|---|---|---|---|---|---|---|---|---|")
    for kind in databases:
        with rig.database_url(kind) as url, rig.furnished(url, big_town(BUILDINGS, homes, STAFF)) as config:
            database = Database(config.database.url)
            try:
                people, notice = moved_in(database, homes)
            finally:
                database.close()
            visits = _requests(people, notice)
            with rig.hemei(config) as port:
                load.paced(port, list(islice(visits, PER_SECOND * 3)), PER_SECOND)  # until all is loaded
                minute = load.paced(port, list(islice(visits, PER_SECOND * seconds)), PER_SECOND)
                flat = load.flat_out(port, list(islice(visits, 500 if quick else 4_000)))
            with rig.bare("herd_echo:app", ECHO_URL=url) as port:
                asked = [f"GET /people/resident-{n % homes} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
                         for n in range(2_000 if quick else 20_000)]  # fmt: skip
                load.flat_out(port, asked[:500])
                bare = load.flat_out(port, asked)
        p50, p95, p99 = (minute.percentile(share) * 1000 for share in (0.5, 0.95, 0.99))
        say(
            f"| {kind} | {len(minute.seconds)} | {minute.bad + flat.bad} | {p50:.1f} | {p95:.1f} | {p99:.1f} "
            f"| {flat.rate:.0f} | {bare.rate:.0f} | {flat.rate / bare.rate:.2f} |"
        )


def moved_in(database: Database, homes: int) -> tuple[list[tuple[int, int, str]], int]:
    """(Person, home, token) of everybody, and the notice that all of them were told."""
    with database.read():
        before = session().scalar(select(func.max(Person.id))) or 0
    history.fill(database, homes * PAST)
    tokens_of = [tokens.new_token() for _ in range(homes)]
    database.write(_move_in, before + 1, tokens_of)
    database.write(_prices)
    run = database.write(billing.begin, QUARTER, 30)
    while database.write(billing.bill_some, run):
        pass
    notice = database.write(_notice)
    while database.write(tell_some):
        pass
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    with database.read():
        homes_of = dict(session().execute(select(Home.person_id, Home.id)).tuples().all())
    return [(before + 1 + n, homes_of[before + 1 + n], token) for n, token in enumerate(tokens_of)], notice


def _move_in(first: int, tokens_of: Sequence[str]) -> None:
    """Somebody into each home, logged in to the mini-program, who has agreed to what comes first."""
    at = ago(days=40)
    rows = session().execute(
        select(Household.building_id, Household.unit_name, Household.room).order_by(Household.id)
    )
    homes, kept, agreed = [], [], []
    version = str(consents.kinds()[consents.BASIC]["version"])
    for person, (token, row) in enumerate(zip(tokens_of, rows, strict=True), first):
        homes.append({**row._asdict(), "person_id": person, "proof": "register_phone", "since": at})
        kept.append(
            {"token_hash": tokens.hash_of(token), "person_id": person, "way": "mini", "begun_at": at,
             "seen_at": now()}
        )  # fmt: skip
        agreed.append(
            {"person_id": person, "kind": consents.BASIC, "version": version, "scope": "bench", "given": True,
             "at": at}
        )  # fmt: skip
    for model, several in ((Home, homes), (ClientToken, kept), (ConsentAnswer, agreed)):
        session().execute(insert(model), several)


def _prices() -> None:
    for number, estate in enumerate(session().scalars(select(Estate.id))):
        set_price(estate, 3000 + number, date(2026, 1, 1))


def _notice() -> int:
    author = put(Person, public_id="herd-street", is_rider=False, created_at=now())
    put(Staff, number="H0001", person_id=author, name="H", roles=["street"], teams=[], active=True)
    raise_version()
    words = Words("H" * 12, "H" * 200, "H" * 6)
    everybody = Audience.of({"districts": list(_districts())})
    key = notices.draft(words, everybody, By.staff(author), None)
    found = session().get_one(notices.Notice, key)
    notices.hand_in(found, By.staff(author), Rules(second_above=10**9, delay=timedelta()))
    return key


def _districts() -> Iterator[str]:
    return iter({one for one in session().scalars(select(Community.district)) if one})


def _requests(people: Sequence[tuple[int, int, str]], notice: int) -> Iterator[bytes]:
    """One person after the other, so that each asks again as late as can be."""
    while True:
        for _, home, token in people:
            for path in (
                "/api/v1/notices",
                f"/api/v1/notices/{signed_id('notices', notice)}",
                f"/api/v1/bills?home_id={signed_id('homes', home)}",
                "/api/v1/cases",
            ):
                yield REQUEST.format(path=path, token=token).encode()
