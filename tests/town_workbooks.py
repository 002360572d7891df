"""Workbooks for tests: a small honest one to change, and files that mean harm."""

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

from models.town import parse, take, xlsx
from models.town.workbook import Workbook
from server.database import Database

Sheets = dict[str, list[list[Any]]]


def small_town() -> Sheets:
    """One of everything; two communities with an estate of the same name are in `twin_estates`."""
    return {
        "社区": [["社区", "街道", "区县"], ["育才社区", "和美街道", "和美区"]],
        "网格": [
            ["网格", "社区", "类型", "网格总长", "一级网格长", "网格长", "网格员"],
            ["第一网格", "育才社区", "居民网格", "", "", "G2", "G1"],
        ],
        "小区": [
            ["小区", "别名", "社区", "管理模式", "物业单价", "经度", "纬度"],
            ["育英小区", "育英、老育英", "育才社区", "社区领办", 0.3, 126.97, 46.64],
        ],
        "楼栋": [
            ["小区", "楼号", "单元数", "层数", "网格", "包保单位", "包保干部"],
            ["育英小区", 3, 2, 6, "第一网格", "区住建局", "K1"],
            ["育英小区", 4, 2, 6, "第一网格", "", ""],
            ["育英小区", 5, "", "", "", "", ""],
        ],
        "住户": [
            ["小区", "楼号", "单元", "室号", "建筑面积", "业主", "手机"],
            ["育英小区", 3, 2, 501, 63.5, "张三", "13900000001"],
            ["育英小区", 5, "", 101, "", "", ""],
        ],
        "工作人员": [
            ["工号", "姓名", "手机", "角色", "单位", "社区", "企业微信"],
            ["K1", "李卫东", "13800000001", "包保干部", "区住建局", "", "liweidong"],
            ["G1", "王敏", "13800000002", "网格员", "育才社区", "育才社区", "wangmin"],
            ["G2", "陈刚", "13800000003", "网格长", "育才社区", "育才社区", ""],
            ["C1", "林红", "13800000004", "社区", "育才社区", "育才社区", "linhong"],
            ["D1", "何军", "", "部门", "维修所", "", ""],
        ],
        "部门": [["部门", "受理类别", "联系人", "值班电话"], ["维修所", "lighting、road", "D1", "0455-1"]],
        "群": [
            ["群名", "小区", "楼号", "渠道", "标识", "群主"],
            ["3号楼群", "育英小区", 3, "企业微信客户群", "wr1", "K1"],
            ["居民群", "育英小区", "", "人工", "", "C1"],
        ],
    }


def as_workbook(sheets: Sheets) -> Workbook:
    return Workbook(list(sheets.items()))


def bring_in(db: Database, sheets: Sheets, **options: Any) -> dict[str, dict[str, int]]:
    """Imports and gives the counts by sheet code."""
    return db.write(take, parse(as_workbook(sheets)), **options).as_dict()


def as_file(sheets: Sheets, path: Path) -> Path:
    xlsx.write(as_workbook(sheets), path)
    return path


PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Target="xl/workbook.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/>'
    "</Relationships>",
    "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
    '<sheet name="社区" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": "<Relationships "
    'xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Target="worksheets/sheet1.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/></Relationships>',
}
HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = "</sheetData></worksheet>"


def sheet_of(rows: Iterable[str]) -> str:
    return HEAD + "".join(rows) + TAIL


def zipped(sheet: str | bytes, **more: str | bytes) -> bytes:
    """A workbook of one sheet, written part by part; `more` adds parts (path → content)."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in PARTS.items():
            file.writestr(name, content)
        file.writestr("xl/worksheets/sheet1.xml", sheet)
        for name, content in more.items():
            file.writestr(name, content)
    return out.getvalue()


def _text_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def _heading() -> str:
    return f'<row r="1">{_text_cell("A1", "社区")}</row>'


def zip_bomb() -> bytes:
    """A few hundred KiB that become 98 MiB of rows."""
    row = "<row><c><v>1</v></c></row>"
    return zipped(HEAD + row * (98 * 2**20 // len(row)) + TAIL)


def patient_bomb() -> bytes:
    """As large, but packed just badly enough to look ordinary."""
    noise = zlib.crc32
    rows = (
        f'<row r="{n}"><c r="A{n}"><v>{noise(str(n).encode())}</v></c>'
        f'<c r="B{n}"><v>{noise(str(-n).encode())}</v></c></row>'
        for n in range(1, 400_000)
    )
    return zipped(HEAD + "".join(rows) + TAIL)


def lying_size() -> bytes:
    """Says 100 bytes, is 50 MiB."""
    return _with_size(zipped(HEAD + " " * (50 << 20) + TAIL), 100)


def modest_lie() -> bytes:
    """Says a little less than it is."""
    sheet = sheet_of([_heading()])
    return _with_size(zipped(sheet), len(sheet.encode()) - 1)


def _with_size(data: bytes, size: int) -> bytes:
    at = data.rfind(b"PK\x01\x02")
    return data[: at + 24] + struct.pack("<L", size) + data[at + 28 :]


def million_members() -> bytes:
    """A directory of 10⁶ entries that all mean one empty part."""
    name = b"x"
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 0, 0, 0, 0, 0, 0, len(name), 0) + name
    entry = (
        struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, len(name), 0, 0, 0, 0, 0, 0)
        + name
    )
    directory = entry * 1_000_000
    end64 = struct.pack(
        "<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 10**6, 10**6, len(directory), len(local)
    )
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(local) + len(directory), 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, len(directory), len(local), 0)
    return local + directory + end64 + locator + end


def short_count() -> bytes:
    """The same directory, whose end says that it has three entries."""
    data = million_members()
    at = data.rfind(b"PK\x06\x06")
    local = 31
    return data[:at] + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 3, 3, at - local, local, 0)


def two_directories() -> bytes:
    """The short end says a few parts, the long one many: which would the parser believe?"""
    data = bytearray(long_form(zipped(sheet_of([_heading()]))))
    at = data.rfind(b"PK\x06\x06")
    struct.pack_into("<QQ", data, at + 24, 10**6, 10**6)
    return bytes(data)


def overlapping() -> bytes:
    """Many names for one packed part: each is counted."""
    data = bytearray(zipped(sheet_of([_heading()])))
    at = data.rfind(b"PK\x05\x06")
    start = data.rfind(b"PK\x01\x02")
    entry = bytes(data[start:at])
    data[at:at] = entry * 20
    end = data.rfind(b"PK\x05\x06")
    count, size = struct.unpack_from("<HL", data, end + 10)
    struct.pack_into("<HHL", data, end + 8, count + 20, count + 20, size + 20 * len(entry))
    return bytes(data)


def wide() -> bytes:
    """Two cells, 16 384 columns and a million rows apart."""
    return zipped(sheet_of([_heading(), f'<row r="1048576">{_text_cell("XFD1048576", "x")}</row>']))


def wide_in_disguise() -> bytes:
    """The same, written so that a simple look does not see it."""
    cell = "<c  r\n=\t'XFD1048576' t='inlineStr'><is><t>x</t></is></c>"
    return zipped(sheet_of([_heading(), f"<row r = '1048576'>{cell}</row>"]))


def echoing_strings() -> bytes:
    """One long shared text that 400 000 cells repeat."""
    types = PARTS["[Content_Types].xml"]
    rels = PARTS["xl/_rels/workbook.xml.rels"].replace(
        "</Relationships>",
        '<Relationship Id="r2" Target="sharedStrings.xml" Type="http://schemas.openxmlformats.org/'
        'officeDocument/2006/relationships/sharedStrings"/></Relationships>',
    )
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    strings = f'<sst xmlns="{space}"><si><t>{"长" * 30_000}</t></si></sst>'
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 190_000))
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", types)
        file.writestr("_rels/.rels", PARTS["_rels/.rels"])
        file.writestr("xl/workbook.xml", PARTS["xl/workbook.xml"])
        file.writestr("xl/_rels/workbook.xml.rels", rels)
        file.writestr("xl/sharedStrings.xml", strings)
        file.writestr("xl/worksheets/sheet1.xml", HEAD + rows + TAIL)
    return out.getvalue()


def with_dtd() -> bytes:
    entities = '<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return zipped(f'<?xml version="1.0"?>{entities}{sheet_of([_heading()])}')


def with_macros() -> bytes:
    return zipped(sheet_of([_heading()]), **{"xl/vbaProject.bin": b"\xd0\xcf"})


def with_links() -> bytes:
    return zipped(sheet_of([_heading()]), **{"xl/externalLinks/externalLink1.xml": "<externalLink/>"})


def old_xls() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2048)


def encrypted() -> bytes:
    return old_xls() + "EncryptedPackage".encode("utf-16-le") + bytes(512)


def truncated() -> bytes:
    data = zipped(sheet_of([_heading()]))
    return data[: len(data) // 2]


def flipped() -> bytes:
    data = bytearray(zipped(sheet_of([_heading()] * 50)))
    data[data.find(b"xl/worksheets/sheet1.xml") + 60] ^= 0xFF
    return bytes(data)


def long_form(data: bytes) -> bytes:
    """The same zip as Java libraries write it: zip64 sizes, and a zip64 end before the end."""
    at = data.rfind(b"PK\x05\x06")
    count, _, offset = struct.unpack_from("<HLL", data, at + 10)
    entries, place = b"", offset
    for _ in range(count):
        named, extra = struct.unpack_from("<HH", data, place + 28)
        packed, real = struct.unpack_from("<LL", data, place + 20)
        head = bytearray(data[place : place + 46])
        struct.pack_into("<LL", head, 20, 0xFFFFFFFF, 0xFFFFFFFF)
        struct.pack_into("<H", head, 30, extra + 20)
        name = data[place + 46 : place + 46 + named]
        entries += bytes(head) + name + struct.pack("<HHQQ", 1, 16, real, packed)
        place += 46 + named + extra
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(entries), offset, 0)
    long_end = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, len(entries), offset)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, offset + len(entries), 1)
    return data[:offset] + entries + long_end + locator + end


#: name → (how it is made, the codes with which it may be refused)
HOSTILE: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "zip bomb": (zip_bomb, {"bomb", "too_big"}),
    "patient bomb": (patient_bomb, {"too_long", "too_big"}),
    "lying size": (lying_size, {"bomb"}),
    "modest lie": (modest_lie, {"bomb"}),
    "million members": (million_members, {"too_many_parts", "too_big"}),
    "million members, three declared": (short_count, {"too_many_parts", "too_big"}),
    "million members beside three": (two_directories, {"too_many_parts", "truncated", "too_big"}),
    "overlapping parts": (overlapping, {"bomb"}),
    "16 384 columns": (wide, {"too_wide"}),
    "16 384 columns in disguise": (wide_in_disguise, {"unreadable"}),
    "echoing strings": (echoing_strings, {"unreadable"}),
    "DTD": (with_dtd, {"doctype"}),
    "macros": (with_macros, {"macros"}),
    "links": (with_links, {"external"}),
    "old xls": (old_xls, {"old_xls"}),
    "encrypted": (encrypted, {"encrypted"}),
    "truncated": (truncated, {"truncated"}),
    "flipped byte": (flipped, {"truncated", "bomb"}),
    "a text": (lambda: "社区\n育才社区".encode(), {"not_xlsx"}),
    "nothing": (lambda: b"", {"not_xlsx"}),
    "another zip": (lambda: _other_zip(), {"not_xlsx"}),
}


def _other_zip() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("readme.txt", "x")
    return out.getvalue()
