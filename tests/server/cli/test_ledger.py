"""hemei ledger seal and sealed."""

import json
from datetime import date
from pathlib import Path

import pytest
from bill_files import Paid, a_home, trade_file
from commands import hemei
from settings_files import configuration, plain_url

from models.base.actor import SYSTEM, By
from models.fee.payments import Way, receive
from models.pay.bill_files import read
from models.pay.comparing import compare
from server.database import Database

DAY = date(2026, 3, 23)


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_month_is_sealed_once_nothing_waits(db: Database, tmp_path: Path) -> None:
    configuration(tmp_path, plain_url(db))
    db.write(lambda: receive(a_home(), 45_00, Way.CASH, "0001", DAY, By.staff(1)) and None)
    db.write(compare, read(trade_file(DAY, [Paid("o-strange", 5)])), SYSTEM)
    seal = ("ledger", "seal", "--month", "2026-03", "--by", "C001", "--estate")
    refused = hemei(*seal, "育英小区", cwd=tmp_path)
    assert refused.returncode == 1
    assert "还有1笔对账差异没有处理" in refused.stderr
    assert "2026年3月还不能封账，还有1样事没完" in refused.stderr
    hemei("difference", "settle", "1", "--how", "退了", "--by", "C001", cwd=tmp_path)
    assert hemei(*seal, "育英小区", cwd=tmp_path).returncode == 0
    (line,) = map(json.loads, hemei("ledger", "sealed", "--json", cwd=tmp_path).stdout.splitlines())
    assert (line["estate"], line["month"], line["closing"]["cash"]) == ("育英小区", "2026-03", 4500)
    assert "there is no estate 没有小区" in hemei(*seal, "没有小区", cwd=tmp_path).stderr
    assert hemei("ledger", "seal", "--month", "2026-3x", cwd=tmp_path).returncode == 2
