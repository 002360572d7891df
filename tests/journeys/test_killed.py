"""R1, R2, R4, C4 at a small size: SIGKILLs while 360 people report. `make chaos` has 20 000 of them.

Real `hemei serve` and two real `hemei work` over a real database, against the simulator in its own process.
"""

from pathlib import Path

import pytest
from chaos_rig.house import house
from chaos_rig.killing import Journey, Plan
from chaos_rig.platform import platform
from chaos_rig.town import town
from settings_files import plain_url

# the seed is one that strikes web workers as often as senders, and the whole once
PLAN = Plan(reports=360, kills=7, seed=20_261_139, buildings=360, depth=(80, 10, 3, 7))
#: A sender holds few letters, so that a slow machine is done with them within the lease: what is sent again
#: shall come from kills.
LETTERS = {"lease_seconds": 4, "connections": 16}


@pytest.mark.parametrize("db", ["sqlite", "postgres"], indirect=True)
def test_nothing_is_lost_and_nothing_is_seen_twice_whatever_is_killed(db, tmp_path: Path):
    url = plain_url(db)
    with (
        platform(warm=True) as outside,
        house(
            tmp_path / "house",
            url,
            outside.url,
            town(PLAN.buildings),
            warm=True,
            letters=LETTERS,
        ) as home,
    ):
        journey = Journey(PLAN, home, outside)
        verdict = journey.run()
        listed = sum(1 for _ in home.command("case", "list"))
    print(*(f"{name}: {value}" for name, value in verdict.figures.items()), sep="\n")
    assert verdict.problems == []
    assert len(home.killed) == 3
    assert listed == verdict.figures["cases"]
