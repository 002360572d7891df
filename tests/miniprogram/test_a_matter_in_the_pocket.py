"""A matter's whole way through the mini-program's own pages, against a real hemei."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api_client import logged_in
from browsed import served
from factories import a_town
from fee_books import living_in
from flask import Flask
from own_bills import a_home, a_price, billed
from pay_desk import PayDesk, pay_desk
from pictures import photo
from settings_files import plain_url
from sqlalchemy import select

from miniprogram import HERE, NODE, openapi, packages
from models.base.orm import session
from models.media.item import Item
from models.outbox.address import add_address
from models.pay.tables import Order
from server.app import create_app
from server.database import Database
from server.pay import office
from server.paying import Paying
from server.sandbox.world import Phone


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PayDesk]:
    with pay_desk(tmp_path) as made:
        made.simulator.add(
            Phone(
                "new",
                "new",
                "resident",
                openid="o-new",
                mini_openid="m-new",
                unionid="u-new",
                mobile="13800000003",
            )
        )
        yield made


def played(script: str, app: Flask, folder: Path, **told: str) -> dict[str, Any]:
    """What a script of miniprogram/test/support saw on its pages."""
    packages()
    with served(app) as base:
        told |= {"HEMEI_BASE": base, "HEMEI_OPENAPI": str(openapi(folder))}
        done = subprocess.run(
            [NODE, f"test/support/{script}"],
            cwd=HERE,
            env=os.environ | told,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    seen: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return seen


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_from_the_first_yes_to_the_nod(db: Database, desk: PayDesk, tmp_path: Path) -> None:
    town = db.write(a_town)
    app = create_app(desk.config(plain_url(db), "http://localhost"), db)
    picture = tmp_path / "photo.jpg"
    picture.write_bytes(photo())
    seen = played(
        "journey.js",
        app,
        tmp_path,
        HEMEI_CODE=desk.simulator.codes.issue("mini", "new", desk.simulator.clock()),
        HEMEI_CADRE=logged_in(app, town.li).token,
        HEMEI_DOOR="door-3-2",
        HEMEI_PHOTO=str(picture),
    )
    assert seen["guessed"] == "照明"
    assert "育英小区3号楼2单元" in seen["told"]
    assert {"nod", "no"} <= set(seen["offered"])
    assert seen["end"] == "closed"
    assert seen["number"] in seen["ended"]
    assert len(seen["story"]) >= 4
    with db.read():
        kept = [one for one in session().query(Item) if one.state == "kept"]
    assert len(kept) == 1


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_from_two_bills_to_one_receipt(db: Database, desk: PayDesk, tmp_path: Path) -> None:
    """What the telephone says of a payment is nothing; the pages wait for what hemei has heard."""

    def owing() -> int:
        a_town()
        a_price()
        owner = living_in(a_home("501"))
        billed("2026-Q1", "2026-Q2")
        add_address("person", owner, "mini", "m-new")
        return owner

    owner = db.write(owing)
    config = desk.config(plain_url(db), "http://localhost")
    app = create_app(config, db)

    def payment() -> str:
        with db.read():
            number = session().scalars(select(Order.number)).one()
        desk.pay.pay(number, outcome="unheard")
        till = office.opened(config, db)
        assert till is not None
        Paying(db, till.merchant).look(number)
        return ""

    app.add_url_rule("/played/payment", "played", payment, methods=["POST"])
    seen = played("payment.js", app, tmp_path, HEMEI_TOKEN=logged_in(app, owner).token)
    assert seen["owed"] == "90.00元"
    assert "交好了" in seen["said"]
    assert seen["after"] == ["paid", "paid"]
    assert seen["amount"] == "90.00元"
    assert "微信支付" in seen["receipt"]
    assert seen["receipt"].count("45.00元") == 2
