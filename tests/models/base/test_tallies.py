"""Counts add up over all who count."""

from concurrent.futures import ThreadPoolExecutor

from models.base import tallies


def test_counts_of_many_add_up(db):
    counts = {("refused_callbacks", "channel=official"): 2, ("work", ""): 0}
    with ThreadPoolExecutor(4) as many:
        list(many.map(lambda _: db.write(tallies.add, counts), range(10)))
    with db.read():
        assert tallies.totals() == {("refused_callbacks", "channel=official"): 20, ("work", ""): 0}
        assert tallies.last_seen("work") is not None
        assert tallies.last_seen("nobody") is None
