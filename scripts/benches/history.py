"""Years of a town's past in one go: closed cases with people, steps, offers, letters, photos and ratings.

Written by the database itself from one row of numbers, because a million cases through the verbs would take
an hour. Only what is over: what is open now is made by the verbs, the same at every size.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

import psycopg
from sqlalchemy import make_url, select

from models.base.clock import ago
from models.base.orm import session
from models.case.tables import FIRST
from models.duty.tables import Keeper
from models.place.tables import Building, Estate
from server.database import Database

DAYS, ENDED_DAYS_AGO = 1095, 15  # three years; nothing of it is recent enough to be on anybody's list
CASES_EACH = 5  # of every resident
TABLES = (
    "people", "addresses", "cases", "offers", "steps", "letters", "media_items", "ratings", "praises",
    "received",
)  # fmt: skip

_SQL = """
INSERT INTO people (id, public_id, is_rider, privacy_told_at, created_at)
SELECT {people} + n, 'resident-' || n, FALSE, {first}, {first} FROM numbers WHERE n < {residents};

INSERT INTO addresses (owner_kind, owner_id, channel, value, window_left)
SELECT 'person', {people} + n, 'official', 'oGrown-' || n, 0 FROM numbers WHERE n < {residents};

INSERT INTO cases (id, public_id, text, category, also, urgency, source, community_id, estate_id, building_id,
  grid_id, estate_name, building_name, unit_name, place_from, reporter_id, taker_id, route, state, round,
  close_kind, finish_text, reported_at, accepted_at, finished_at, asked_at, closed_at)
SELECT {cases} + n, 'case-' || n, '{said}',
  CASE n % 4 WHEN 0 THEN 'drainage' WHEN 1 THEN 'door' ELSE 'lighting' END, {empty}, 'normal', 'chat',
  community_id, estate_id, building_id, grid_id, estate_name, building_name, '2', 'said',
  {people} + n * 7919 % {residents}, keeper, 'keeper', CASE n % 10 WHEN 0 THEN 'rated' ELSE 'closed' END, 1,
  CASE n % 3 WHEN 0 THEN 'default' ELSE 'nod' END, '{done}', {at}, {at}, {at}, {at}, {at}
FROM numbers JOIN doors ON door = n % {doors};

INSERT INTO offers (case_id, person_id, role, offered_at, ended_at, ended_how)
SELECT {cases} + n, keeper, 'keeper', {at}, {at}, 'accepted' FROM numbers JOIN doors ON door = n % {doors};

INSERT INTO steps (about_kind, about_id, at, what, by_kind, by_id, facts)
SELECT 'case', {cases} + n, {at}, what, by_kind, CASE by_kind WHEN 'staff' THEN keeper END, {route}
FROM numbers JOIN doors ON door = n % {doors}
JOIN (SELECT 0 AS turn, 'reported' AS what, 'person' AS by_kind UNION SELECT 1, 'dispatched', 'system'
      UNION SELECT 2, 'finished', 'staff' UNION SELECT 3, 'closed', 'system') AS moves ON turn < 2 + n % 3
ORDER BY n, turn;

INSERT INTO letters (key, kind, about_kind, about_id, to_kind, to_id, data_class, facts, lane, state,
  not_before, created_at, attempts, uncertain, tried, fence, channel, way, address, words, platform_id,
  sent_at, settled_at)
SELECT kind || '/case' || ({cases} + n) || '/1/' || to_kind, kind, 'case', {cases} + n, to_kind,
  CASE to_kind WHEN 'group' THEN 1 + n % {doors} WHEN 'person' THEN
    CASE kind WHEN 'case_dispatched' THEN keeper ELSE {people} + n * 7919 % {residents} END END,
  'own', {facts}, '1', CASE n % 50 WHEN 0 THEN 'by_hand' WHEN 1 THEN 'failed' ELSE 'sent' END,
  {at}, {at}, 1, 0, {empty}, 1, 'official', 'template', 'oGrown', '{said}', 'sent-' || n || kind, {at}, {at}
FROM numbers JOIN doors ON door = n % {doors}
JOIN (SELECT 'case_dispatched' AS kind, 'person' AS to_kind UNION SELECT 'case_finished', 'person'
      UNION SELECT 'case_group_mended', 'group') AS kinds ON kind <> 'case_group_mended' OR n % 3 = 0
ORDER BY n, kind;
UPDATE letters SET alerted_at = settled_at WHERE state = 'failed';

INSERT INTO media_items (public_id, about_kind, about_id, purpose, kind, channel, at, state, not_before,
  attempts, file, content_type, heard_at)
SELECT 'photo-' || n, 'case', {cases} + n, 'report', CASE n % 20 WHEN 0 THEN 'voice' ELSE 'image' END,
  'official', {at}, 'kept', {at}, 1, 'photos/' || n, 'image/jpeg', CASE n % 20 WHEN 0 THEN {at} END
FROM numbers WHERE n % 2 = 0;

INSERT INTO ratings (case_id, round, person_id, grade, text, by_phone, at)
SELECT {cases} + n, 1, {people} + n * 7919 % {residents}, 4, '', FALSE, {at} FROM numbers WHERE n % 10 = 0;

INSERT INTO praises (by_id, for_id, text, at, checked_at, checked_by)
SELECT {people} + n % {residents}, NULL, '{done}', {at}, {at}, 1 FROM numbers WHERE n % 100 = 0;

INSERT INTO received (channel, key, sender, kind, at, body, state, answer, attempts)
SELECT 'official', 'm' || n, 'oGrown-' || n % {residents}, 'text', {now_ish}, {facts}, 'done', {facts}, 0
FROM numbers WHERE n % 36 = 0;
"""
_PLACES = (
    select(
        Building.id, Building.estate_id, Estate.community_id, Building.grid_id, Estate.name, Building.name,
        Keeper.person_id,
    )
    .join(Estate, Estate.id == Building.estate_id)
    .join(Keeper, Keeper.building_id == Building.id)
)  # fmt: skip
_COUNT = (
    "WITH RECURSIVE a(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM a WHERE n + 1 < {size}) SELECT n FROM a"
)
_INDEXES = (
    "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN {tables}"
)
_DOORS = """CREATE TEMP TABLE doors (door BIGINT PRIMARY KEY, building_id BIGINT, estate_id BIGINT,
  community_id BIGINT, grid_id BIGINT, estate_name TEXT, building_name TEXT, keeper BIGINT)"""
_SAID, _DONE = "3号楼2单元灯不亮!", "换了灯泡"


def fill(database: Database, size: int) -> None:
    """So many closed cases on top of the town that is there."""
    with database.read():
        people = max(session().connection().exec_driver_sql("SELECT id FROM people").scalars(), default=0) + 1
        places = session().connection().execute(_PLACES)
        doors = [(n, *row) for n, row in enumerate(places)]
    sizes = {
        "people": people, "residents": max(size // CASES_EACH, 50), "cases": FIRST, "doors": len(doors),
        "said": _SAID, "done": _DONE,
    }  # fmt: skip
    every = DAYS * 86400 / size
    began = int(ago(days=DAYS + ENDED_DAYS_AGO).timestamp())
    recent = int(ago(days=ENDED_DAYS_AGO).timestamp())
    load = _sqlite if database.is_sqlite else _postgres
    with load(database, size, doors, {"began": began, "every": every, "recent": recent}) as (run, words):
        for statement in filter(None, map(str.strip, _SQL.format(**sizes, **words).split(";\n"))):
            run(statement)


Loading = tuple[Callable[[str], Any], Mapping[str, str]]


@contextmanager
def _sqlite(database: Database, size: int, doors: list[Any], times: Mapping[str, float]) -> Iterator[Loading]:
    import sqlite3

    def moment(seconds: str) -> str:
        return f"strftime('%Y-%m-%d %H:%M:%S.000000', CAST({seconds} AS INTEGER), 'unixepoch')"

    assert database.url.database
    with closing(sqlite3.connect(database.url.database, isolation_level=None)) as connection:
        run = connection.execute
        for pragma in ("synchronous = OFF", "cache_size = -262144", "temp_store = MEMORY"):
            run(f"PRAGMA {pragma}")
        run("CREATE TEMP TABLE numbers (n INTEGER PRIMARY KEY)")
        run(f"INSERT INTO numbers {_COUNT.format(size=size)}")
        _doors(connection.cursor(), doors, "?")
        indexes = run(_INDEXES.format(tables=TABLES)).fetchall()
        for name, _ in indexes:
            run(f"DROP INDEX {name}")
        run("BEGIN")
        yield run, _words(moment, times, "")
        run("COMMIT")
        for _, made in indexes:
            run(made)
        run("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def _postgres(
    database: Database, size: int, doors: list[Any], times: Mapping[str, float]
) -> Iterator[Loading]:
    plain = make_url(database.url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        run: Callable[[str], Any] = connection.execute  # type: ignore[assignment]  # our own text
        run("SET session_replication_role = replica")  # no foreign key is looked up
        run("SET maintenance_work_mem = '256MB'")
        run("SET synchronous_commit = off")
        run(f"CREATE TEMP TABLE numbers AS SELECT n::bigint AS n FROM generate_series(0, {size} - 1) AS n")
        with connection.cursor() as cursor:
            _doors(cursor, doors, "%s")
        run("ANALYZE numbers")
        run("ANALYZE doors")
        indexes = run(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY(ARRAY"
            f"{list(TABLES)}) AND indexname NOT IN (SELECT conname FROM pg_constraint)"
        ).fetchall()
        for name, _ in indexes:
            run(f"DROP INDEX {name}")
        yield run, _words(lambda seconds: f"to_timestamp({seconds})", times, "::jsonb")
        for _, made in indexes:
            run(made)
        for table in TABLES:
            run(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
        run("VACUUM ANALYZE")


def _doors(cursor: Any, doors: list[Any], mark: str) -> None:
    cursor.execute(_DOORS)
    cursor.executemany(f"INSERT INTO doors VALUES ({', '.join([mark] * 8)})", doors)


def _words(moment: Callable[[str], str], times: Mapping[str, float], json: str) -> dict[str, str]:
    return {
        "first": moment(str(times["began"])),
        "at": moment(f"{times['began']} + n * {times['every']}"),
        "now_ish": moment(f"{times['recent']} + n % 86400"),
        "empty": f"'[]'{json}",
        "route": f"""'{{"route": "keeper"}}'{json}""",
        "facts": f"""'{{"text": "{_SAID}", "estate": "和美1小区", "building": "3"}}'{json}""",
    }
