"""Every route says who may come in."""

import pytest
from flask import Blueprint, Flask
from settings_files import configuration, plain_url

from handlers import guards
from server.app import create_app


def app_with(blueprint: Blueprint) -> Flask:
    app = Flask("test", static_folder=None)
    app.register_blueprint(blueprint)
    return app


def test_every_route_of_the_service_has_a_guard(db, tmp_path):
    local = {"api_base_url": "http://127.0.0.1:9"}
    config = configuration(
        tmp_path,
        plain_url(db),
        sandbox={"enabled": True},
        wechat_official={"app_id": "wx", "token": "t"} | local,
        wechat_mini={"app_id": "wxm", "token": "t"} | local,
        wechat_work={"corp_id": "ww", "token": "t", "encoding_aes_key": "a" * 43} | local,
    )
    app = create_app(config, db)
    known = {rule.rule: guards.guard_of(app, rule.endpoint) for rule in app.url_map.iter_rules()}
    assert None not in known.values()
    assert known["/metrics"] == "operator"
    assert known["/wechat/official"] == known["/wechat/mini"] == known["/wechat/work"] == "platform"
    assert known["/sandbox/"] == "sandbox"


def test_a_route_without_a_guard_is_named():
    made = Blueprint("bare", __name__)
    made.add_url_rule("/open-to-all", "view", lambda: "")
    with pytest.raises(guards.Unguarded, match=r"/open-to-all \(bare\.view\)"):
        guards.require_all(app_with(made))


def test_a_mark_on_a_view_goes_before_the_one_on_its_blueprint():
    made = guards.guard_all(Blueprint("mixed", __name__), "personal_link")
    made.add_url_rule("/a", "a", guards.guarded("public")(lambda: ""))
    made.add_url_rule("/b", "b", lambda: "")
    app = app_with(made)
    assert guards.guard_of(app, "mixed.a") == "public"
    assert guards.guard_of(app, "mixed.b") == "personal_link"


def test_a_guard_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="no guard"):
        guards.guarded("anybody")
