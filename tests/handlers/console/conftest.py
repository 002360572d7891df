"""The console's door over a small town, with browsers that have nothing yet."""

from collections.abc import Callable
from pathlib import Path

import pyotp
import pytest
from argon2 import PasswordHasher
from cast import Cast
from console_door import GOOD, WORK, Visitor
from factories import a_town
from settings_files import configuration, plain_url

from handlers.words import use_base_url
from models.account import accounts, hashing, rules, second
from server.app import create_app
from server.config import Config
from server.database import Database
from server.entering import Ways


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "hasher", PasswordHasher(1, 8, 1))
    hashing._nobodys.cache_clear()


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What the platform says of codes: code → userid. Whatever is not in it is refused."""
    from models.base.refusals import NotAllowed

    known: dict[str, str] = {}

    def who(_self: Ways, _way: str, code: str) -> str:
        if code not in known:
            raise NotAllowed("login_platform")
        return known.pop(code)

    monkeypatch.setattr(Ways, "who", who)
    return known


@pytest.fixture
def config(db: Database, tmp_path: Path) -> Config:
    made = configuration(
        tmp_path, plain_url(db), server={"base_url": "http://localhost"}, wechat_work=WORK,
        wechat_official={"app_id": "wx1", "app_secret": "s", "token": "t"},
    )  # fmt: skip
    use_base_url(made.server.base_url)
    return made


@pytest.fixture
def browser(db: Database, config: Config, town: Cast) -> Callable[[], Visitor]:
    """A new one each time."""
    app = create_app(config, db)
    return lambda: Visitor(app.test_client())


@pytest.fixture
def town(db: Database) -> Cast:
    return db.write(a_town)


@pytest.fixture
def telephone(db: Database, town: Cast) -> pyotp.TOTP:
    """赵主任 has a password and this second factor."""

    def work() -> str:
        accounts.set_password(town.zhao.id, hashing.hash_of(GOOD), rules.ASVS)
        account = accounts.held(town.zhao.id)
        secret = second.offer(account)
        assert second.confirm(account, pyotp.TOTP(secret).now())
        account.totp_step = 0
        return secret

    return pyotp.TOTP(db.write(work))
