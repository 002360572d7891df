"""The migrations build exactly the tables that the code has, whoever runs them and however they end."""

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from chaos_rig.warm import loaded
from settings_files import KEY
from sqlalchemy import create_engine, inspect, text

from models.base import privacy
from models.schema import metadata
from server import migrations, schema


@pytest.fixture(params=["sqlite", "postgres"])
def url(request, tmp_path) -> Iterator[str]:
    """An empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/new/hemei.db"
    else:
        yield request.getfixturevalue("postgres_url")


def differences(url: str) -> list[object]:
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, metadata)
    engine.dispose()
    return found


def test_they_build_the_tables_of_the_code_and_the_triggers_and_leave_a_newer_schema_alone(url):
    """One database for three looks, because to build it takes longer than all of them."""
    assert not schema.check(url).current
    assert migrations.upgrade(url).have is None
    assert schema.check(url).current
    assert differences(url) == []
    the_triggers_are_there(url)
    a_newer_schema_is_left_alone(url)


def test_looking_does_not_make_a_file(tmp_path):
    schema.check(f"sqlite:///{tmp_path}/hemei.db")
    assert list(tmp_path.iterdir()) == []


APPENDED = {
    "steps": "INSERT INTO steps (about_kind, about_id, at, what, by_kind, facts) "
    "VALUES ('case', 1, '2026-01-01', 'reported', 'person', '{}')",
    "ledger_entries": "INSERT INTO ledger_entries (key, estate_id, day, kind, by_kind, at, facts) "
    "VALUES ('x', 1, '2026-01-01', 'billed', 'system', '2026-01-01', '{}')",
}


def the_triggers_are_there(url):
    engine = create_engine(url)
    for table, insert in APPENDED.items():
        with engine.begin() as connection:
            connection.execute(text(insert))
        for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
            with engine.connect() as connection, pytest.raises(Exception, match="appended, never"):
                connection.execute(text(statement))
    engine.dispose()


def a_newer_schema_is_left_alone(url):
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    assert "newer version" in str(schema.check(url))
    with pytest.raises(migrations.NewerSchema):
        migrations.upgrade(url)


OLD_RELIEFS = (
    "INSERT INTO communities (id, name) VALUES (1, 'c')",
    "INSERT INTO estates (id, community_id, name, aliases, tags, active) "
    "VALUES (1, 1, 'e', '[]', '[]', true)",
    "INSERT INTO buildings (id, estate_id, name, keeper_unit, tags, active) "
    "VALUES (1, 1, '3', false, '[]', true)",
    "INSERT INTO households (id, building_id, unit_name, room, active) VALUES (7, 1, '1', '101', true)",
    "INSERT INTO reliefs (id, household_id, ground, proof, part_over, part_under, since, until, by_id, at) "
    "VALUES (1, 7, 'hardship', 'proof 9', 1, 2, '2026-10-01', '2027-10-01', 1, '2026-10-01')",
    "INSERT INTO reliefs (id, household_id, ground, part_over, part_under, since, until, by_id, at) "
    "VALUES (2, 7, 'disability', 1, 2, '2025-10-01', '2026-10-01', 1, '2025-10-01')",
)


def test_why_somebody_was_relieved_is_sealed_on_the_way(url):
    migrations.upgrade(url, "0005")
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in OLD_RELIEFS:
            connection.execute(text(statement))
    with pytest.raises(RuntimeError, match="secret_key"):
        migrations.upgrade(url)
    assert schema.check(url).have == "0005"
    migrations.upgrade(url, secret_key=KEY)
    query = "SELECT household_id, ground_sealed, proof_sealed FROM reliefs ORDER BY id"
    with engine.connect() as connection:
        (home, ground, proof), (_, other, nothing) = connection.execute(text(query)).all()
    engine.dispose()
    assert privacy.unseal(ground, f"reliefs.ground/{home}") == "hardship"
    assert privacy.unseal(proof, f"reliefs.proof/{home}") == "proof 9"
    assert (privacy.unseal(other, f"reliefs.ground/{home}"), nothing) == ("disability", None)


A_TOWN = (
    "INSERT INTO communities (id, name) VALUES (1, 'c')",
    "INSERT INTO grids (id, name, community_id) VALUES (5, 'g', 1)",
    "INSERT INTO estates (id, community_id, name, aliases, management, tags, active) "
    "VALUES (1, 1, 'e', '[]', 'community_led', '[]', true), (2, 1, 'f', '[]', NULL, '[]', true)",
    "INSERT INTO buildings (id, estate_id, grid_id, name, tags, active) "
    "VALUES (1, 1, 5, '1', '[]', true), (2, 2, NULL, '2', '[]', true)",
    "INSERT INTO people (id, public_id, is_rider, created_at) "
    "VALUES (1, 'a', false, '2026-01-01'), (2, 'b', false, '2026-01-01')",
    "INSERT INTO staff (id, number, person_id, name, roles, teams, active) "
    "VALUES (1, 'G1', 1, 'g', '[]', '[]', true), (2, 'G2', 2, 'h', '[]', '[]', false)",
)


def test_the_history_of_buildings_begins_on_the_way(url):
    migrations.upgrade(url, "0006", secret_key=KEY)
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in A_TOWN:
            connection.execute(text(statement))
    migrations.upgrade(url, secret_key=KEY)
    with engine.connect() as connection:
        terms = connection.execute(text("SELECT building_id, grid_id, until FROM grid_terms ORDER BY 1"))
        assert terms.all() == [(1, 5, None), (2, None, None)]
        managed = connection.execute(text("SELECT building_id, model, by_id FROM building_managements"))
        assert managed.all() == [(1, "community_led", None)]
        left = connection.execute(text("SELECT person_id, until, reason FROM absences"))
        assert left.all() == [(2, None, "inactive")]
    engine.dispose()


def test_several_at_once_migrate_once(url):
    with ThreadPoolExecutor(4) as many:
        before = [state.have for state in many.map(lambda _: migrations.upgrade(url), range(4))]
    assert before.count(None) == 1
    assert schema.check(url).current


def test_killed_anywhere_it_is_whole_or_not_there(url):
    """R13 at a small size."""
    for delay in (0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3):
        heard, begun = loaded.Pipe(duplex=False)
        with heard, begun:
            child = loaded.Process(target=_upgrade, args=(url, begun))
            child.start()
            heard.recv()
            time.sleep(delay)
            child.kill()
            child.join()
        if schema.check(url).have is None:
            continue
        engine = create_engine(url)
        tables = inspect(engine).get_table_names()
        engine.dispose()
        assert len(tables) == len(metadata.tables) + 1
    migrations.upgrade(url)
    assert differences(url) == []


def _upgrade(url: str, begun: Connection) -> None:
    begun.send("now")
    migrations.upgrade(url)


def test_they_are_one_line_and_import_no_model():
    steps = list(migrations.script().walk_revisions())
    assert [step.down_revision for step in steps] == [step.revision for step in steps[1:]] + [None]
    assert {step.revision for step in steps} == schema.known()
    for step in steps:
        text_of_step = Path(step.path).read_text(encoding="utf-8")
        assert not re.search(r"^(from|import) (models|handlers|server)", text_of_step, re.M)
