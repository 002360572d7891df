"""What a password must be. One setting chooses whose rules hold; pure.

asvs  OWASP ASVS 5.0, 6.2: long enough, no rules of composition, nothing that was stolen elsewhere; no age.
mlps  GB/T 22239-2019 (等保 2.0, level three, 8.1.4.1): complexity and change at intervals; read as usual as
      eight characters, three kinds of them, 90 days, none of the last five. What was stolen elsewhere is
      refused too.
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.machinery import SourceFileLoader
from importlib.util import find_spec, module_from_spec, spec_from_loader
from pathlib import Path

from models.base.clock import now
from models.base.refusals import Invalid

MOST = 128  # a page of text is no password, and its hash costs as much


@dataclass(frozen=True, slots=True)
class Rules:
    """Of one name; lengths in characters."""

    name: str
    least: int
    least_with_second: int
    kinds: int  # of lower case, upper case, digits, everything else
    lasts: timedelta | None
    remembered: int  # so many of the last ones do not come again

    def check(self, password: str, *, with_second: bool, about: tuple[str, ...] = ()) -> None:
        """Raises Invalid: password_short, password_long, password_kinds, password_own, password_known.
        `about`: what anybody knows of the person, such as name and number."""
        length = len(unicodedata.normalize("NFC", password))
        least = self.least_with_second if with_second else self.least
        if length < least:
            raise Invalid("password_short", least=least)
        if length > MOST:
            raise Invalid("password_long", most=MOST)
        if _kinds(password) < self.kinds:
            raise Invalid("password_kinds", kinds=self.kinds)
        if any(len(one) > 2 and one.casefold() in password.casefold() for one in about):
            raise Invalid("password_own")
        if is_known(password):
            raise Invalid("password_known")

    def is_over(self, since: datetime | None) -> bool:
        """Whether a password of this age must be changed."""
        return self.lasts is not None and (since is None or now() - since > self.lasts)


ASVS = Rules("asvs", least=12, least_with_second=8, kinds=1, lasts=None, remembered=0)
MLPS = Rules("mlps", least=8, least_with_second=8, kinds=3, lasts=timedelta(days=90), remembered=5)
BY_NAME = {one.name: one for one in (ASVS, MLPS)}


def is_known(password: str) -> bool:
    """Whether it stands on the list of what was stolen elsewhere, or is such a word with a number or a sign
    before or behind it, or one short piece again and again, or a run of the keyboard."""
    word = password.casefold()
    core = word.strip("0123456789!@#$%^&*()-_=+.,?~ ")
    if word in _stolen() or (core != word and len(word) - len(core) <= 8 and core in _stolen()):
        return True
    return _repeats(word) or _runs(word)


_ROWS = ("0123456789012345", "9876543210987654", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm",
         "1qaz2wsx3edc4rfv5tgb6yhn7ujm")  # fmt: skip


def _repeats(word: str) -> bool:
    """One piece again and again, and nothing else."""
    return any(word == (word[:size] * len(word))[: len(word)] for size in range(1, len(word) // 2 + 1))


def _runs(word: str) -> bool:
    """Made of at most two runs along a row, of three keys at least each."""
    for cut in range(len(word) + 1):
        parts = [part for part in (word[:cut], word[cut:]) if part]
        if all(len(part) > 2 and any(part in row for row in _ROWS) for part in parts):
            return True
    return False


def _kinds(password: str) -> int:
    found = {
        "lower" if c.islower() else "upper" if c.isupper() else "digit" if c.isdecimal() else "else"
        for c in password
    }
    return len(found)


@cache
def _stolen() -> frozenset[str]:
    """The 30 000 passwords most often found in breaches, of the library zxcvbn. Only this list is read: the
    library itself would keep 25 MiB in each process."""
    package = find_spec("zxcvbn")
    assert package is not None
    assert package.submodule_search_locations
    file = Path(package.submodule_search_locations[0]) / "frequency_lists.py"
    spec = spec_from_loader("stolen_passwords", SourceFileLoader("stolen_passwords", str(file)))
    assert spec is not None
    assert spec.loader is not None
    lists = module_from_spec(spec)
    spec.loader.exec_module(lists)
    return frozenset(lists.FREQUENCY_LISTS["passwords"])
