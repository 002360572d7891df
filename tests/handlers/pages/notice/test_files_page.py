"""Pictures and attachments on the pages of a notice: given with the form, added to a draft, shown to its
readers, gone when it is withdrawn."""

import io
from pathlib import Path

import pytest
from cast import Cast, Someone
from documents import office, pdf, sheet
from notices import tell_all
from page_phone import Phone
from pictures import photo, tell_tale
from PIL import Image
from sqlalchemy import select

from models.base.actor import By
from models.base.links import personal_path
from models.base.orm import session
from models.media.item import Item
from models.notice import notice as verbs
from models.notice.notice import Rules
from models.notice.tables import Notice, NoticeDoor
from server.config import Config
from server.database import Database

FORM = {
    "title": "周二停水",
    "body": "周二早八点到下午五点换水管。看 https://example.com/a",
    "signed": "育英社区居委会",
    "kind": "ordinary",
}


def page_of(someone: Someone, number: int) -> str:
    return "/" + personal_path("notice", someone.id, number)


def file(data: bytes, name: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO(data), name


@pytest.fixture
def desk(town: Cast) -> str:
    return "/" + personal_path("desk", town.zhao.id)


@pytest.fixture
def draft(db: Database, phone: Phone, desk: str) -> int:
    """Number of a draft with two pictures and an attachment."""
    phone.sent_and_shown(
        f"{desk}/notices/write",
        **FORM,
        pictures=[file(photo(), "a.jpg"), file(tell_tale(), "b.jpg")],
        attachments=[file(pdf(), "申请表 1.pdf")],
    )
    with db.read():
        return session().scalars(select(Notice.id)).one()


def handed_in(db: Database, town: Cast, number: int) -> None:
    def work() -> None:
        by = By.staff(town.zhao.id)
        verbs.hand_in(verbs.found(number, by), by, Rules(delay=verbs.timedelta()))

    db.write(work)
    tell_all(db)


def items(db: Database) -> list[Item]:
    with db.read():
        return list(session().scalars(select(Item).order_by(Item.id)))


def on_disk(config: Config) -> int:
    return sum(1 for one in Path(config.storage.dir).rglob("*") if one.is_file())


def test_they_come_with_the_form_and_a_person_is_told_to_look(
    db: Database, phone: Phone, town: Cast, draft: int
) -> None:
    page = phone.open(page_of(town.zhao, draft)).text
    assert page.count('loading="lazy"') == 4  # two for readers, two beside their buttons
    assert "申请表 1.pdf" in page
    assert "电脑看不了" in page
    assert "有图片2张、附件1个" in page  # as letters say it
    assert "写好了" not in page
    assert phone.open(page_of(town.wang, draft)).status_code == 404


def test_readers_get_a_small_picture_first_and_the_attachment_as_a_file(
    db: Database, phone: Phone, town: Cast, draft: int
) -> None:
    handed_in(db, town, draft)
    with db.read():
        code = session().scalars(select(NoticeDoor.code)).one()
    first, second, form = items(db)
    for here in (page_of(town.wang, draft), f"/q/{code}"):
        page = phone.open(here).text
        assert f'src="{here}/files/{first.public_id}?small"' in page
        small, whole = (phone.open(f"{here}/files/{first.public_id}{more}") for more in ("?small", ""))
        assert Image.open(io.BytesIO(small.data)).size == (640, 480)
        assert Image.open(io.BytesIO(whole.data)).size == (1200, 900)
        assert b"WHERE" not in phone.open(f"{here}/files/{second.public_id}").data
        sent = phone.open(f"{here}/files/{form.public_id}")
        assert sent.data == pdf()
        assert sent.headers["Content-Disposition"].startswith("attachment; ")
        assert "filename*=UTF-8''%E7%94%B3%E8%AF%B7%E8%A1%A8%201.pdf" in sent.headers["Content-Disposition"]
        for answer in (small, whole, sent):
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
            assert answer.headers["Cache-Control"] == "private, max-age=300"


def test_an_address_in_the_words_stays_words(db: Database, phone: Phone, town: Cast, draft: int) -> None:
    handed_in(db, town, draft)
    page = phone.open(page_of(town.wang, draft)).text
    assert "https://example.com/a" in page
    assert 'href="https://example.com' not in page


def test_who_may_not_see_the_notice_does_not_see_its_files(
    db: Database, phone: Phone, town: Cast, draft: int
) -> None:
    public = items(db)[0].public_id
    assert phone.open(f"{page_of(town.wang, draft)}/files/{public}").status_code == 404  # a draft
    handed_in(db, town, draft)
    assert phone.open(f"{page_of(town.wang, draft)}/files/{public}").status_code == 200
    assert phone.open(f"{page_of(town.wang, draft + 1)}/files/{public}").status_code == 404
    assert phone.open(f"/q/nothing/files/{public}").status_code == 404
    assert phone.open(f"{page_of(town.wang, draft)}/files/../../secret").status_code == 404
    case = "/" + personal_path("case", town.wang.id, 1)
    assert phone.open(f"{case}/files/{public}").status_code == 404


def test_what_was_withdrawn_shows_none(db: Database, phone: Phone, town: Cast, draft: int) -> None:
    handed_in(db, town, draft)
    here, public = page_of(town.wang, draft), items(db)[0].public_id
    phone.sent_and_shown(f"{page_of(town.zhao, draft)}/notice/withdraw")
    assert "files/" not in phone.open(here).text
    assert phone.open(f"{here}/files/{public}").status_code == 404


def test_files_join_a_draft_and_are_taken_out_again(
    db: Database, phone: Phone, town: Cast, draft: int
) -> None:
    here = page_of(town.zhao, draft)
    page = phone.sent_and_shown(f"{here}/files", attachments=[file(office("请填"), "表.docx")])
    assert "附上了1个文件" in page
    assert "表.docx" in page
    page = phone.sent_and_shown(f"{here}/files/{items(db)[0].public_id}")
    assert "拿掉了" in page
    assert "图片1张、附件2个" in page
    assert "没有选文件" in phone.sent_and_shown(f"{here}/files")
    for someone in (town.wang, town.qian):
        other = page_of(someone, draft)
        assert phone.send(f"{other}/files", pictures=[file(photo(), "a.jpg")]).status_code == 404
        assert phone.send(f"{other}/files/{items(db)[0].public_id}").status_code == 404
    handed_in(db, town, draft)
    assert phone.send(f"{here}/files", pictures=[file(photo(), "a.jpg")]).status_code == 409
    assert len(items(db)) == 3


def test_a_copy_of_the_form_changes_nothing_and_leaves_no_file(
    db: Database, phone: Phone, town: Cast, draft: int, config: Config
) -> None:
    here, before = page_of(town.zhao, draft), on_disk(config)
    for _ in range(2):
        phone.sent_and_shown(f"{here}/files", once="b" * 16, attachments=[file(pdf(), "二.pdf")])
    assert len(items(db)) == 4
    assert on_disk(config) == before + 1


@pytest.mark.parametrize(
    ("field", "data", "name", "words"),
    [
        ("pictures", b"no picture", "a.jpg", "这张照片打不开"),
        ("attachments", b"MZ\x90", "setup.pdf", "“setup”不是能附的文件"),
        ("attachments", pdf(password="secret"), "表.pdf", "加了密码"),
        ("attachments", office("x", **{"word__vbaProject.bin": b"x"}), "表.docx", "带着宏"),
        ("attachments", pdf()[:500], "表.pdf", "“表”打不开"),
        ("attachments", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "表.doc", "老格式"),
        ("attachments", sheet(["王芳", 13812345678]), "名单.xlsx", "附件“名单”里有“13812345678”"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_said_in_words_and_what_was_typed_stays(
    db: Database,
    phone: Phone,
    town: Cast,
    desk: str,
    config: Config,
    field: str,
    data: bytes,
    name: str,
    words: str,
) -> None:
    answer = phone.send(f"{desk}/notices/write", **FORM, **{field: [file(data, name)]})
    assert answer.status_code == (415 if field == "pictures" else 422)
    assert words in answer.text
    assert "周二早八点到下午五点" in answer.text
    assert items(db) == []
    assert on_disk(config) == 0


def test_too_many_are_refused_together(db: Database, phone: Phone, town: Cast, desk: str) -> None:
    ten = [file(photo(40, 30), f"{one}.jpg") for one in range(10)]
    answer = phone.send(f"{desk}/notices/write", **FORM, pictures=ten)
    assert answer.status_code == 422
    assert "最多带9张图片" in answer.text
    with db.read():
        assert session().scalars(select(Notice)).all() == []


def test_a_full_disk_is_said_and_the_words_stay(
    db: Database, phone: Phone, town: Cast, desk: str, config: Config
) -> None:
    Path(config.storage.dir).parent.mkdir(parents=True, exist_ok=True)
    Path(config.storage.dir).write_text("in the way")
    answer = phone.send(f"{desk}/notices/write", **FORM, pictures=[file(photo(), "a.jpg")])
    assert answer.status_code == 503
    assert "现在存不下文件" in answer.text
    assert "周二早八点到下午五点" in answer.text


def test_a_desk_may_send_more_at_once_than_a_stranger(
    db: Database, phone: Phone, town: Cast, draft: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone.client.application.config["MAX_CONTENT_LENGTH"] = 2000
    monkeypatch.setattr("handlers.pages.access.PLAIN_BYTES", 2000)
    assert (
        phone.send(f"{page_of(town.zhao, draft)}/files", pictures=[file(photo(), "a.jpg")]).status_code == 303
    )
    assert phone.send("/q/door-3-2", photos=[file(photo(), "a.jpg")]).status_code == 413
    assert phone.send(f"{page_of(town.qian, draft)}/files", pictures=[file(photo(), "a")]).status_code == 404


def test_the_form_of_a_city_with_many_estates_is_read(
    db: Database, phone: Phone, town: Cast, desk: str
) -> None:
    estates = {f"buildings-{one}": "" for one in range(100, 600)}
    answer = phone.send(f"{desk}/notices/write", **FORM, **estates)
    assert answer.status_code == 303, answer.text
