"""What nobody answered for a day is told again every morning, in one letter to each."""

import time_machine
from cast import Cast
from factories import a_town, letters_to, spot, told
from sqlalchemy import update

from handlers import words
from models.base.clock import after
from models.base.orm import session
from models.duty.answering import Answering
from models.enquiry import keeping
from models.enquiry.reminding import remind
from models.enquiry.tables import Enquiry
from models.person.tables import Staff
from models.place.version import raise_version
from server.database import Database


def two_questions(cast: Cast) -> None:
    for text in ("物业费能分期吗？", "养老认证在哪办"):
        keeping.keep(
            text, asker=cast.wang.id, intent="fee", category=None, spot=spot(),
            answers=Answering("desk", (cast.zhao.id,)),
        )  # fmt: skip


def test_one_letter_names_how_many_and_the_oldest(db: Database) -> None:
    cast = db.write(a_town)
    db.write(two_questions, cast)
    db.write(remind)
    with db.read():
        assert "enquiries_waiting" not in told(cast.zhao)  # they are of today
    with time_machine.travel(after(days=2, hours=1)):
        db.write(remind)
    with db.read():
        (letter,) = letters_to(cast.zhao, "enquiries_waiting")
        said = words.letter("enquiries_waiting", "work", letter.facts).text
    assert "有2个居民提问等您回话，最早的等了2天" in said
    assert "物业费能分期吗" in said
    assert "？" not in said


def test_what_is_answered_is_not_reminded_of(db: Database) -> None:
    cast = db.write(a_town)
    db.write(two_questions, cast)
    db.write(lambda: session().execute(update(Enquiry).values(state="answered")) and None)
    with time_machine.travel(after(days=2)):
        db.write(remind)
    with db.read():
        assert told(cast.zhao, state="waiting") == ["enquiry_kept", "enquiry_kept"]


def test_when_who_was_asked_has_left_the_next_in_charge_hears_of_it(db: Database) -> None:
    cast = db.write(a_town)
    db.write(two_questions, cast)

    def leaves() -> None:
        session().execute(update(Staff).where(Staff.number == "C001").values(active=False))
        raise_version()

    db.write(leaves)
    with time_machine.travel(after(days=2)):
        db.write(remind)
    with db.read():
        assert told(cast.sun) == ["enquiries_waiting"]  # the community has no other desk: its grid worker
