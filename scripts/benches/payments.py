"""Payments booked a second, against an echo that only proves and unseals the same notifications.

Each is another order of another home: in hemei the bill is paid, the ledger written, the receipt on its way
to whoever paid, and all of it on the disk before the platform hears that it need not say it again.
"""

import secrets
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from chaos_rig.homes import Homes, Owing
from chaos_rig.house import ACCOUNTS, House, house
from chaos_rig.seals import Seals
from chaos_rig.town import town
from sqlalchemy import func, select

from benches import load, rig
from models.base.orm import session
from models.fee.payments import Payment
from models.pay import ordering
from server.sandbox.pay_keys import PayAccount

NOWHERE = "http://127.0.0.1:9"
AT_ONCE = 200  # orders made in one transaction
CONNECTIONS = 32


def run(say: Callable[[str], object], *, quick: bool, databases: Sequence[str]) -> None:
    size, rounds = (300, 1) if quick else (3_000, 3)
    say("| database | payments/s | echo/s | ratio | p50, ms | p99, ms | echo p99, ms |")
    say("|---|---|---|---|---|---|---|")
    for kind in databases:
        with rig.database_url(kind) as url, tempfile.TemporaryDirectory(prefix="hemei-bench-") as name:
            say(f"| {kind} {_compared(url, Path(name), size, rounds)}")


def _compared(url: str, folder: Path, size: int, rounds: int) -> str:
    keys = folder / "keys"
    keys.mkdir()
    merchant = _merchant(keys)
    platform = {"ECHO_API_KEY": merchant["api_v3_key"], "ECHO_PLATFORM": merchant["public_key_file"]}
    with (
        house(folder / "house", url, NOWHERE, town(50), senders=0, wechat_pay=dict(merchant)) as home,
        rig.bare("pay_echo:app", **platform) as echo,
    ):
        homes = Homes(home.database, size * rounds + 100).move_in().owing
        seals = Seals(merchant)
        warm = _requests(home, merchant, seals, homes[:100])
        load.flat_out(echo, warm, CONNECTIONS)
        load.flat_out(home.port, warm, CONNECTIONS)
        pairs = []
        for number in range(rounds):
            mine = homes[100 + number * size :][:size]
            requests = _requests(home, merchant, seals, mine)
            pairs.append(
                (load.flat_out(echo, requests, CONNECTIONS), load.flat_out(home.port, requests, CONNECTIONS))
            )
        booked = _booked(home)
    bad = sum(base.bad + ours.bad for base, ours in pairs) + abs(booked - len(homes))
    if bad:
        return f"| {bad} were not acknowledged or not booked |"
    ratio = median(ours.rate / base.rate for base, ours in pairs)
    rate, bare = median(ours.rate for _, ours in pairs), median(base.rate for base, _ in pairs)
    base, ours = pairs[-1]
    return (
        f"| {rate:.0f} | {bare:.0f} | {ratio:.2f} | {ours.percentile(0.5) * 1000:.0f} |"
        f" {ours.percentile(0.99) * 1000:.0f} | {base.percentile(0.99) * 1000:.0f} |"
    )


def _merchant(keys: Path) -> dict[str, str]:
    account = ACCOUNTS.official
    assert account is not None
    section = PayAccount.example((account.app_id,)).write(keys)
    files = {name: str(keys / value) for name, value in section.items() if name.endswith("_file")}
    return section | files | {"api_base_url": f"{NOWHERE}/pay"}


def _requests(home: House, merchant: dict[str, str], seals: Seals, homes: Sequence[Owing]) -> list[bytes]:
    """A notification for a new order of each home, as it comes over the line."""
    assert ACCOUNTS.official is not None
    app_id, mch_id = ACCOUNTS.official.app_id, merchant["mch_id"]

    def some(few: Sequence[Owing]) -> list[tuple[str, int, str]]:
        made = []
        for one in few:
            begun = ordering.begin(one.household, one.person, one.openid, app_id, mch_id=mch_id).order
            assert begun is not None
            ordering.opened(begun.number, f"wx-{begun.number}")
            made.append((begun.number, begun.fen, one.openid))
        return made

    requests = []
    for first in range(0, len(homes), AT_ONCE):
        for number, fen, openid in home.database.write(some, homes[first : first + AT_ONCE]):
            trade = _trade(mch_id, app_id, number, fen, openid)
            body = seals.notification(trade)
            lines = [f"{name}: {value}" for name, value in seals.headers(body).items()]
            head = ["POST /pay/notify HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}", *lines]
            requests.append("\r\n".join([*head, "", ""]).encode() + body)
    return requests


def _trade(mch_id: str, app_id: str, number: str, fen: int, openid: str) -> dict[str, Any]:
    return {
        "mchid": mch_id,
        "appid": app_id,
        "out_trade_no": number,
        "transaction_id": f"42{secrets.randbelow(10**26):026}",
        "trade_type": "JSAPI",
        "trade_state": "SUCCESS",
        "success_time": "2026-11-21T08:00:00+08:00",
        "payer": {"openid": openid},
        "amount": {"total": fen, "payer_total": fen, "currency": "CNY", "payer_currency": "CNY"},
    }


def _booked(home: House) -> int:
    with home.database.read():
        return int(session().scalar(select(func.count(Payment.id))) or 0)
