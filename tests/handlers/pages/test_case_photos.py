"""A photo is on the public board only after somebody who decides there has looked at it."""

from collections.abc import Callable

import pytest
from cast import Cast
from factories import a_case, steps
from page_phone import Phone
from pictures import photo

from models.base.actor import By
from models.base.orm import session
from models.case.case import Case
from models.media import keeping
from models.media.files import Files
from models.media.item import Item
from server.config import Config
from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
Link = Callable[..., str]


def finished(town: Cast, files: Files, category: str = "lighting", nodded: bool = True) -> tuple[int, str]:
    """A case with a photo of what was done; its id, and the photo's."""
    case = a_case(reporter=town.wang, category=category, accepted_by=town.li)
    kept = files.keep(photo(800, 600), "image/jpeg")
    key = keeping.keep(
        case.about, purpose="finish", kind="image", file=kept, content_type="image/jpeg", by=town.li.id
    )
    case.finish(town.li.id, "换了灯泡")
    if nodded:
        case.nod(By.person(town.wang.id))
    return case.id, session().get_one(Item, key).public_id


@pytest.fixture
def files(config: Config) -> Files:
    return Files(config.storage.dir)


def test_the_desk_puts_a_photo_up_and_takes_it_down(
    db: Database, phone: Phone, town: Cast, link: Link, files: Files
):
    key, public = db.write(finished, town, files)
    desk = link(town.zhao, key)
    assert "没有人脸" in phone.open(desk).text
    assert phone.open(f"/board/1/photo/{public}").status_code == 404
    assert "放上公示栏了" in phone.sent_and_shown(f"{desk}/show-photo", photo=public)
    assert phone.open(f"/board/1/photo/{public}").status_code == 200
    assert "早就" in phone.sent_and_shown(f"{desk}/show-photo", photo=public)
    assert "撤下来了" in phone.sent_and_shown(f"{desk}/hide-photo", photo=public)
    assert phone.open(f"/board/1/photo/{public}").status_code == 404
    with db.read():
        assert steps(session().get_one(Case, key))[-2:] == ["photo_shown", "photo_hidden"]
        assert session().query(Item).filter_by(public_id=public).one().cleared_by is None


def test_nobody_else_may(db: Database, phone: Phone, town: Cast, link: Link, files: Files):
    key, public = db.write(finished, town, files)
    for someone in (town.li, town.wang):
        assert "没有人脸" not in phone.open(link(someone, key)).text
        assert phone.send(f"{link(someone, key)}/show-photo", photo=public).status_code in (403, 409)
    assert phone.send(f"{link(town.qian, key)}/show-photo", photo=public).status_code == 404
    assert phone.open(f"/board/1/photo/{public}").status_code == 404


@pytest.mark.parametrize(("category", "nodded"), [("dispute", True), ("lighting", False)])
def test_what_is_between_people_or_not_over_is_never_shown(
    db: Database, phone: Phone, town: Cast, link: Link, files: Files, category: str, nodded: bool
):
    key, public = db.write(finished, town, files, category, nodded)
    desk = link(town.zhao, key)
    assert "没有人脸" not in phone.open(desk).text
    assert phone.send(f"{desk}/show-photo", photo=public).status_code == 409


def test_a_photo_of_another_case_is_not_this_ones(
    db: Database, phone: Phone, town: Cast, link: Link, files: Files
):
    key, _ = db.write(finished, town, files)
    _, other = db.write(finished, town, files)
    for public in (other, "nothing", ""):
        assert phone.send(f"{link(town.zhao, key)}/show-photo", photo=public).status_code in (400, 409, 422)
