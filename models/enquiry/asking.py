"""What exactly is asked, by the word lists of templates/lexicon: pure, and only for who is known to ask."""

import re
from functools import cache, lru_cache

from models.base.resources import table
from models.understanding.normal import normal as _normal
from models.understanding.patterns import any_of
from models.understanding.terms import Lexicon

_ASKING = "lexicon/asking.toml"
# WeChat's own faces arrive as words: [微笑][强] or /::)
_EMOTICONS = re.compile(r"(?:\[[^\[\]]{1,8}\]|/:[^\s\u3400-\u9fff]{1,8})+")

#: One message is asked about many times over.
normal = lru_cache(maxsize=16)(_normal)


def asks_tariff(text: str) -> bool:
    """What the property fee costs, and nothing else about it."""
    return _says(text, "tariff", "asks") and not _says(text, "tariff", "except")


def asks_how_much(text: str) -> bool:
    """A sum, of whatever was spoken of last."""
    return _says(text, "sum", "asks")


def own_money_asked(text: str) -> str | None:
    """What of the writer's own money is asked for: spent, receipt, bill or pay. None for anything else."""
    topic = _first(_lists("own_money"), text)
    return None if topic == "others" else topic


def open_books_asked(text: str) -> bool:
    """What the estate's money was spent on, as everybody may read it."""
    return _says(text, "open_books", "asks")


def area_said(text: str) -> int | None:
    """An area in the words, in 0.01 m²: 59.8平 is 5980."""
    units = any_of(table(_ASKING)["area"])
    found = re.search(rf"(?<![\d.])(\d{{2,3}})(?:\.(\d{{1,2}}))?\s?{units}", normal(text))
    return None if found is None else int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))


def asks_again(text: str) -> bool:
    """The last answer did not help."""
    return _says(text, "person", "again")


def wants_person(text: str) -> bool:
    """A human being, whoever it is."""
    return _says(text, "person", "wants")


def asks_instead(text: str) -> str | None:
    """What stands behind 我是问: the report was a question. "" when nothing stands there, None for others."""
    return _behind(text, "asks")


def reports_instead(text: str) -> str | None:
    """The question was a report; as `asks_instead`."""
    return _behind(text, "reports")


def role_asked(text: str) -> str | None:
    """grid_worker, keeper, property, community, or building for whoever answers for it. None for nobody or
    for somebody who is no post of ours."""
    role = _first(_lists("roles"), text)
    return None if role == "others" else role


def topic_asked(text: str) -> str | None:
    """The category that a question to a department is about."""
    return _first(_lists("topics"), text)


def relayed(text: str) -> str | None:
    """The words behind 带话, "" when there are none, None when it is no relay."""
    lists = table(_ASKING)["relay"]
    text = text.strip()
    begin = next((one for one in lists["begins"] if text.startswith(one)), None)
    if begin is None:
        return None
    rest = text[len(begin) :]
    while trimmed := next((one for one in lists["around"] if rest.startswith(one)), ""):
        rest = rest[len(trimmed) :]
    return rest


def station_kinds(text: str) -> frozenset[str]:
    """What somebody looks for at a station, empty when only for one."""
    found = _stations().find(normal(text))
    return frozenset(one.label for one in found)


def talk_of(text: str) -> str | None:
    """Which kind of small talk: a name of lexicon/talk.toml, "sign" for stickers, None for anything else."""
    kind = _first(_talk(), text)
    if kind is None and (_EMOTICONS.fullmatch(text.strip()) or not any(map(str.isalnum, text))):
        return "sign"
    return kind


def _says(text: str, part: str, name: str) -> bool:
    return any(one.label == name for one in _lists(part).find(normal(text)))


def _first(lists: Lexicon, text: str) -> str | None:
    scores = lists.scores(normal(text))
    return next((label for label, score in zip(lists.labels, scores, strict=True) if score), None)


def _behind(text: str, name: str) -> str | None:
    plain = normal(text)
    found = [one for one in _lists("instead").find(plain) if one.label == name]
    return plain[found[-1].end :].strip("".join(table(_ASKING)["instead_around"])) if found else None


@cache
def _lists(part: str) -> Lexicon:
    return Lexicon.plain(table(_ASKING)[part])


@cache
def _talk() -> Lexicon:
    return Lexicon.plain(table("lexicon/talk.toml"))


@cache
def _stations() -> Lexicon:
    return Lexicon.plain({code: one["asks"] for code, one in table("labels/stations.toml").items()})
