"""No secret and no person in the log (O1): canaries are planted everywhere, none comes out."""

import io
import json
import logging

import pytest
from settings_files import configuration

from server import logs

PHONE = "13912345678"
OPENID = "oABCDEFGHIJKLMNOPQRSTUVWXYZ1"
TOKEN = "83_Zx0kQ1w2E3r4T5y6U7i8O9p0AaSsDdFf"
SESSION_KEY = "HyVFkGl5F5OQWJZZaNzBBg=="
IDENTITY = "11010519491231002X"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
WEBHOOK = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"


def lines(form: str, config=None) -> tuple[logging.Logger, io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    known = logs.secrets_of(config) if config else ()
    handler.setFormatter(logs.Line(form, logs.Masking(known)))
    logger = logging.Logger("hemei.test")
    logger.addHandler(handler)
    return logger, stream


@pytest.mark.parametrize("form", ["plain", "json"])
@pytest.mark.parametrize(
    ("template", "canary"),
    [
        ("call {} back", PHONE),
        ("call +86 {} back", "139-1234-5678"),
        ("call {} back", "139 1234 5678"),
        ("phone={}", PHONE),
        ("打给{}了", PHONE),
        ("id {} seen", IDENTITY),
        ("touser {} gone", OPENID),
        ("GET /cgi-bin/message/send?access_token={}&debug=1 200", TOKEN),
        ("token {}", TOKEN),
        ("session_key '{}'", SESSION_KEY),
        ("aes key {}", AES_KEY),
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={}", WEBHOOK),
        ("postgresql://hemei:{}@db/hemei", "s3cret"),
        ("https://{}@host/", "user:pw"),
    ],
)
def test_no_canary_comes_out(form, template, canary):
    logger, stream = lines(form)
    logger.error(template.format(canary))
    logger.error("%s", template.format(canary))
    logger.error("%r", {"value": template.format(canary)})
    assert canary not in stream.getvalue()
    assert logs.MASK in stream.getvalue()


def test_a_random_id_without_a_figure_is_one_too_and_a_name_is_none():
    logger, stream = lines("plain")
    logger.error("at %s", "kQwErTyUiOpAaSsDdFfGgH")
    for name in ("test_what_is_being_typed_is_never_taken_away", "WorksheetWriterCleanupError"):
        logger.error("in %s", name)
        assert name in stream.getvalue()
    assert "kQwErTyUiOpAaSsDdFfGgH" not in stream.getvalue()


def test_secrets_of_the_configuration_are_masked_wherever_they_stand(tmp_path):
    config = configuration(
        tmp_path,
        wechat_official={"app_id": "wx", "app_secret": "rosebud", "token": "sesame"},
        wechat_work={"corp_id": "ww", "contact_secret": "openup"},
    )
    logger, stream = lines("plain", config)
    logger.warning("rosebud-sesame/openup and " + config.server.secret_key)
    for secret in ("rosebud", "sesame", "openup", config.server.secret_key):
        assert secret not in stream.getvalue()


def test_an_exception_tells_where_and_not_what(tmp_path):
    logger, stream = lines("plain")
    try:
        try:
            raise ValueError("张三丰住在3号楼 13912345678")
        except ValueError as trouble:
            raise RuntimeError("李四说的话") from trouble
    except RuntimeError:
        logger.exception("it failed")
    said = stream.getvalue()
    assert "RuntimeError at" in said
    assert "ValueError at" in said
    assert "test_logs.py" in said
    assert not any(word in said for word in ("张三", "李四", "139"))


@pytest.mark.parametrize("form", ["plain", "json"])
@pytest.mark.parametrize(
    "nasty", ["a\nINFO forged", "a\r\nb", "a\x1b[31mred", "a\x00b", "a\u2028b", "{}%s%n", "a\x85b"]
)
def test_one_event_is_one_line(form, nasty):
    logger, stream = lines(form)
    logger.error("%s", nasty)
    logger.error(nasty)
    assert len(stream.getvalue().splitlines()) == 2
    assert "\x1b" not in stream.getvalue()


def test_ordinary_words_stay(tmp_path):
    logger, stream = lines("plain")
    said = "case 57294 sent in 12 ms at /opt/hemei/server/delivery.py:120 by hemei_letters_oldest_waiting"
    logger.info(said)
    assert said in stream.getvalue()


def test_json_lines_carry_the_request():
    logger, stream = lines("json")
    name = logs.new_request()
    logger.info("受理 %d", 5)
    event = json.loads(stream.getvalue())
    assert event["request"] == name
    assert event["message"] == "受理 5"
    assert event["level"] == "info"
    with logs.named("digest"):
        assert logs.current_request() == "digest"
    assert logs.current_request() == name
