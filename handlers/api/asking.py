"""Who asks, and what an act has at hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn, Protocol

from handlers.api.errors import not_there
from handlers.database import Database
from handlers.house import House
from models.base.actor import By
from models.base.signed_ids import number_of
from models.client.tokens import Newcomer, openid_of
from models.media.files import Files
from models.media.parts import Parts
from models.outbox.address import addresses_of
from models.person.arriving import Visitor


class Who(Protocol):
    """Whom the platform knows behind a login code."""

    @property
    def openid(self) -> str: ...
    @property
    def unionid(self) -> str | None: ...


class Platform(Protocol):
    """The mini-program's platform as the API asks it (server/mini_door.py). Each call takes three seconds at
    most; no transaction may be open around it."""

    def is_open(self) -> bool: ...

    def who(self, code: str) -> Who:
        """Raises Refused: login_code, login_refused, login_away."""
        ...

    def phone(self, code: str, openid: str) -> str:
        """The number, 11 digits, that the platform has proved. Raises Refused: phone_code, phone_abroad,
        login_away."""
        ...

    def templates(self) -> Mapping[str, str]:
        """Kind of letter → template of subscription messages."""
        ...


class Begun(Protocol):
    """An order to be paid: its number at the platform, and what the telephone needs for it."""

    @property
    def number(self) -> str: ...
    @property
    def parameters(self) -> dict[str, str]: ...


class Till(Protocol):
    """WeChat Pay as the API asks it (server/cashier.py). `way`: mini or official, by which account's login
    the person came; an order can be paid in that account alone."""

    def is_open(self, way: str = ...) -> bool: ...

    def pay_by(self, way: str, household_id: int, payer_id: int, openid: str, bills: list[int]) -> Begun:
        """An order for these bills; as server/paying.py. No transaction may be open around it."""
        ...


@dataclass(frozen=True, slots=True)
class Office:
    """The house as its API sees it."""

    database: Database
    house: House
    files: Files
    parts: Parts
    platform: Platform
    till: Till
    base_url: str


@dataclass(frozen=True, slots=True)
class Caller:
    """`visitor` is None for nobody, and for a `newcomer` of whom nothing is kept yet."""

    token: str = ""
    visitor: Visitor | None = None
    newcomer: Newcomer | None = None
    has_consented: bool = False
    address: str = ""  # of the network, for limits alone
    way: str = ""  # mini | official: by which account's login
    unseen: int | None = None  # the token, where its use should be noted


@dataclass(frozen=True, slots=True)
class Ask:
    """One request, understood as far as its route's types go."""

    office: Office
    caller: Caller
    args: Mapping[str, str]
    raw: bytes = b""
    offset: int | None = None  # Upload-Offset

    @property
    def visitor(self) -> Visitor:
        """Only where the route needs a person."""
        assert self.caller.visitor is not None
        return self.caller.visitor

    @property
    def me(self) -> int:
        return self.visitor.person_id

    @property
    def by(self) -> By:
        return By.person(self.me)

    @property
    def by_staff(self) -> By:
        return By.staff(self.me)

    @property
    def openid(self) -> str | None:
        """Of the account by which this session came in, which need not be the person's only one; None where
        it is the person's no more, or nobody can say which it is."""
        mine = {one.value for one in addresses_of("person", self.me) if one.channel == self.caller.way}
        said = openid_of(self.caller.token)
        if said is None and len(mine) == 1:
            return mine.pop()
        return said if said in mine else None

    @property
    def id(self) -> str:
        return self.args["id"]

    def number(self, table: str, text: str | None = None) -> int:
        """The row of this table behind an id, by default the path's. Raises NotFound."""
        found = number_of(table, self.id if text is None else text)
        return found if found is not None else missing()


def missing() -> NoReturn:
    raise not_there()
