"""The doctor finds what is wrong and says what to do; codes of the platforms become words."""

import json
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from commands import hemei
from factories import a_town
from settings_files import configuration, plain_url

from models.base import quarantine
from models.base.clock import ago, now
from models.base.orm import put
from models.base.resources import table
from models.case.case import Case
from models.outbox.address import Address
from models.outbox.letter import Letter
from models.place.customer_groups import CustomerGroup
from models.place.tables import BuildingGroup, Community, Estate
from server.doctor import Finding, examine


class Platform:
    """Answers every call with `answer`."""

    def __init__(self) -> None:
        self.answer: Any = {"access_token": "t", "expires_in": 7200}
        self.off = timedelta()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = json.dumps(outer.answer).encode()
                self.send_response_only(200)
                self.send_header("Date", format_datetime(datetime.now(UTC) + outer.off, usegmt=True))
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET  # noqa: N815 - the name that the library calls

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def platform() -> Iterator[Platform]:
    made = Platform()
    thread = threading.Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@pytest.fixture
def findings(db, tmp_path, monkeypatch):
    """Examines a service over `db`."""

    def look(**sections: Any) -> dict[str, Finding]:
        config = configuration(tmp_path, plain_url(db), **sections)
        monkeypatch.setenv("HEMEI_CONFIG", str(config.path))
        return {finding.code: finding for finding in examine()}

    return look


def wrong(found: dict[str, Finding]) -> set[str]:
    """But for next year's working days, which its own tests look at (test_doctor_calendar.py)."""
    bad = {code for code, finding in found.items() if finding.level == "bad"}
    return bad - {"calendar_missing", "limits_wait"}


def test_a_new_service_is_in_order(findings):
    found = findings()
    assert wrong(found) == set()
    assert found["database_current"].level == "ok"
    assert found["town_empty"].hint


def test_a_platform_that_knows_us_is_in_order(findings, platform):
    found = findings(
        wechat_official={"app_id": "wx", "app_secret": "s", "api_base_url": platform.url},
        wechat_work={"corp_id": "ww", "secret": "s", "api_base_url": platform.url},
    )
    assert wrong(found) == set()
    assert "platform_known" in found


def test_whether_notices_are_checked_is_said(db, findings, platform):
    mini = {"app_id": "wx", "app_secret": "s", "token": "t", "api_base_url": platform.url}
    assert findings()["check_off"].level == "note"
    db.write(a_town)
    on = findings(rules={"content_check": True}, wechat_mini=mini)
    assert on["check_on"].level == "ok"
    assert on["authors_without_mini"].facts["count"] == 3
    deaf = findings(rules={"content_check": True}, wechat_mini={**mini, "token": ""})
    assert deaf["check_no_callback"].level == "bad"
    without = findings(rules={"content_check": True})
    assert "only a mini-program may ask" in str(without["config_bad"].facts)


@pytest.mark.parametrize("code", [40164, 40125, 60020, 40001, 12345, -1])
def test_a_refusal_is_said_in_words(findings, platform, code):
    platform.answer = {"errcode": code, "errmsg": "not allow to access from your ip 1.2.3.4"}
    found = findings(wechat_work={"corp_id": "ww", "secret": "CANARY", "api_base_url": platform.url})
    refusal = found["platform_refuses"]
    assert refusal.level == "bad"
    assert str(code) in refusal.says
    known = table("labels/doctor.toml")["codes"]
    words = known.get(str(code), known["other"])
    assert words.split("{")[0] in refusal.says
    assert "CANARY" not in refusal.says
    if code in (40164, 60020):
        assert "1.2.3.4" in refusal.says


def test_a_clock_that_is_off_is_found(findings, platform):
    platform.off = timedelta(minutes=5)
    found = findings(wechat_work={"corp_id": "ww", "secret": "s", "api_base_url": platform.url})
    assert found["clock_off"].level == "bad"


@pytest.mark.parametrize("answer", [[], "x", None, 5])
def test_nonsense_is_a_finding_and_not_a_crash(findings, platform, answer):
    platform.answer = answer
    found = findings(wechat_work={"corp_id": "ww", "secret": "s", "api_base_url": platform.url})
    assert found["platform_silent"].level == "bad"


def test_a_platform_nobody_answers_at_is_found(findings):
    found = findings(wechat_work={"corp_id": "ww", "secret": "s", "api_base_url": "http://127.0.0.1:1"})
    assert found["platform_silent"].level == "bad"


def test_a_template_nobody_knows_is_found(findings, platform):
    account = {"app_id": "wx", "api_base_url": platform.url}
    found = findings(
        **{
            "wechat_official": account,
            "wechat_official.templates": {"case_finished": "T", "case_finishd": "T"},
        }
    )
    assert "case_finishd" in found["templates_unknown"].says


def sick() -> None:
    community = put(Community, name="c")
    estate = put(Estate, community_id=community, name="e", aliases=[], management=None)
    group = put(BuildingGroup, name="3号楼群", estate_id=estate)
    put(Address, owner_kind="group", owner_id=group, channel="robot", value="")
    put(Case, state="filed", route="nobody", source="chat")
    for number, state in enumerate(["failed", "unknown", "waiting"]):
        put(Letter, key=str(number), kind="k", to_kind="person", to_id=1, data_class="own", state=state,
            created_at=now(), not_before=ago(minutes=10))  # fmt: skip


def test_what_stands_in_the_way_of_the_town_is_found(db, findings):
    db.write(sick)
    found = findings(alerts={"staff": ["G404"]})
    assert wrong(found) == {
        "nobody_found",
        "robots_without_key",
        "letters_dead",
        "work_dead_letters_wait",
        "alerts_unknown",
    }
    assert "3号楼群" in found["robots_without_key"].says
    assert "G404" in found["alerts_unknown"].says


def lonely_groups() -> None:
    estate = put(
        Estate, name="育英小区", community_id=put(Community, name="育英社区"), aliases=[], active=True
    )
    for number, more in enumerate(({"status": 1}, {"gone_at": now()}, {})):
        group = put(BuildingGroup, name=f"{number}号楼群", estate_id=estate, active=True)
        put(Address, owner_kind="group", owner_id=group, channel="customer_group", value=f"wr-{number}")
        put(CustomerGroup, chat_id=f"wr-{number}", owner_userid="li", read_at=now(), **more)
    put(CustomerGroup, chat_id="wr-new", read_at=now())


def test_groups_that_nobody_can_send_to_are_found(db, findings):
    db.write(lonely_groups)
    found = findings()
    assert "0号楼群" in found["groups_without_owner"].says
    assert "1号楼群" in found["groups_gone"].says
    assert "1 个客户群" in found["chats_unbound"].says
    assert "2号楼群" not in str([one.says for one in found.values()])


def test_quarantine_is_found(db, findings):
    db.write(quarantine.begin, "restored")
    assert "hemei restore --release" in findings()["quarantine"].hint


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_an_old_backup_is_found(db, findings, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    file = folder / "hemei-20260101-031000.hemei-backup"
    file.write_bytes(b"x")
    assert "backup_fresh" in findings()
    old = ago(hours=30).timestamp()
    os.utime(file, (old, old))
    assert findings()["backup_old"].level == "bad"


def test_every_finding_has_words_and_every_trouble_a_hint():
    for code, words in table("labels/doctor.toml").items():
        if code != "codes":
            assert words["says"], code


def test_it_works_without_a_configuration_and_leaves_nothing_behind(tmp_path):
    done = hemei("doctor", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    codes = {json.loads(line)["code"] for line in done.stdout.splitlines()}
    assert {"config_none", "database_empty"} <= codes
    assert list(tmp_path.iterdir()) == []


def test_the_command_fails_when_something_is_wrong(tmp_path):
    (tmp_path / "config.toml").write_text("[server]\nbase_ulr = 'x'\n")
    done = hemei("doctor", cwd=tmp_path)
    assert done.returncode == 1
    assert "did you mean base_url" in done.stdout
