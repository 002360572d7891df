"""hemei books: a lamp is entered, agreed to, taken back; a month is put up."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from commands import hemei
from open_books import begun
from pictures import photo
from settings_files import configuration, plain_url

from models.base.clock import local, now
from models.base.months import month_of
from server.cli import books_file
from server.cli.running import Refusal
from server.database import Database

TODAY = local(now()).date()
LAST = month_of(TODAY) - timedelta(days=1)
OUTLAY = f"""
estate = "育英小区"
day = {LAST}
yuan = 147.00
fund = "fees"
for = "repair"
from = "bank"
payee_kind = "firm"
payee = "光明五金商店"
item = "楼道声控灯"
brand = "欧普"
model = "MX350"
quantity = 6
unit = "只"
unit_yuan = 24.5
spender = "K001"
by = "C001"
"""


@pytest.fixture
def home(db: Database, tmp_path: Path) -> Path:
    configuration(tmp_path, plain_url(db))
    db.write(begun, month_of(LAST))
    return tmp_path


def wrote(home: Path, text: str) -> str:
    (home / "said.toml").write_text(text, encoding="utf-8")
    return "said.toml"


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_from_a_file_to_a_published_month(home: Path) -> None:
    (home / "fapiao.jpg").write_bytes(photo(800, 600))
    done = hemei("books", "outlay", wrote(home, OUTLAY + 'voucher = "fapiao.jpg"'), cwd=home)
    assert "outlay 1 waits" in done.stderr
    own = hemei("books", "approve", "1", "--by", "C001", cwd=home)
    assert own.returncode == 1
    assert "另一个人" in own.stderr
    assert "is booked" in hemei("books", "approve", "1", "--by", "S001", cwd=home).stderr
    assert "before" in hemei("books", "approve", "1", "--by", "S001", cwd=home).stderr
    listed = json.loads(hemei("books", "list", "--json", "--state", "booked", cwd=home).stdout)
    assert (listed["item"], listed["fen"], listed["quantity"], listed["voucher"]) == (
        "楼道声控灯",
        14700,
        6.0,
        True,
    )
    month = ("--estate", "育英小区", "--month", f"{LAST:%Y-%m}")
    up = hemei("books", "publish", *month, "--bank", "9853", "--by", "C001", cwd=home)
    assert up.stderr.strip() == "published"
    taken = hemei("books", "reverse", "1", "--why", "买重了", "--by", "S001", cwd=home)
    assert taken.returncode == 0, taken.stderr
    said = json.loads(hemei("books", "statement", *month, "--json", cwd=home).stdout)
    assert (said["opening"], said["received"], said["spent"], said["closing"]) == (
        0,
        1_050_000,
        14700,
        1_035_300,
    )
    assert said["month"] == f"{LAST:%Y-%m}"
    assert (said["published"], said["shares"]) == (True, [["repair", 14700, 1000]])
    plain = hemei("books", "statement", "--estate", "育英小区", "--month", f"{TODAY:%Y-%m}", cwd=home).stdout
    assert "10353.00 + 147.00 - 0.00 = 10500.00" in plain


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_income_and_money_between_accounts(home: Path) -> None:
    grant = (
        f'estate="育英小区"\nday={LAST}\nyuan=5000\nfund="government"\nkind="grant"\nto="bank"\n'
        'words="补助"\nby="C001"'
    )
    assert "income 1 waits" in hemei("books", "income", wrote(home, grant), cwd=home).stderr
    assert hemei("books", "approve", "1", "--income", "--by", "S001", cwd=home).returncode == 0
    listed = json.loads(hemei("books", "list", "--income", "--json", cwd=home).stdout)
    assert (listed["number"], listed["fen"], listed["state"]) == (1, 500_000, "booked")
    move = ("books", "move", "--estate", "育英小区", "--from", "bank", "--to", "cash", "--day", str(TODAY),
            "--by", "C001")  # fmt: skip
    assert "moved" in hemei(*move, "--yuan", "100", "--paper", "1", cwd=home).stderr
    assert "before" in hemei(*move, "--yuan", "100", "--paper", "1", cwd=home).stderr
    assert hemei(*move, "--yuan", "99999", "--paper", "2", cwd=home).returncode == 1


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_what_cannot_be_is_refused_with_its_reason(home: Path) -> None:
    for text, says in (
        (OUTLAY.replace("147.00", "148"), "对不上"),
        (OUTLAY.replace('"育英小区"', '"没有"'), "no estate 没有"),
        (OUTLAY + 'voucher = "none.jpg"', "none.jpg"),
    ):
        done = hemei("books", "outlay", wrote(home, text), cwd=home)
        assert done.returncode == 1
        assert says in done.stderr
    assert hemei("books", "list", cwd=home).stdout == ""


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_whoever_puts_up_a_month_too_early_hears_what_waits(home: Path) -> None:
    assert hemei("books", "outlay", wrote(home, OUTLAY), cwd=home).returncode == 0
    month = ("--estate", "育英小区", "--month", f"{LAST:%Y-%m}", "--by", "C001")
    for command in (("books", "publish"), ("ledger", "seal")):
        early = hemei(*command, *month, cwd=home)
        assert early.returncode == 1
        assert early.stderr.splitlines()[0] == "还有1笔支出没有审"


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("text", "says"),
    [
        (OUTLAY.replace("147.00", '"x"'), "yuan is a number"),
        (OUTLAY.replace("147.00", "true"), "yuan is a number"),
        (OUTLAY.replace("147.00", "147.001"), "too many digits"),
        (OUTLAY.replace("147.00", "inf"), "too many digits"),
        (OUTLAY.replace(f"day = {LAST}", 'day = "gestern"'), "day is a day"),
        (OUTLAY + 'colour = "red"', "nobody knows colour"),
        (OUTLAY.replace('item = "楼道声控灯"', ""), "item missing"),
        (OUTLAY + "x", "said.toml"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(db: Database, home: Path, text: str, says: str) -> None:
    wrote(home, text)
    with db.read(), pytest.raises(Refusal, match=says):
        books_file.read(home / "said.toml", books_file.OUTLAY, books_file.OUTLAY_MORE).bought()
