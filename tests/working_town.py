"""The demo's town behind a real browser: who works there logs in with number, password and telephone, and
whoever looks on counts the acts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pyotp
import pytest
from argon2 import PasswordHasher
from browsed import served
from browsers import started
from console_door import GOOD
from every_page import furnished
from playwright.sync_api import Browser, BrowserContext, Page
from settings_files import configuration
from sqlalchemy import select

from handlers.words import use_base_url
from models.account import accounts, hashing, rules, second
from models.base.orm import session
from models.person.tables import Staff
from server.app import create_app
from server.database import Database

# Card, Moran and Newell, The Keystroke-Level Model (1980): an average typist's key, a finger to a place on
# the page and down, and the thought before it. A Chinese character takes three keys.
KEY, TAP, THOUGHT, KEYS = 0.28, 1.1 + 0.2, 1.35, 3

T = TypeVar("T")


@dataclass
class Window:
    """One browser window of somebody. `acts` are the taps and the fields that were filled in since it was set
    to nothing, `seconds` what they take a person."""

    context: BrowserContext
    base: str
    page: Page
    acts: int = 0
    seconds: float = 0.0
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> str:
        self.page.goto(self.base + path)
        return self.text

    @property
    def text(self) -> str:
        return self.page.inner_text("main")

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.base)

    def tap(self, name: str, *, within: str = "main", role: str = "button") -> str:
        """A button, a link or a heading that opens, by the words on it; gives what stands there then."""
        places = self.page.locator(within)
        if role == "summary":
            places.locator("summary", has_text=name).first.click()
        else:
            places.get_by_role(role, name=name, exact=role == "button").first.click()  # type: ignore[arg-type]
        self._count(TAP + THOUGHT)
        return self.text

    def write(self, label: str, words: str, *, within: str = "main") -> None:
        self.page.locator(within).get_by_label(label).first.fill(words)
        keys = sum(1 if sign.isascii() else KEYS for sign in words)
        self._count(TAP + THOUGHT + keys * KEY)

    def choose(self, label: str, option: str, *, within: str = "main") -> None:
        self.page.locator(within).get_by_label(label).first.select_option(label=option)
        self._count(2 * TAP + THOUGHT)

    def tick(self, label: str, *, within: str = "main") -> None:
        self.page.locator(within).get_by_label(label).first.check()
        self._count(TAP)

    def from_now_on(self) -> None:
        self.acts, self.seconds = 0, 0.0

    def _count(self, seconds: float) -> None:
        self.acts += 1
        self.seconds += seconds


@dataclass
class Town:
    base: str
    database: Database
    browser: Browser
    people: dict[str, int]  # person by number of the staff
    telephones: dict[str, pyotp.TOTP]
    windows: list[Window] = field(default_factory=list)

    def window(self, width: int = 1200) -> Window:
        height = 800 if width < 600 else 900
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", has_touch=width < 600
        )
        context.set_default_timeout(8_000)
        made = Window(context, self.base, context.new_page())
        made.page.on("pageerror", lambda trouble: made.complaints.append(str(trouble)))
        made.page.on("console", lambda said: made.complaints.append(said.text) if _is_trouble(said) else None)
        self.windows.append(made)
        return made

    def logged_in(self, number: str, width: int = 1200) -> Window:
        """Through the door as a person comes: number and password, then the code of the telephone."""
        self.write(lambda: _half_a_minute_later(self.people[number]))
        window = self.window(width)
        window.open("/console")
        assert window.path.startswith("/console/login")
        window.write("工号", number)
        window.write("密码", GOOD)
        window.tap("下一步")
        window.write("六位数", self.telephones[number].now())
        window.tap("登录")
        assert window.path == "/console"
        return window

    def read(self, work: Callable[[], T]) -> T:
        with self.database.read():
            return work()

    def write(self, work: Callable[[], T]) -> T:
        return self.database.write(work)


def _is_trouble(said: object) -> bool:
    """What a page may answer on purpose, a 404 and the like, is no trouble of the page."""
    return getattr(said, "type", "") == "error" and "Failed to load resource" not in getattr(said, "text", "")


@contextmanager
def working_town(
    template: Path, folder: Path, numbers: tuple[str, ...], prepare: Callable[[], None]
) -> Iterator[Town]:
    """`numbers`: the staff that have a password and a telephone. `prepare` runs before anybody logs in,
    because a new post ends a session."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hashing, "hasher", PasswordHasher(1, 8, 1))
        hashing._nobodys.cache_clear()
        database = Database(f"sqlite:///{furnished(template, folder)}")
        database.write(prepare)
        config = configuration(folder, str(database.url), audit={"people_alone": 3})
        with served(create_app(config, database)) as base, started() as browser:
            use_base_url(base)
            telephones = {number: database.write(_let_in, number) for number in numbers}
            known = database.write(_people)
            yield Town(base, database, browser, known, telephones)
        database.close()


def _people() -> dict[str, int]:
    return {one.number: one.person_id for one in session().scalars(select(Staff))}


def _half_a_minute_later(person: int) -> None:
    """The code that was taken last is old, so the telephone shows another one."""
    accounts.held(person).totp_step = 0


def _let_in(number: str) -> pyotp.TOTP:
    person = _people()[number]
    accounts.set_password(person, hashing.hash_of(GOOD), rules.ASVS)
    account = accounts.held(person)
    secret = second.offer(account)
    telephone = pyotp.TOTP(secret)
    assert second.confirm(account, telephone.now())
    return telephone
