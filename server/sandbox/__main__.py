"""``python -m server.sandbox --port N``: the simulator as a process of its own, with the example accounts."""

from __future__ import annotations

import json
from pathlib import Path

import click

from server.sandbox.accounts import Accounts, Limits
from server.sandbox.addresses import refuse_real
from server.sandbox.aio import run
from server.sandbox.phones import Phones
from server.sandbox.simulator import Simulator


@click.command()
@click.option("--port", default=0, show_default="a free one", help="Port on 127.0.0.1.")
@click.option("--callback-base", default="", help="hemei's address; its callbacks are pushed to.")
@click.option("--strangers", is_flag=True, help="Every openid follows, every userid is staff; no windows.")
@click.option("--plain", is_flag=True, help="No AES keys for service account and mini-program.")
@click.option(
    "--pay",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Play WeChat Pay; new keys and pay.json, the lines of [wechat.pay], are put into this folder.",
)
def main(port: int, callback_base: str, *, strangers: bool, plain: bool, pay: Path | None) -> None:
    """Play the platforms on a loopback port; the address is printed on the first line."""
    refuse_real([callback_base] if callback_base else [])
    accounts = Accounts.example(callback_base, safe=not plain)
    if pay is not None:
        accounts = accounts.paying()
        assert accounts.pay is not None
        (pay / "pay.json").write_text(json.dumps(accounts.pay.write(pay)))
    run(Phones(Simulator(accounts, Limits(strangers=strangers))), port)


main()
