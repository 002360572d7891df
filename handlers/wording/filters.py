"""What templates may do with a fact: places, times, masks, labels, links."""

import datetime as calendar
import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from jinja2 import Environment, Undefined
from markupsafe import Markup

from handlers.wording.cutting import cut
from models.base.clock import local
from models.base.privacy import masked_name, masked_phone, without_phones
from models.base.resources import table
from models.base.signed_ids import signed_id
from models.fee.period import Period
from models.indicator.figures import Figure

_base_url = ""


def use_base_url(url: str) -> None:
    """Called once when a process starts: what `link` puts before a path."""
    global _base_url
    _base_url = url.rstrip("/")


def place(
    estate: Any = None, building: Any = None, unit: Any = None, floor: Any = None, room: Any = None
) -> str:
    """`育英小区3号楼2单元`; parts that are not known are left out."""
    words = table("labels/places.toml")
    parts = [str(estate)] if _given(estate) else []
    floor = None if _given(room) else floor
    for value, kind in ((building, "building"), (unit, "unit"), (floor, "floor"), (room, "room")):
        if _given(value):
            text = str(value)
            parts.append(text if text[-1] in words.get(f"{kind}_endings", "") else words[kind].format(text))
    return "".join(parts) or str(words["nowhere"])


def parts(text: str) -> Markup:
    """A place for a heading: it breaks before its numbers and not within them."""
    return Markup("<wbr>").join(re.split(r"(?<=[\u4e00-\u9fff])(?=\d)", text))


def _given(value: Any) -> bool:
    return not isinstance(value, Undefined) and value not in (None, "")


def filled(words: Any, facts: Mapping[str, Any]) -> str:
    """`{name}` in a label becomes the fact of that name; what is not known is left out."""
    return str(words).format_map(defaultdict(str, {name: str(value) for name, value in facts.items()}))


def moment(value: Any, form: str = "moment") -> str:
    """A datetime or its ISO text on the wall clock of Shanghai: `11月21日 10:38`."""
    if not _given(value):
        return ""
    at = local(value if isinstance(value, datetime) else datetime.fromisoformat(value))
    return str(table("labels/times.toml")[form]).format(
        year=at.year, month=at.month, day=at.day, hour=at.hour, minute=at.minute
    )


def stamp(value: Any) -> str:
    """With the year, as the keyword type time wants it: `2026年11月21日 10:38`."""
    return moment(value, "stamp")


def day(value: Any) -> str:
    return moment(value, "day")


def date(value: Any) -> str:
    """A day without a clock, or its ISO text: `2026年11月21日`."""
    on = value if isinstance(value, calendar.date) else calendar.date.fromisoformat(str(value))
    return str(table("labels/times.toml")["day"]).format(year=on.year, month=on.month, day=on.day)


def turn(value: Any, seen_from: Any) -> str:
    """A moment within a week as people say it: `20:00`, `明天8:00`, `周一8:30`."""
    words, at, here = table("labels/times.toml"), local(value), local(seen_from)
    ahead = (at.date() - here.date()).days
    day = "" if ahead == 0 else words["tomorrow"] if ahead == 1 else words["weekdays"][at.weekday()]
    return f"{day}{at.hour}:{at.minute:02}"


def distance(metres: Any) -> str:
    """As far as people walk: to ten metres, from a kilometre on to a hundred, from three on in kilometres."""
    words, far = table("labels/times.toml"), int(metres)
    if far < 3000:
        return str(words["metres"]).format(max(10, round(far, -1 if far < 1000 else -2)))
    return str(words["kilometres"]).format(decimal(round(far, -2), 1000))


def decimal(value: Any, by: int) -> str:
    """A whole number of small parts in the large one, `by` parts each: 22752 fen are `227.52`."""
    written = format(Decimal(int(value)) / by, "f")
    return written.rstrip("0").rstrip(".") if "." in written else written


def yuan(fen: Any) -> str:
    """A sum with both decimals: 18000 fen are `180.00`."""
    return format(Decimal(int(fen)) / 100, ".2f")


def area(value: Any) -> str:
    """0.01 m² in m² with both decimals: 5000 are `50.00`."""
    return yuan(value)


def rate(price: Any) -> str:
    """A price of 0.0001 yuan with two decimals, or as many as it has: 3000 is `0.30`, 3125 is `0.3125`."""
    written = decimal(price, 10_000)
    whole, _, parts = written.partition(".")
    return f"{whole}.{parts.ljust(2, '0')}"


def share(parts: Any) -> str:
    """Tenths of a percent: 333 is `33.3%`."""
    return f"{int(parts) // 10}.{int(parts) % 10}%"


def period(label: Any) -> str:
    """A bill's period as people say it: `2026-Q4` is `2026年第4季度`."""
    said = Period.of(str(label))
    first, months = said.first, said.months
    form = "month" if months == 1 else "quarter" if "Q" in said.label else "stretch"
    form = "year" if (first.month, months) == (1, 12) else form
    return str(table("labels/periods.toml")[form]).format(
        year=first.year, month=first.month, quarter=(first.month + 2) // 3, months=months
    )


def quoted(text: Any, most: int) -> str:
    """Somebody's words inside a sentence of ours: one line without phones, and asking nothing by itself."""
    plain = without_phones(str(text)).translate(_ASKING_SIGNS)
    return cut(" ".join(plain.split()), most)


_ASKING_SIGNS = dict.fromkeys(map(ord, "?\uff1f"), " ")


def clock(value: Any) -> str:
    return moment(value, "clock")


def span(minutes: Any) -> str:
    """Whole minutes as people say them: `45分钟`, `2小时5分钟`, `3天4小时`."""
    words = table("labels/times.toml")
    whole = int(minutes)
    if whole < 1:
        return str(words["instant"])
    days, rest = divmod(whole, 1440)
    hours, left = divmod(rest, 60)
    parts = [("days", days), ("hours", hours), ("minutes", 0 if days else left)]
    return "".join(words[unit].format(count) for unit, count in parts if count)


def label(code: Any, name: str) -> str:
    """The words of a code in templates/labels/<name>.toml; the code itself when nobody gave it words."""
    if not _given(code):
        return ""
    entry = table(f"labels/{name}.toml").get(str(code), code)
    return str(entry.get("label", entry.get("name")) if isinstance(entry, Mapping) else entry)


def entry(code: str, name: str, otherwise: str) -> Mapping[str, Any]:
    """What templates/labels/<name>.toml holds of a code, or of another when nobody wrote it down."""
    entries = table(f"labels/{name}.toml")
    found: Mapping[str, Any] = entries.get(code) or entries[otherwise]
    return found


def counted(said: Mapping[str, Any]) -> str:
    """A rate with what it is of: `{"over": 11, "under": 12}` is `11/12 = 91.7%`."""
    return Figure("", said["over"], said["under"], said.get("scale", 1)).written()


def link(path: Any) -> str:
    """The full address of a path of ours; nothing for no path."""
    if not _given(path):
        return ""
    text = str(path)
    return text if "://" in text else f"{_base_url}/{text.lstrip('/')}"


def signed(number: Any, table: str) -> str:
    """The id by which the world knows a row of a table."""
    return signed_id(table, int(number))


def fate(letter: Any) -> str:
    """What became of a letter, in words: its state, and why. Takes a mapping with state, reason, channel."""
    words = table("labels/fates.toml")
    state = str(words["states"].get(letter["state"], letter["state"]))
    why = reason(letter["reason"], letter["channel"])
    return f"{state}：{why}" if why else state


def reason(code: Any, channel: Any = None) -> str:
    """The words of a letter's reason: our own code or the platform's number, what it said itself left out."""
    if not _given(code):
        return ""
    first, _, rest = str(code).partition(" ")
    known = table("labels/fates.toml")["reasons"].get(first)
    if first == "late" and rest:
        return f"{known}（{rest}）"
    if known:
        return str(known)
    errors = table("platforms/errors.toml")
    platform = "official" if channel in ("official", "mini") else "work"
    entry = errors[platform].get(first) or {}
    return str(entry.get("words", code))


def install(environment: Environment) -> None:
    environment.globals["place"] = place
    environment.filters.update(
        parts=parts,
        moment=moment,
        stamp=stamp,
        day=day,
        date=date,
        turn=turn,
        decimal=decimal,
        yuan=yuan,
        area=area,
        rate=rate,
        share=share,
        period=period,
        distance=distance,
        clock=clock,
        span=span,
        label=label,
        entry=entry,
        filled=filled,
        counted=counted,
        link=link,
        signed=signed,
        cut=cut,
        quoted=quoted,
        fate=fate,
        reason=reason,
        masked_name=masked_name,
        masked_phone=masked_phone,
        without_phones=without_phones,
    )
