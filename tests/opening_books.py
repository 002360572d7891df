"""A workbook with which the books of 育英小区 begin, and the homes that it names."""

from typing import Any

from factories import a_town
from sqlalchemy import select

from models.base.actor import SYSTEM
from models.base.orm import put, session
from models.place.tables import Building, Estate, Household
from models.place.version import raise_version
from models.town import opening, parse
from models.town.opening_shape import SHEETS
from models.town.workbook import Workbook
from models.town.writing import Summary
from server.database import Database

Sheets = dict[str, list[list[Any]]]


def opening_book() -> Sheets:
    """Two homes owe, one has money to its credit, two have paid since."""
    home = ["小区", "楼号", "单元", "室号"]
    return {
        "期初余额": [
            ["小区", "科目", "资金", "余额", "日期"],
            ["育英小区", "现金", "", 1000.5, "2026-01-01"],
            ["育英小区", "银行", "政府资金", "20000", "2026-01-01"],
            ["育英小区", "银行", "", 0, "2026-01-01"],
        ],
        "期初欠费": [
            [*home, "账期", "欠费", "到期日", "日期"],
            ["育英小区", 3, 1, 101, "2025", 180, "", "2026-01-01"],
            ["育英小区", 3, 1, 102, "2025-Q4", 45.25, "2025-10-31", "2026-01-01"],
            ["育英小区", 3, 1, 102, "2025-Q3", 45, "", "2026-01-01"],
        ],
        "期初预存": [[*home, "预存", "日期"], ["育英小区", 3, 1, 103, 60, "2026-01-01"]],
        "历史缴费": [
            [*home, "金额", "方式", "收据号", "日期"],
            ["育英小区", 3, 1, 101, 100, "现金", "A001", "2026-02-03"],
            ["育英小区", 3, 1, 103, 0.1, "银行转账", "B001", "2026-02-04"],
        ],
    }


def homes(count: int = 3) -> list[int]:
    """101, 102 … of unit 1 of 3号楼, in a town that is put up for them."""
    a_town()
    query = select(Building.id).join(Estate, Estate.id == Building.estate_id)
    building = session().scalars(query.where(Estate.name == "育英小区", Building.name == "3")).one()
    made = [
        put(Household, building_id=building, unit_name="1", room=str(101 + n), area=5000, active=True)
        for n in range(count)
    ]
    raise_version()
    return made


def bring_in(db: Database, sheets: Sheets, **more: Any) -> dict[str, dict[str, int]]:
    """Imports and gives the counts by sheet code."""

    def work() -> Summary:
        return opening.take(parse(Workbook(list(sheets.items())), SHEETS), SYSTEM, **more)

    return db.write(work).as_dict()
