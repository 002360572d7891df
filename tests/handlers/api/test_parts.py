"""The parts of the API that need no database: ids, limits in memory, fields in mistakes, examples."""

from datetime import timedelta
from random import Random

import msgspec
import pytest

from handlers.api.document import examples
from handlers.api.door import ROUTES
from handlers.api.limits import Buckets
from handlers.api.reading import field_in
from models.account.guessing import Limit
from models.base.signed_ids import number_of, signed_id


def test_an_id_of_ours_is_of_one_table_and_cannot_be_made_up() -> None:
    ids = {signed_id("bills", number) for number in range(200)}
    assert len(ids) == 200
    assert {len(one) for one in ids} == {32}
    assert {number_of("bills", one) for one in ids} == set(range(200))
    assert not any(number_of("orders", one) is not None for one in ids)
    dice = Random(7)
    for one in sorted(ids):
        at = dice.randrange(32)
        sign = dice.choice("ABCDEFGHabcdefgh0123456789-_".replace(one[at], ""))
        for other in (
            one[:at] + sign + one[at + 1 :],
            one.swapcase(),
            one[:-1],
            one + "A",
            one + "=",
            " " + one,
        ):
            assert number_of("bills", other) is None


def test_every_route_that_takes_something_has_an_example_that_it_takes() -> None:
    for route in ROUTES:
        shown = examples().get(route.key, {})
        if route.takes is not None and route.method != "GET":
            assert "asks" in shown, f"templates/api/examples.toml: {route.key}"
            msgspec.convert(shown["asks"], route.takes)
        assert set(shown.get("path", {})) <= set(route.names), route.key


def test_what_only_looks_is_counted_in_memory() -> None:
    buckets, limit = Buckets(most=2), Limit("x", 3, timedelta(seconds=1000))
    assert [buckets.pay(limit, "a") for _ in range(3)] == [0, 0, 0]
    assert 990 <= buckets.pay(limit, "a") <= 1001
    assert buckets.pay(limit, "b") == buckets.pay(limit, "c") == 0
    assert buckets.pay(limit, "a") == 0  # the oldest was let go of, so that nobody fills the memory


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ("Expected `int`, got `str` - at `$.photos[0]`", "photos.0"),
        ("Object missing required field `code`", "code"),
        ("Object contains unknown field `x` - at `$.a[2].b`", "a.2.b.x"),
        ("Expected `object`, got `null`", ""),
    ],
)
def test_a_mistake_names_its_field(said: str, field: str) -> None:
    assert field_in(said) == field
