"""The synthetic city, at a twentieth of its size: it is what the full measurement imports."""

import time

from big_town import big_town

from models.place.gazetteer import town
from models.town import parse, take
from server.database import Database


def test_a_part_of_the_city_comes_in_whole_and_again_changes_nothing(db: Database) -> None:
    begun = time.thread_time()
    first = db.write(take, parse(big_town(72, 4_500, 75))).as_dict()
    assert (first["buildings"]["added"], first["households"]["added"], first["staff"]["added"]) == (
        72,
        4_500,
        75,
    )
    again = db.write(take, parse(big_town(72, 4_500, 75))).as_dict()
    assert all(tally["added"] == tally["changed"] == 0 for tally in again.values())
    assert time.thread_time() - begun < 20
    with db.read():
        assert len(town().buildings) == 72


def test_the_whole_city_has_its_size() -> None:
    sizes = {title: len(rows) - 1 for title, rows in big_town().sheets}
    assert (sizes["楼栋"], sizes["住户"], sizes["工作人员"]) == (1_445, 90_000, 1_500)
