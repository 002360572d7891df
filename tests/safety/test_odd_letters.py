"""What somebody writes comes back letter for letter, whatever database it lay in (I11)."""

from pathlib import Path

from cast import Cast
from factories import a_town
from hostile_words import FORMULAS, LOGS, MARKUP, ODD, SQL
from page_phone import Phone
from settings_files import configuration, plain_url
from sqlalchemy import select

from models.base.links import personal_path
from models.base.orm import session
from models.case.case import Case
from models.place.doors import issue
from models.place.tables import Building
from server.app import create_app
from server.database import Database

TEXTS = [*ODD, *SQL, *LOGS, *MARKUP[::120], *FORMULAS[::40]]


def kept(text: str) -> str:
    """Without what no keyboard writes; at most what the field takes."""
    whole = "".join(one for one in text.replace("\r\n", "\n")[:2000] if one == "\n" or one.isprintable())
    return whole.strip()[:1000]


def test_every_letter_that_can_be_typed_comes_back(db: Database, tmp_path: Path) -> None:
    town: Cast = db.write(a_town)
    phone = Phone(create_app(configuration(tmp_path, plain_url(db)), db).test_client())
    with db.read():
        buildings = list(session().scalars(select(Building.id)))
    codes = [door.code for door in db.write(issue, buildings)]
    taken = []
    for number, text in enumerate(TEXTS):
        answer = phone.send(f"/q/{codes[number // 18]}", words=text)
        assert answer.status_code in (303, 422), repr(text)
        if answer.status_code == 303:
            taken.append(text)
    with db.read():
        texts = list(session().scalars(select(Case.text).order_by(Case.id)))
        cases = list(session().scalars(select(Case.id).order_by(Case.id)))
    assert texts == [kept(text) for text in taken]
    assert len(taken) > 35
    for case in cases:
        page = phone.open("/" + personal_path("case", town.leader.id, case))
        assert page.status_code == 200
