"""What hemei refuses to serve with (O5)."""

import pytest
from settings_files import configuration

from server.config import Config
from server.safety import require_safe
from server.settings import BadConfig

REAL = {"base_url": "https://hemei.example.org"}


def reasons(config: Config) -> str:
    with pytest.raises(BadConfig) as refused:
        require_safe(config)
    return " · ".join(refused.value.problems)


def test_a_plain_configuration_is_safe(tmp_path):
    require_safe(configuration(tmp_path))
    require_safe(configuration(tmp_path, server=REAL))


@pytest.mark.parametrize("key", ["", "short", "changeme" * 3, "Secret" * 4, "PASSWORDpassword!!"])
def test_a_key_that_is_missing_short_or_well_known_is_refused(tmp_path, key):
    assert "secret_key" in reasons(configuration(tmp_path, server={"secret_key": key}))


def test_the_embedded_default_does_not_serve(tmp_path):
    assert "secret_key is missing" in reasons(Config.default(tmp_path))


def test_the_sandbox_does_not_stand_beside_a_real_platform(tmp_path):
    on = {"enabled": True}
    require_safe(configuration(tmp_path, sandbox=on))
    local = {"app_id": "wx", "api_base_url": "http://127.0.0.1:9"}
    require_safe(configuration(tmp_path, sandbox=on, wechat_official=local))
    assert "[wechat.official]" in reasons(
        configuration(tmp_path, sandbox=on, wechat_official={"app_id": "wx"})
    )
    assert "[wechat.work]" in reasons(configuration(tmp_path, sandbox=on, wechat_work={"corp_id": "ww"}))


def test_debug_is_for_this_machine(tmp_path):
    require_safe(configuration(tmp_path, server={"debug": True}))
    assert "debug" in reasons(configuration(tmp_path, server=REAL | {"debug": True}))


def test_a_real_service_keeps_its_secrets_to_itself(tmp_path):
    config = configuration(tmp_path, server=REAL, wechat_official={"app_id": "wx"})
    require_safe(config)
    config.path.chmod(0o644)
    assert "readable by everybody" in reasons(config)
