"""An attachment is what its bytes say, whole, and does nothing by itself; what can be read of it is read."""

import io
import random
import time
import zipfile
import zlib
from contextlib import suppress

import pytest
from documents import SLIDES, office, pdf, sheet, zipped
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import noise, photo

from models.base.private_words import private_in
from models.base.refusals import Invalid
from models.media.documents import MOST_BYTES, looked_into
from models.media.files import SUFFIXES


def refused(data: bytes) -> str:
    with pytest.raises(Invalid) as refusal:
        looked_into(data)
    return refusal.value.code


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (pdf(), "pdf"),
        (office("停水"), "wordprocessingml.document"),
        (office("停水", main=SLIDES), "presentationml.presentation"),
        (sheet(), "spreadsheetml.sheet"),
    ],
)
def test_it_is_known_by_its_content(data: bytes, kind: str) -> None:
    assert looked_into(data).content_type.endswith(kind)


def test_the_text_of_office_files_is_read_line_by_line_and_cell_by_cell() -> None:
    read = looked_into(office("周二停水", "请提前存水"))
    assert (read.text, read.is_read) == ("周二停水\n请提前存水\n", True)
    assert looked_into(sheet(["楼栋", "户数"], ["3号楼", 41])).text == "楼栋|户数|\n3号楼|41|\n"


def test_of_a_pdf_nothing_is_read_and_that_is_said() -> None:
    assert (looked_into(pdf()).text, looked_into(pdf()).is_read) == ("", False)


@pytest.mark.parametrize(
    "data",
    [
        sheet(["王芳", 13812345678]),
        sheet(["电话", "138 1234 5678"]),
        office("有事打１３８１２３４５６７８"),
        office(
            "看附注",
            word__footnotes=b"<f><t>13812345678</t></f>",
            **{"word__comments.xml": b"<c><t>13812345678</t></c>"},
        ),
    ],
)
def test_what_is_private_in_it_is_found(data: bytes) -> None:
    assert [one.kind for one in private_in(looked_into(data).text)] == ["mobile"]


def test_small_numbers_in_neighbouring_cells_are_no_telephone() -> None:
    assert private_in(looked_into(sheet([1, 3, 8, 1, 2, 3, 4, 5, 6, 7, 8])).text) == []


LOCKED_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le")
PACKED = b"9 0 obj\n<< /Type /ObjStm >>\nstream\n"
HIDDEN = zlib.compress(b"1 0 << /S /J#61vaScript /JS (app.alert(1)) >>")


def with_entry(name: str, content: bytes = b"x") -> bytes:
    return office("停水", **{name.replace("/", "__"): content})


def with_password_flag() -> bytes:
    made = bytearray(office("停水"))
    at = made.rfind(b"PK\x01\x02")
    made[at + 8] |= 1
    return bytes(made)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "attachment_unknown"),
        (b"<html><script>alert(1)</script>", "attachment_unknown"),
        (b"MZ" + noise(500), "attachment_unknown"),
        (photo(), "attachment_unknown"),
        (zipped({"readme.txt": b"hello"}), "attachment_unknown"),
        (LOCKED_OLE, "attachment_locked"),
        (LOCKED_OLE[:300], "attachment_old"),
        (pdf(password="secret"), "attachment_locked"),
        (with_password_flag(), "attachment_locked"),
        (pdf()[:400], "attachment_broken"),
        (office("停水")[:-40], "attachment_broken"),
        (b"PK\x03\x04" + noise(3000), "attachment_broken"),
        (with_entry("word/styles.xml", b"<a>"), "attachment_broken"),
        (with_entry("word/x.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "attachment_broken"),
        (with_entry("word/vbaProject.bin"), "attachment_active"),
        (with_entry("word/activeX/activeX1.xml"), "attachment_active"),
        (with_entry("word/embeddings/oleObject1.bin"), "attachment_active"),
        (with_entry("word/embeddings/setup.exe"), "attachment_active"),
        (
            with_entry(
                "word/_rels/settings.xml.rels",
                b'<R><Relationship Type="http://x/attachedTemplate" Target="http://x/a.dotm" '
                b'TargetMode="External"/></R>',
            ),
            "attachment_active",
        ),
        (pdf(script="/S /JavaScript /JS (app.alert(1))"), "attachment_active"),
        (pdf(script="/S /#4Caunch /F (calc)"), "attachment_active"),
        (
            pdf().replace(b"xref", PACKED + HIDDEN + b"\nendstream\nxref", 1),
            "attachment_active",
        ),
        (b"%PDF-1.7" + bytes(MOST_BYTES), "attachment_too_big"),
    ],
)  # fmt: skip
def test_what_is_broken_locked_or_alive_is_refused_by_name(data: bytes, code: str) -> None:
    assert refused(data) == code


def test_a_large_picture_in_a_pdf_does_nothing_by_chance() -> None:
    """Three bytes of chance spell /JS once in sixteen million."""
    chance = b"9 0 obj\n<< /Length 9 >>\nstream\n" + noise(500) + b"/JS " + noise(500) + b"\nendstream\nxref"
    assert not looked_into(pdf().replace(b"xref", chance, 1)).is_read
    named = b"9 0 obj\n<< /Length 9 /JS (x) >>\nstream\n" + noise(500) + b"\nendstream\nxref"
    assert refused(pdf().replace(b"xref", named, 1)) == "attachment_active"


@pytest.mark.parametrize(
    "part", [b">>\nstream\n", b"/ObjStm>> stream\n", b"#4a", b"/#4a", b" obj /ObjStm stream\n"]
)
def test_no_pdf_keeps_anybody_waiting(part: bytes) -> None:
    data = pdf()[:-6] + part * ((9 << 20) // len(part)) + b"%%EOF"
    began = time.thread_time()
    with suppress(Invalid):
        looked_into(data)
    assert time.thread_time() - began < 8  # of the processor: what grows by squares takes minutes


@pytest.mark.parametrize(
    ("kind", "target", "is_taken"),
    [
        ("hyperlink", "http://x", True),
        ("attachedTemplate", "file:///C:\\Users\\zhao\\Templates\\A.dotx", True),
        ("attachedTemplate", "https://x/a.dotm", False),
        ("attachedTemplate", "file://server/a.dotm", False),
        ("attachedTemplate", "\\\\server\\a.dotm", False),
        ("oleObject", "http://x/a", False),
    ],
)
def test_a_link_may_be_tapped_but_nothing_is_fetched_by_itself(
    kind: str, target: str, is_taken: bool
) -> None:
    tie = f'<R><Relationship Id="r" Type="http://x/{kind}" Target="{target}" TargetMode="External"/></R>'
    data = office("停水", **{"word___rels__settings.xml.rels": tie.encode()})
    assert looked_into(data).is_read if is_taken else refused(data) == "attachment_active"


def test_a_bomb_is_refused_before_it_has_gone_off() -> None:
    bomb = zipped(
        {
            "[Content_Types].xml": b"<a/>",
            "xl/workbook.xml": b"<a/>",
            "xl/worksheets/sheet1.xml": bytes(200 << 20),
        }
    )
    began = time.thread_time()
    assert refused(bomb) == "attachment_broken"
    assert time.thread_time() - began < 2


def test_a_file_too_long_to_be_read_is_called_unread() -> None:
    assert not looked_into(office(*["停水" * 500] * 400)).is_read


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([pdf(), sheet(), office("停水")]), st.integers(0, 2**32), st.integers(1, 20))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(whole: bytes, seed: int, hits: int) -> None:
    dice = random.Random(seed)
    damaged = bytearray(whole)
    for _ in range(hits):
        damaged[dice.randrange(len(damaged))] = dice.randrange(256)
    with suppress(Invalid):
        assert looked_into(bytes(damaged)).content_type in SUFFIXES


def test_a_lie_about_a_sum_is_found() -> None:
    made = bytearray(office("停水"))
    with zipfile.ZipFile(io.BytesIO(bytes(made))) as file:
        at = file.getinfo("word/document.xml").header_offset
    made[at + 60] ^= 0x55
    assert refused(bytes(made)) in ("attachment_broken", "attachment_unknown")
