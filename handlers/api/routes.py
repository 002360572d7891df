"""What a route of the API says of itself."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Literal

from handlers.api.limits import LOOKS, TAPS
from models.account.guessing import Limit

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


class Need(StrEnum):
    """Who may come. Whose thing it is, is the act's to find out."""

    ANYBODY = "anybody"
    LOGIN = "login"  # a token, also of somebody who has not accepted the first notice
    PERSON = "person"  # and has accepted it: else 403 consent_needed
    PHONE = "phone"  # and has proved a telephone: else 403 phone_needed
    HOME = "home"  # and lives somewhere beyond doubt: else 403 home_needed
    STAFF = "staff"  # has a post: for everybody else it is not there


class Runs(StrEnum):
    """Within what an act runs."""

    READ = "read"
    WRITE = "write"
    ALONE = "alone"  # opens transactions itself, because a platform is asked in between


@dataclass(frozen=True, slots=True)
class Route:
    """`takes`: the type of the body, for GET of the query. `once`: takes an Idempotency-Key, under which a
    copy gets the first one's answer. `raw`: the body is bytes, so many at most. `gives` None: a file, of
    `media`."""

    method: Method
    rule: str
    need: Need
    act: Callable[[Any, Any], Any]
    takes: Any = None
    gives: Any = None
    limit: Limit | None = None
    status: int = 200
    once: bool = False
    runs: Runs | None = None
    raw: int = 0
    media: str = "image/jpeg"
    is_twin: bool = False

    @property
    def name(self) -> str:
        """Unique: area and act, as "cases.shown"."""
        own = f"{self.act.__module__.rpartition('.')[2]}.{self.act.__name__}"
        return f"{own}.put" if self.is_twin else own

    @property
    def within(self) -> Runs:
        return self.runs or (Runs.READ if self.method == "GET" else Runs.WRITE)

    @property
    def counted(self) -> Limit:
        return self.limit or (LOOKS if self.method == "GET" else TAPS)

    @property
    def summary(self) -> str:
        return (self.act.__doc__ or "").strip().partition("\n")[0]

    @property
    def key(self) -> str:
        """As docs and examples write it: "POST /cases/{id}/nod"."""
        return f"{'PATCH' if self.is_twin else self.method} {self.path}"

    @property
    def path(self) -> str:
        return self.rule.replace("<", "{").replace(">", "}")

    @property
    def names(self) -> list[str]:
        """The parts of the path that vary."""
        return [part[1:-1] for part in self.rule.split("/") if part.startswith("<")]


def also_put(route: Route) -> tuple[Route, Route]:
    """A PATCH, and the same by PUT: wx.request of the mini-program knows no PATCH (its page "RequestTask
    wx.request", object.method)."""
    return route, replace(route, method="PUT", is_twin=True)
