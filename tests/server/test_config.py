"""What an operator may set, and what he is told when he sets it wrong."""

import re
import stat
import tomllib
from dataclasses import fields, is_dataclass
from datetime import time
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from server.config import BadConfig, Config, Templates, load

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"


def written(folder: Path, text: str) -> Path:
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return file


def problems(folder: Path, text: str = "", env: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(BadConfig) as refused:
        load(written(folder, text), env or {})
    return refused.value.problems


def known_keys(cls: type[Any] = Config, path: str = "") -> set[str]:
    found: set[str] = set()
    kinds = get_type_hints(cls)
    for one in fields(cls):
        if not one.init:
            continue
        kind = next((k for k in get_args(kinds[one.name]) if is_dataclass(k)), kinds[one.name])
        name = f"{path}{one.name}"
        if isinstance(kind, type) and is_dataclass(kind):
            found |= known_keys(kind, f"{name}.")
        elif kind is not Templates:
            found.add(name)
    return found


def example_keys() -> set[str]:
    found: set[str] = set()
    here = ""
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        if opened := re.match(r"\[([a-z.]+)\]", line):
            here = opened[1]
        elif named := re.match(r"(?:# )?([a-z_0-9]+) = ", line):
            found.add(f"{here}.{named[1]}")
    return found


def test_the_example_names_exactly_the_known_keys():
    assert example_keys() == known_keys()


def test_the_example_is_taken_as_it_stands_and_with_every_default_made_plain(tmp_path):
    text = EXAMPLE.read_text(encoding="utf-8")
    plain = load(written(tmp_path, text), {})
    spelled = load(written(tmp_path, re.sub(r"(?m)^# (?=[a-z_]+ = )", "", text)), {})
    assert spelled == plain
    assert spelled.rules == Config.default().rules


def test_a_copied_example_has_no_channel_until_its_ids_are_filled_in(tmp_path):
    wechat = load(written(tmp_path, EXAMPLE.read_text(encoding="utf-8")), {}).wechat
    assert (wechat.official, wechat.mini, wechat.work, wechat.pay) == (None, None, None, None)


def test_a_missing_key_file_of_payments_stops_nothing(tmp_path):
    text = '[wechat.pay]\nmch_id = "1900000001"\nprivate_key_file = "not-there.pem"\n'
    pay = load(written(tmp_path, text), {}).wechat.pay
    assert pay is not None
    assert pay.private_key_file == str(tmp_path / "not-there.pem")
    assert pay.public_key_file == ""


def test_the_settings_that_operators_rely_on_start_with_everything_else_at_its_default(tmp_path):
    config = load(
        written(
            tmp_path,
            """
            [server]
            base_url = "https://hemei.test/"
            secret_key = "0123456789abcdef0123456789abcdef"
            trusted_proxies = 1
            [database]
            url = "sqlite:///var/hemei.db"
            [storage]
            dir = "var/files"
            [wechat.official]
            app_id = "wx1"
            app_secret = "s"
            token = "t"
            encoding_aes_key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
            api_base_url = "http://127.0.0.1:9/prefix/"
            [wechat.official.templates]
            case_finished = "ID1"
            case_asked = { id = "ID2", number = "thing1" }
            [wechat.work]
            corp_id = "ww1"
            agent_id = 7
            secret = "s"
            contact_secret = "c"
            """,
        ),
        {},
    )
    assert config.server.base_url == "https://hemei.test"
    assert config.database.url == f"sqlite:///{tmp_path}/var/hemei.db"
    assert config.storage.dir == tmp_path / "var/files"
    assert config.wechat.official is not None
    assert config.wechat.official.templates["case_finished"].id == "ID1"
    assert config.wechat.official.templates["case_asked"].keywords == {"number": "thing1"}
    assert config.wechat.official.api_base_url == "http://127.0.0.1:9/prefix"
    assert config.wechat.work is not None
    assert config.wechat.mini is None
    assert config.wechat.pay is None
    assert config.wechat.max_age_seconds == 600
    assert config.rules.quiet_from == time(21)


def test_an_unknown_key_is_refused_with_the_nearest_known_one(tmp_path):
    assert problems(tmp_path, "[server]\nbase_ulr = 'x'\n[databse]\n") == [
        "[databse] is not a known key: did you mean database?",
        "[server] base_ulr is not a known key: did you mean base_url?",
    ]


def test_all_problems_are_named_in_one_run(tmp_path):
    text = """
    [server]
    trusted_proxies = true
    [database]
    url = "mysql://x/y"
    [rules]
    quiet_from = "25:00"
    silence_days = 0
    [wechat.work]
    agent_id = "seven"
    """
    assert problems(tmp_path, text) == [
        "[server] trusted_proxies must be a whole number",
        '[database] url must begin with "sqlite:///" or "postgresql+psycopg://"',
        "[wechat.work] corp_id is missing",
        "[wechat.work] agent_id must be a whole number",
        '[rules] quiet_from must be a time of day such as "21:00"',
        "[rules] silence_days must be 1 or more",
    ]


@pytest.mark.parametrize(
    ("address", "fine"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://127.8.9.1/a/b", True),
        ("http://localhost:1", True),
        ("http://[::1]:8000", True),
        ("https://hemei.example.org", True),
        ("http://hemei.example.org", False),
        ("http://127.0.0.1.example.org", False),
        ("http://localhost@example.org", False),
        ("http://10.0.0.3", False),
        ("ftp://127.0.0.1", False),
        ("hemei.example.org", False),
        ("https://hemei.example.org:port", False),
        ("https://hemei.example.org/?a=b", False),
        ("", False),
    ],
)
def test_http_is_for_this_machine_only(tmp_path, address, fine):
    for text in (
        f'[server]\nbase_url = "{address}"\n',
        f'[wechat.official]\napp_id = "a"\napi_base_url = "{address}"\n',
    ):
        if fine:
            load(written(tmp_path, text), {})
        else:
            assert len(problems(tmp_path, text)) == 1


def test_any_key_may_stand_in_a_file_beside_the_configuration(tmp_path):
    (tmp_path / "key").write_text("  a secret of thirty-two characters\n")
    (tmp_path / "key").chmod(0o600)
    (tmp_path / "agent").write_text("12\n")
    text = '[server]\nsecret_key_file = "key"\n[wechat.work]\ncorp_id = "w"\nagent_id_file = "agent"\n'
    config = load(written(tmp_path, text), {})
    assert config.server.secret_key == "a secret of thirty-two characters"
    assert config.wechat.work is not None
    assert config.wechat.work.agent_id == 12
    assert config.secrets_in_file == ()


def test_a_secret_that_everybody_can_read_is_refused(tmp_path):
    file = tmp_path / "key"
    file.write_text("a secret of thirty-two characters")
    file.chmod(file.stat().st_mode | stat.S_IROTH)
    [problem] = problems(tmp_path, '[server]\nsecret_key_file = "key"\n')
    assert problem.startswith("[server] secret_key_file is readable by everybody")


def test_a_missing_file_and_a_key_given_twice_are_refused(tmp_path):
    assert "No such file" in problems(tmp_path, '[server]\nsecret_key_file = "nowhere"\n')[0]
    twice = problems(tmp_path, '[server]\nsecret_key = "a"\nsecret_key_file = "key"\n')
    assert "[server] secret_key is given twice, also as secret_key_file" in twice


def test_the_environment_goes_before_the_file(tmp_path):
    config = load(
        written(tmp_path, '[server]\nsecret_key_file = "nowhere"\ntrusted_proxies = 1\n'),
        {
            "HEMEI__SERVER__SECRET_KEY": "from the environment",
            "HEMEI__SERVER__TRUSTED_PROXIES": "2",
            "HEMEI__SANDBOX__ENABLED": "true",
            "HEMEI__ALERTS__STAFF": "G001, G002",
            "HEMEI__WECHAT__OFFICIAL__APP_ID": "wx",
            "HEMEI__WECHAT__OFFICIAL__TEMPLATES__CASE_FINISHED": "ID",
            "HEMEI_CONFIG": "ignored, because a path was given",
        },
    )
    assert config.server.secret_key == "from the environment"
    assert config.server.trusted_proxies == 2
    assert config.sandbox.enabled
    assert config.alerts.staff == ("G001", "G002")
    assert config.wechat.official is not None
    assert config.wechat.official.templates["case_finished"].id == "ID"


def test_an_unknown_name_in_the_environment_is_refused(tmp_path):
    assert problems(tmp_path, "", {"HEMEI__SERVER__SECRET": "x"}) == [
        "[server] secret is not a known key: did you mean secret_key?"
    ]


def test_an_account_holds_no_more_than_25_templates(tmp_path):
    lines = "".join(f'kind{n} = "T"\n' for n in range(26))
    text = f'[wechat.official]\napp_id = "a"\n[wechat.official.templates]\n{lines}'
    assert "at most 25" in problems(tmp_path, text)[0]


def test_a_template_without_id_is_refused(tmp_path):
    text = '[wechat.official]\napp_id = "a"\n[wechat.official.templates]\nk = { number = "thing1" }\n'
    assert "needs for k the template" in problems(tmp_path, text)[0]


def test_without_a_file_the_default_of_the_current_folder_holds(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load(None, {}) == Config.default(tmp_path)
    written(tmp_path, '[log]\nlevel = "error"\n')
    assert load(None, {}).log.level == "error"
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.chdir(other)
    found = load(None, {"HEMEI_CONFIG": str(tmp_path / "config.toml")})
    assert found.database.url == f"sqlite:///{tmp_path}/var/hemei.db"


@pytest.mark.parametrize("text", ["[server", "server = 1", "[server]\nbase_url = 3", "[[server]]"])
def test_a_file_that_makes_no_sense_is_refused_without_a_traceback(tmp_path, text):
    assert problems(tmp_path, text)


def test_a_named_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadConfig, match="cannot be read"):
        load(tmp_path / "nothing.toml", {})


def test_a_configuration_can_be_printed_without_its_secrets(tmp_path):
    text = '[server]\nsecret_key = "CANARY-1"\n[wechat.work]\ncorp_id = "w"\ncontact_secret = "CANARY-2"\n'
    config = load(written(tmp_path, text), {})
    assert "CANARY" not in repr(config)
    assert config.secrets_in_file == ("server.secret_key", "wechat.work.contact_secret")


def test_the_example_is_toml():
    assert tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))["server"]
