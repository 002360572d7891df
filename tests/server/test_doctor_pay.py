"""What the doctor says of WeChat Pay, before anybody pays."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pay_desk import PayDesk, pay_desk

from server.doctor import pay
from server.doctor.finding import Finding
from server.sandbox.pay_keys import CERTIFICATE_MODE, PUBLIC_MODE, PlatformCertificate, new_key


def found(desk: PayDesk, **changes: Any) -> dict[str, Finding]:
    config = desk.config(wechat_pay=changes)
    findings = {one.code: one for one in pay.examine(config)}
    for one in findings.values():
        assert one.says
        assert one.hint or one.level == "ok"
    return findings


def wrong(findings: dict[str, Finding]) -> set[str]:
    return {code for code, finding in findings.items() if finding.level == "bad"}


@pytest.fixture(params=[PUBLIC_MODE, CERTIFICATE_MODE])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    with pay_desk(tmp_path, request.param) as made:
        yield made


def test_all_is_well_in_either_mode(desk: PayDesk):
    findings = found(desk)
    assert wrong(findings) == set()
    assert {"platform_known", "pay_key_closed"} <= set(findings)


def test_a_merchant_without_keys_is_off_and_told_what_is_missing(desk: PayDesk):
    findings = found(desk, api_v3_key="", cert_serial_no="")
    assert list(findings) == ["pay_off"]
    assert findings["pay_off"].facts["keys"] == "cert_serial_no、api_v3_key"
    assert found(desk, mch_id="") == {}


def test_a_key_that_others_can_read_is_said(desk: PayDesk):
    config = desk.config()
    (desk.folder / "apiclient_key.pem").chmod(0o640)
    assert wrong({one.code: one for one in pay.examine(config)}) == {"pay_key_open"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"private_key_file": "gone.pem"}, "gone.pem"),
        ({"private_key_file": "pub_key.pem"}, "pub_key.pem"),
        ({"api_v3_key": "short"}, "api_v3_key"),
        ({"public_key_id": "PUB_KEY_ID_1", "public_key_file": "apiclient_key.pem"}, "apiclient_key.pem"),
    ],
)
def test_a_key_of_no_use_is_named_and_not_shown(desk: PayDesk, change: dict[str, str], words: str):
    findings = found(desk, **change)
    assert wrong(findings) == {"pay_key_bad"}
    assert words in findings["pay_key_bad"].says
    assert "short" not in findings["pay_key_bad"].says


def test_a_serial_that_is_not_the_merchants_is_refused_by_the_platform(desk: PayDesk):
    assert wrong(found(desk, cert_serial_no="00AA")) == {"pay_unknown"}
    assert wrong(found(desk, mch_id="1900000999")) == {"pay_unknown"}


def test_the_certificate_beside_the_key_says_which_serial_is_right(desk: PayDesk):
    starts = datetime(2026, 1, 1, tzinfo=UTC)
    file = desk.folder / "apiclient_cert.pem"
    own = PlatformCertificate.issue(desk.pay.account.merchant, starts)
    file.write_bytes(own.pem)
    findings = found(desk)
    assert wrong(findings) == {"pay_serial_wrong"}
    assert own.serial in findings["pay_serial_wrong"].hint
    file.write_bytes(PlatformCertificate.issue(new_key(), starts).pem)
    assert "pay_key_of_another" in wrong(found(desk))


def test_another_key_than_the_platforms_is_found(tmp_path: Path):
    with pay_desk(tmp_path) as desk:
        assert wrong(found(desk, public_key_id="PUB_KEY_ID_2")) == {"pay_forged"}
    with pay_desk(tmp_path, CERTIFICATE_MODE) as desk:
        assert wrong(found(desk, api_v3_key="f" * 32)) == {"pay_forged"}


def test_a_platform_that_is_away_is_said(desk: PayDesk):
    desk.server.stop()
    assert wrong(found(desk)) == {"platform_silent"}


def test_what_the_platform_refuses_is_said_with_its_code(desk: PayDesk):
    desk.fault("refuse", errcode=403, errmsg="NO_AUTH")
    findings = found(desk)
    assert wrong(findings) == {"platform_refuses"}
    assert "NO_AUTH" in findings["platform_refuses"].says


def test_a_notification_would_not_find_a_machine_of_its_own(desk: PayDesk):
    config = desk.config()
    assert config.wechat.pay is not None
    real = replace(config.wechat.pay, api_base_url="https://api.mch.weixin.qq.com")
    alone = replace(config, wechat=replace(config.wechat, pay=real, official=None, mini=None))
    findings = {one.code for one in pay.examine(alone, ask_platform=False) if one.level == "bad"}
    assert findings == {"pay_notify_local", "pay_without_app"}
