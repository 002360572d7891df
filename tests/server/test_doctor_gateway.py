"""The doctor asks the bridge of text messages and calls whether it is there and knows us; sends nothing."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from factories import a_town
from settings_files import configuration, plain_url

from models.base.clock import now
from models.base.orm import put
from models.outbox.meters import Meter, beijing_day
from server.database import Database
from server.doctor import Finding, examine
from server.sandbox.accounts import Accounts
from server.sandbox.aio import SimulatorServer
from server.sandbox.simulator import Simulator

Look = Callable[..., dict[str, Finding]]


@pytest.fixture
def bridge() -> Iterator[SimulatorServer]:
    with SimulatorServer(Simulator(Accounts(gateway_token="bridge-token"))) as server:
        yield server


@pytest.fixture
def findings(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Look:
    def look(**gateway: Any) -> dict[str, Finding]:
        config = configuration(tmp_path, plain_url(db), gateway=gateway)
        monkeypatch.setenv("HEMEI_CONFIG", str(config.path))
        return {one.code: one for one in examine() if one.code.startswith("gateway")}

    return look


def test_a_bridge_that_knows_us_is_in_order(findings: Look, bridge: SimulatorServer) -> None:
    found = findings(url=f"{bridge.base_url}/gateway", token="bridge-token")
    assert [one.level for one in found.values()] == ["ok"]
    assert [one.path for one in bridge.simulator.ledger] == ["/state"]


def test_a_wrong_token_a_wrong_path_and_silence_are_said(findings: Look, bridge: SimulatorServer) -> None:
    refused = findings(url=f"{bridge.base_url}/gateway", token="another-token")["gateway_refuses"]
    assert (refused.level, refused.facts["status"]) == ("bad", 401)
    assert "another-token" not in refused.says + refused.hint
    assert findings(url=f"{bridge.base_url}/gateway/deeper")["gateway_refuses"].facts["status"] == 404
    assert findings(url="http://127.0.0.1:1")["gateway_silent"].level == "bad"


def test_kinds_that_have_no_words_for_it_are_named(findings: Look, bridge: SimulatorServer) -> None:
    found = findings(url=f"{bridge.base_url}/gateway", token="bridge-token", kinds=["bill_made"])
    assert found["gateway_kind"].facts == {"kind": "bill_made"}


def test_a_spent_budget_and_missing_numbers_are_said(
    db: Database, findings: Look, bridge: SimulatorServer
) -> None:
    db.write(a_town)
    db.write(put, Meter, name="gateway/sms", day=beijing_day(now()), used=5)
    found = findings(url=f"{bridge.base_url}/gateway", token="bridge-token", sms_a_day=5)
    assert found["gateway_spent"].facts == {"way": "sms", "used": 5}
    assert "gateway_no_numbers" not in found  # everybody of this town has one


def test_without_a_gateway_nothing_is_said(findings: Look) -> None:
    assert findings() == {}
