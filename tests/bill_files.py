"""Bill files of WeChat Pay as the platform writes them, and the orders that they are about."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from factories import a_town
from sqlalchemy import insert, select

from models.base.actor import By
from models.base.clock import SHANGHAI
from models.base.orm import put, session
from models.pay.tables import Order, Refund, RefundState, State
from models.person.colleagues import numbered
from models.place.tables import Building, Estate, Household

MERCHANT, APP = "1900000001", "wx0000000000000001"

TRADE = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
    "应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,"
    "手续费,费率,订单金额,申请退款金额,费率备注"
)
TRADE_TOTALS = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
FUND = (
    "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),"
    "资金变更提交申请人,备注,业务凭证号"
)
FUND_TOTALS = "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额"


class Paid(NamedTuple):
    number: str
    fen: int
    platform: str = ""
    state: str = "SUCCESS"

    @property
    def transaction(self) -> str:
        return self.platform or f"42{self.number}"


class Back(NamedTuple):
    number: str
    fen: int
    state: str = "SUCCESS"
    of: str = "o-of"


class Flow(NamedTuple):
    """`fen` signed, as it changed the account."""

    kind: str
    number: str
    fen: int
    words: str = ""
    platform: str = ""


def yuan(fen: int) -> str:
    return f"{'-' * (fen < 0)}{abs(fen) // 100}.{abs(fen) % 100:02}"


def trade_file(day: date, rows: Sequence[Paid | Back], /, **change: str) -> bytes:
    """`change` puts another word for a total (rows, fen, refund_fen)."""
    lines = [TRADE]
    for one in rows:
        back = isinstance(one, Back)
        lines.append(
            _row(
                f"{day} 10:20:30", APP, MERCHANT, "0", "", one.of if back else one.transaction,
                one.of if back else one.number, "o-payer", "JSAPI", "REFUND" if back else one.state, "OTHERS",
                "CNY", "0.00" if back else yuan(one.fen), "0.00", f"50{one.number}" if back else "0",
                one.number if back else "0", yuan(one.fen) if back else "0.00", "0.00",
                "ORIGINAL" if back else "", one.state if back else "", '物业费, "2026-Q4"', "",
                "0.00000" if back else "0.00600", "0.60%", "0.00" if back else yuan(one.fen),
                yuan(one.fen) if back else "0.00", "",
            )
        )  # fmt: skip
    paid = sum(one.fen for one in rows if isinstance(one, Paid))
    back = sum(one.fen for one in rows if isinstance(one, Back))
    lines.append(TRADE_TOTALS)
    rows_said, paid_said = change.get("rows", f"{len(rows)}.0"), change.get("fen", yuan(paid))
    back_said = change.get("refund_fen", yuan(back))
    lines.append(_row(rows_said, yuan(paid), yuan(back), "0.00", "0.00000", paid_said, back_said))
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()


def fund_file(day: date, rows: Sequence[Flow]) -> bytes:
    lines = [FUND]
    for number, one in enumerate(rows):
        lines.append(
            _row(
                f"{day} 10:20:31", one.platform or f"42{one.number}", f"flow-{number}", "交易", one.kind,
                "收入" if one.fen > 0 else "支出", yuan(abs(one.fen)), "100.00", "system", one.words,
                one.number,
            )
        )  # fmt: skip
    into = [one.fen for one in rows if one.fen > 0]
    out = [-one.fen for one in rows if one.fen < 0]
    lines.append(FUND_TOTALS)
    lines.append(_row(f"{len(rows)}", f"{len(into)}", yuan(sum(into)), f"{len(out)}", yuan(sum(out))))
    return ("\n".join(lines) + "\n").encode()


def _row(*cells: str) -> str:
    return ",".join(f"`{cell}" for cell in cells)


def a_home() -> int:
    """A household of 育英小区, in a town that is put up for it."""
    a_town()
    estate = session().scalars(select(Estate.id).where(Estate.name == "育英小区")).one()
    building = session().scalars(select(Building.id).where(Building.estate_id == estate)).first()
    return put(Household, building_id=building, unit_name="1", room="101", area=5000, active=True)


def clerk(number: str = "C001") -> By:
    """Whoever sits at the desk of 育英社区; C002 is another community's."""
    return By.staff(numbered(number).person_id)


def estate_of(household: int) -> int:
    query = (
        select(Building.estate_id)
        .join(Household, Household.building_id == Building.id)
        .where(Household.id == household)
    )
    return session().execute(query).scalar_one()


def paid_orders(household: int, day: date, sums: dict[str, int], state: State = State.PAID) -> None:
    """Orders as they stand once the platform said that they are paid; open ones are not known to be."""
    estate, at = estate_of(household), datetime.combine(day, time(10, 20, 30), SHANGHAI)
    known = state in (State.PAID, State.HELD)
    rows = [
        {
            "number": number, "household_id": household, "estate_id": estate, "payer_id": 1,
            "openid": "o-payer", "app_id": APP, "mch_id": MERCHANT, "fen": fen, "state": state,
            "made_at": at - timedelta(minutes=5), "expires_at": at + timedelta(minutes=25), "asked": 0,
            "transaction_id": f"42{number}" if known else None, "paid_at": at if known else None,
            "paid_fen": fen if known else None,
        }
        for number, fen in sums.items()
    ]  # fmt: skip
    session().connection().execute(insert(Order), rows)


def a_refund(
    order: str, number: str, fen: int, day: date | None, state: RefundState = RefundState.DONE
) -> None:
    """Of an order that is there; `day` on which it was done."""
    row = session().scalars(select(Order).where(Order.number == order)).one()
    at = datetime.combine(day, time(11), SHANGHAI) if day else None
    made = {"made_at": at - timedelta(hours=1)} if at else {}
    put(
        Refund, number=number, order_id=row.id, household_id=row.household_id, fen=fen, why="surplus",
        state=state, done_at=at, **made,
    )  # fmt: skip
