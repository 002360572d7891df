"""The patterns by which numbers are read as building, unit, floor and room; made from lexicon/place.toml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from models.base.resources import table
from models.understanding import numerals
from models.understanding.patterns import any_of, not_after

#: What stands where something was read already.
READ = ";"


@dataclass(frozen=True, slots=True)
class Marks:
    """Every pattern is linear in the length of the sentence."""

    worth_a_look: re.Pattern[str]
    triple: re.Pattern[str]  # 3-2-501: building, unit, perhaps a floor, room
    double: re.Pattern[str]  # 9-2, 7-702
    building: re.Pattern[str]
    building_behind_estate: re.Pattern[str]
    building_with_room: re.Pattern[str]  # 8座1203
    unit: re.Pattern[str]
    unit_behind: re.Pattern[str]  # 3栋二门, 3栋A座
    unit_room: re.Pattern[str]
    floor: re.Pattern[str]
    room_behind: re.Pattern[str]  # directly behind something read
    marked_room: re.Pattern[str]
    spoken_room: re.Pattern[str]
    bare_room: re.Pattern[str]
    not_a_room: frozenset[str]
    around: str  # what may stand between two marks


@cache
def marks() -> Marks:
    """Compiled once per process."""
    data = table("lexicon/place.toml")
    words: dict[str, list[str]] = data["marks"]
    beside: dict[str, list[str]] = data["neighbours"]
    chinese, spoken = numerals.signs(), numerals.digits()
    zeroes = "".join(sign for sign, value in data["numerals"].items() if value == 0)
    ten = next(sign for sign, value in data["tens"].items() if value == 10)
    link = words["linking"]
    count = rf"(?:\d{{1,3}}|[{chinese}]{{1,5}})"
    few = rf"(?:\d{{1,2}}|[{chinese}]{{1,3}})"
    block = rf"[A-Za-z]?\d{{1,3}}|[{chinese}]{{1,3}}"
    begin = rf"(?<![\dA-Za-z.{chinese}])"
    unit, building, floor = any_of(words["unit"]), any_of(words["building"]), any_of(words["floor"])
    pair = rf"(?:\s*{any_of(words['pair'])}\s*{count}){{0,3}}"
    dash = r"\s?[-/.·~_]\s?"
    uncounted = not_after(beside["not_before_building"])
    uncounted = rf"(?:{uncounted}|(?<={any_of(beside['yet_before_building'])}))"
    storey, layer = re.escape(words["floor"][0]), re.escape(words["floor"][1])
    high = rf"(?<!{storey}){storey}"  # 六层楼, but 一楼楼道
    no_room = rf"(?!{any_of(beside['not_after_room'])})"
    no_room = rf"(?:(?={any_of(beside['yet_a_room'])})|{no_room})"
    clean_end = r"(?![\d%A-Za-z*:.])"
    short_unit = rf"(?!{any_of(beside['not_a_short_unit'])}){any_of(words['unit_behind_building'])}"
    short_unit += rf"(?!{few}{words['home']})"
    digits3 = rf"(?=\s?(?:\d{{3}}|[{spoken}]{{3}}|{few}{words['number']}))"
    teen = rf"[{spoken}]?{ten}[{spoken}]?[{zeroes}][{spoken}]"  # 十一零二
    numbered = rf"(?P<number>[A-Za-z]?\d{{1,3}}|[{chinese}]{{1,5}})"
    more = rf"{count}\s?{unit}|{few}\s?{short_unit}{digits3}"
    return Marks(
        worth_a_look=re.compile(rf"[\dA-Za-z{chinese}]"),
        triple=re.compile(
            rf"(?<![\d.-])(?P<building>{block})(?:{dash}(?P<unit>{few})(?:{dash}\d{{1,2}})?{dash}"
            rf"(?P<room>\d{{3,4}}|[{spoken}]{{3,4}})|\s(?P<unit2>\d{{1,2}})\s(?P<room2>\d{{3,4}}))(?!\d)"
        ),
        double=re.compile(
            rf"(?<![\d.\-])({block})\s?-\s?(\d{{1,4}}|[{spoken}]{{1,4}})"
            rf"(?![\d\-%]|{floor}|{building}|\s?{any_of(beside['not_after_room'])})"
        ),
        building=re.compile(
            rf"(?:{begin}{uncounted}{numbered}"
            rf"(?:{pair}\s?{building}(?!{any_of(beside['not_after_building'])}|(?<=#){any_of(beside['not_after_hash'])})"
            rf"|\s?(?:{any_of(words['building_before_unit'])}|\s)\s?(?={more})))"
            rf"|(?<![A-Za-z\d])(?P<letter>[A-Za-z]\d{{0,2}})\s?{any_of(words['lettered_building'])}"
            rf"|{any_of(words['before_building'])}\s?(?P<hash>\d{{1,3}})(?!\d)(?:{building}|{storey})?"
            rf"|{any_of(words['nth'])}(?P<nth>\d{{1,3}})\s?{building}(?=\s?\d{{3,4}}|\s?{few}\s?{unit})"
            rf"|\d{{1,4}}{any_of(words['lane'])}\s?(?P<lane>\d{{1,3}})\s?(?:{building}|{words['number']})"
        ),
        building_behind_estate=re.compile(
            rf"[\s,{link}]?(?:(?:[A-Za-z]|{few}){any_of(words['part'])})?[\s,{link}]?({block})\s?"
            rf"{any_of(words['building_with_more'])}(?!\s?{any_of(beside['not_after_building_number'])})"
        ),
        building_with_room=re.compile(
            rf"{begin}(\d{{1,3}}|[{chinese}]{{1,3}})\s?{any_of(words['building_with_more'][:1])}"
            rf"(?=\s?(?:\d{{3,4}}|[{spoken}]{{3,4}}|{few}{floor}|[A-Za-z]{any_of(words['lettered_unit'])}))"
        ),
        unit=re.compile(rf"{begin}({count}|[A-Za-z]){pair}\s?(?:{unit}|{short_unit}{digits3})"),
        unit_behind=re.compile(
            rf"[\s,{link}-]?(?:({few})\s?{short_unit}|([A-Za-z]){any_of(words['lettered_unit'])})"
        ),
        unit_room=re.compile(rf"\s?-?\s?({few})\s?-\s?(?:\d{{1,2}}-)?(\d{{3,4}}|[{spoken}]{{3,4}})(?!\d)"),
        floor=re.compile(
            rf"{begin}{not_after(beside['not_before_floor'])}({count}){pair}\s?{floor}(?!(?<=[Ff])[A-Za-z])"
            rf"(?!(?<={layer}){any_of(beside['not_after_layer'])})(?!{any_of(beside['not_after_floor'])}|{high}(?!{any_of(beside['after_floor_of_stairs'])}))"
        ),
        room_behind=re.compile(
            rf"(?<={READ})[\s,{link}-]{{0,2}}(?:(\d{{1,2}}[A-H]|(?<=-)\d{{3,4}})|({teen}|[{spoken}]{{3,4}}))"
            rf"(?![{chinese}A-Za-z\d]){no_room}"
        ),
        marked_room=re.compile(
            rf"(?<![\dA-Za-z.])(\d{{3,4}}|{teen}|[{spoken}]{{3,4}})\s?{any_of(words['room'])}"
        ),
        spoken_room=re.compile(
            rf"(?<![{chinese}\d])((?=[{spoken}]*[{zeroes}])[{spoken}]{{3,4}}|{teen})(?![{chinese}]){no_room}"
        ),
        bare_room=re.compile(
            rf"{not_after(beside['not_before_room'])}(?<![\dA-Za-z.:])(\d{{3,4}}){clean_end}{no_room}"
        ),
        not_a_room=frozenset(beside["not_a_room"]),
        around=f" ,{link}-",
    )
