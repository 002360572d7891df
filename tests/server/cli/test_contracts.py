"""hemei offer, contract, relief, service, proof, exit: from the offer to the money that goes back."""

import json
import re
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner, Result
from fee_homes import AUTUMN, some_homes
from settings_files import configuration, plain_url

from models.base.clock import local
from models.base.months import month_of, month_on
from server import logs
from server.cli import hemei as command_line
from server.cli import refusing
from server.database import Database

TODAY = local(AUTUMN).date()
MONTH = month_of(TODAY)
HOME = "育英小区-3-1-101"
pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def _autumn():
    with time_machine.travel(AUTUMN, tick=False):
        yield


@pytest.fixture
def house(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(logs, "set_up", lambda config: None)
    configuration(tmp_path, plain_url(db))
    db.write(lambda: some_homes(2))
    (tmp_path / "offer.toml").write_text(
        f"""
        estate = "育英小区"
        charging = "year"
        name = "年付减两月"
        months_paid = 10
        months_term = 12
        open_from = {TODAY}
        open_until = {month_on(MONTH, 3)}
        gift = "一袋米"
        gift_stock = 5
        gift_yuan = "20.00"
        """,
        encoding="utf-8",
    )
    (tmp_path / "standard.toml").write_text(
        'sweep = { text = "每周扫楼道两次", weight = 3 }\nsnow = { text = "雪停就扫", weight = 1 }\n',
        encoding="utf-8",
    )
    return tmp_path


def hemei(*command: str) -> Result:
    """In this process, because a story has many commands."""
    return CliRunner().invoke(command_line, command)


def does(*command: str) -> str:
    done = hemei(*command)
    assert done.exit_code == 0, done.exception or done.stderr
    return done.stderr


def refuses(*command: str) -> str:
    done = hemei(*command)
    assert done.exit_code == 1
    if isinstance(done.exception, SystemExit):
        return done.stderr
    assert isinstance(done.exception, Exception)
    return " ".join(refusing._lines(done.exception))


def listed(*command: str) -> list[dict[str, object]]:
    done = hemei(*command, "--json")
    assert done.exit_code == 0, done.exception or done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_year_from_the_offer_to_the_money_that_goes_back(house: Path) -> None:
    assert "waits for a second person" in does("offer", "make", "offer.toml", "--by", "S001")
    assert "另一个人" in refuses("offer", "agree", "1", "--by", "S001")
    does("offer", "agree", "1", "--by", "C001")
    assert listed("offer", "list")[0]["state"] == "open"
    bought = does("contract", "buy", "--home", HOME, "--offer", "1", "--by", "S001")
    assert "150.00 yuan to pay now" in bought
    (bill,) = listed("bill", "list")
    assert re.fullmatch(r"20\d\d-\d\d\+12", str(bill["period"]))
    pays = ("--yuan", "150", "--way", "cash", "--receipt", "1", "--day", str(TODAY), "--by", "S001")
    does("payment", "enter", "--bill", str(bill["number"]), *pays)
    assert "150.00 yuan go back" in does("contract", "leave", "1", "--why", "搬家", "--by", "S001")
    assert listed("contract", "owed") == [{"household": HOME, "fen": 150_00, "at_the_desk_fen": 150_00}]
    back = ("--home", HOME, "--way", "cash", "--receipt", "R1", "--day", str(TODAY), "--by", "S001")
    assert "booked" in does("contract", "give-back", "--yuan", "150", *back)
    assert "booked before" in does("contract", "give-back", "--yuan", "150", *back)
    (contract,) = listed("contract", "list")
    assert (contract["household"], contract["state"], contract["fen"]) == (HOME, "ended", 150_00)
    does("ledger", "check")
    does("offer", "withdraw", "1")
    assert listed("offer", "list")[0]["state"] == "withdrawn"


def test_reliefs_services_and_the_standard(house: Path) -> None:
    months = ("--since", f"{MONTH:%Y-%m}", "--until", f"{month_on(MONTH, 6):%Y-%m}")
    asks = ("relief", "ask", "--home", HOME, "--ground", "disability", "--part", "1/2", *months)
    does(*asks, "--by", "S001")
    does("relief", "agree", "1", "--by", "C001")
    does("relief", "end", "1", "--from", f"{month_on(MONTH, 2):%Y-%m}", "--by", "C001")
    (relief,) = listed("relief", "list")
    assert (relief["state"], relief["part"], relief["until"]) == ("running", "1/2", str(month_on(MONTH, 2)))
    added = ("--name", "停车", "--class", "optional", "--unit", "place", "--by", "S001")
    does("service", "add", "--estate", "育英小区", *added)
    orders = ("service", "order", "--home", HOME, "--service", "1", "--since", str(MONTH), "--by", "S001")
    assert "no price" in refuses(*orders)
    does("service", "price", "1", "--yuan", "60", "--since", str(MONTH), "--by", "S001")
    does(*orders)
    does("service", "end", "1", "--from", f"{month_on(MONTH, 1):%Y-%m}")
    does("service", "stop", "1")
    assert listed("service", "list")[0]["active"] is False
    assert listed("service", "orders")[0]["until"] == str(month_on(MONTH, 1))
    does("bill", "generate", "--period", f"{MONTH:%Y-%m}")
    assert {one["amount_fen"] for one in listed("bill", "list")} == {7_50, 15_00, 60_00}


def test_the_standard_its_proof_and_a_firm_that_leaves(house: Path) -> None:
    last = f"{month_on(MONTH, -1):%Y-%m}"
    sets = ("--estate", "育英小区", "--since", "2026-01", "--ground", "居民代表会议", "--by", "S001")
    does("proof", "standard", "standard.toml", *sets)
    here = ("--estate", "育英小区", "--month", last)
    assert len(hemei("proof", "missing", *here).stdout.splitlines()) == 2
    does("proof", "enter", *here, "--line", "sweep", "--done", "--by", "S001")
    said = ("--line", "snow", "--not-done", "--words", "两天才扫", "--building", "3", "--by", "S001")
    does("proof", "enter", *here, *said)
    assert "case" not in does("proof", "check", "1", "--by", "C001")
    assert "case 1" in does("proof", "check", "2", "--by", "C001")
    assert [one["state"] for one in listed("proof", "list")] == ["checked", "checked"]
    leaves = ("--told", str(MONTH), "--leaves", str(TODAY), "--by", "S001")
    does("exit", "tell", "--estate", "育英小区", "--firm", "兴旺物业", *leaves)
    does("exit", "handed", "1", "钥匙", "图纸")
    does("exit", "follow", "1", "--emergency", str(TODAY))
    (left,) = listed("exit", "list")
    assert (left["handed_over"], left["days_without"]) == (["钥匙", "图纸"], 1)
    assert "0.00 yuan in all" in does("exit", "back", "1")


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("contract", "buy", "--home", "没有-1-1", "--offer", "1", "--by", "S001"), "no home"),
        (("contract", "buy", "--home", HOME, "--offer", "9", "--by", "S001"), "没有这项优惠"),
        (("contract", "leave", "9", "--by", "S001"), "没有这份约定"),
        (("relief", "agree", "9", "--by", "S001"), "没有这一条减免"),
        (("offer", "agree", "9", "--by", "nobody"), "没有"),
    ],
)
def test_what_is_not_there_is_refused_in_a_line(house: Path, command: tuple[str, ...], says: str) -> None:
    assert says in refuses(*command)
