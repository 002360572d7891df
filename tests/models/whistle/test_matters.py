"""What a community takes is what the place published, from a day on."""

from datetime import timedelta

import pytest
from cast import Cast
from factories import spot

from models.base.actor import By
from models.base.clock import local, now
from models.base.refusals import Invalid, NotAllowed
from models.whistle.matters import categories_of, publish

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def test_the_communitys_list_comes_before_the_towns_from_its_day_on(cast: Cast) -> None:
    here, tomorrow = spot().community_id, local(now()).date() + timedelta(days=1)
    shipped = categories_of(here)
    publish(["noise"], community_id=None, since=tomorrow, source="x", by=By.staff(cast.leader.id))
    publish(["gas"], community_id=here, since=tomorrow, source="x", by=By.staff(cast.zhao.id))
    assert categories_of(here) == shipped
    assert categories_of(here, tomorrow) == {"gas"}
    assert categories_of(None, tomorrow) == {"noise"}


def test_a_list_of_nothing_known_and_of_somebody_else_is_refused(cast: Cast) -> None:
    here, tomorrow = spot().community_id, local(now()).date() + timedelta(days=1)
    with pytest.raises(NotAllowed):
        publish(["gas"], community_id=here, since=tomorrow, source="x", by=By.staff(cast.li.id))
    for categories, source in (([], "x"), (["moon"], "x"), (["gas"], " ")):
        with pytest.raises(Invalid, match="matters_wrong"):
            publish(categories, community_id=here, since=tomorrow, source=source, by=By.staff(cast.zhao.id))
