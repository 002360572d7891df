"""What comes with a notice: looked into before it is kept, carried on to what follows, gone with it."""

from pathlib import Path

import pytest
from cast import Cast
from documents import office, pdf, sheet
from factories import a_town, unit_of_work
from notices import THIRD, a_notice, handed_in, letters_of, tell_all, words
from pictures import photo, tell_tale

from models.base.actor import By
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.history import steps_about
from models.media.files import Files, NoRoom
from models.notice import enclosed
from models.notice import notice as verbs
from models.notice.audience import Audience
from models.notice.enclosed import ATTACHMENT, PICTURE, Enclosure, laid_by
from models.notice.tables import Notice
from server.database import Database


@pytest.fixture
def cast(db: Database) -> Cast:
    with unit_of_work(db):
        return a_town()


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "files")


def on_disk(folder: Path) -> int:
    return sum(1 for one in (folder / "files").rglob("*") if one.is_file())


def some(pictures: int = 0, attachments: int = 0) -> list[Enclosure]:
    """Files of which only the rows matter."""
    return [
        *(Enclosure(PICTURE, f"aa/{one:032x}.jpg", "image/jpeg") for one in range(pictures)),
        *(
            Enclosure(ATTACHMENT, f"bb/{one:032x}.pdf", "application/pdf", f"表{one}.pdf")
            for one in range(attachments)
        ),
    ]


def test_pictures_are_rebuilt_with_a_preview_and_attachments_keep_their_bytes(
    files: Files, tmp_path: Path
) -> None:
    form = office("请填表")
    with laid_by(files, [tell_tale()], [("C:\\文档\\申请表.DOCX", form)]) as kept:
        pass
    picture, attachment = kept
    data = files.path(picture.file)
    assert data is not None
    assert b"WHERE" not in data.read_bytes()
    assert files.small(picture.file) != data
    assert (attachment.name, attachment.content_type.rpartition(".")[2]) == ("申请表.docx", "document")
    kept_file = files.path(attachment.file)
    assert kept_file is not None
    assert kept_file.read_bytes() == form
    assert on_disk(tmp_path) == 3


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("价格 2026.3 版.pdf", "价格 2026.3 版.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("报表\u202efdp.exe", "报表fdp.pdf"),
        ('a"b\r\nSet-Cookie: x.pdf', "abSet-Cookie x.pdf"),
        ("<script>.pdf", "script.pdf"),
        (".pdf", "pdf.pdf"),
        ("...", "attachment.pdf"),
        ("长" * 300 + ".pdf", "长" * 80 + ".pdf"),
    ],
)  # fmt: skip
def test_a_name_is_what_people_read_and_nothing_else(files: Files, given: str, name: str) -> None:
    with laid_by(files, [], [(given, pdf())]) as kept:
        assert kept[0].name == name


@pytest.mark.parametrize(
    ("pictures", "attachments", "code"),
    [
        ([photo(), b"no picture"], [], "photo_unusable"),
        ([], [("a.pdf", pdf()), ("b.exe", b"MZ")], "attachment_unknown"),
        ([photo()], [("名单.xlsx", sheet(["王芳", 13812345678]))], "attachment_private"),
        ([], [("13812345678.pdf", pdf())], "private_mobile"),
        ([photo(9, 9)] * 10, [], "too_many_pictures"),
        ([], [("a.pdf", pdf())] * 6, "too_many_attachments"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_leaves_no_file_behind(
    files: Files, tmp_path: Path, pictures: list[bytes], attachments: list[tuple[str, bytes]], code: str
) -> None:
    with pytest.raises(Invalid) as refusal, laid_by(files, pictures, attachments):
        pytest.fail("taken")
    assert refusal.value.code == code
    assert on_disk(tmp_path) == 0


def test_what_fails_afterwards_leaves_no_file_behind(files: Files, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), laid_by(files, [photo()], [("a.pdf", pdf())]):
        raise RuntimeError
    assert on_disk(tmp_path) == 0


def test_a_full_disk_is_said_and_leaves_nothing(files: Files, tmp_path: Path) -> None:
    (tmp_path / "files").write_text("in the way")
    with pytest.raises(NoRoom), laid_by(files, [photo()], []):
        pytest.fail("taken")


def test_letters_to_persons_and_groups_say_how_many(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        notice = a_notice(cast.zhao.id)
        enclosed.enclose(notice, some(2, 1), By.staff(cast.zhao.id))
        verbs.hand_in(notice, By.staff(cast.zhao.id), verbs.Rules(delay=verbs.timedelta()))
        number = notice.id
    tell_all(db)
    with unit_of_work(db):
        for letter in letters_of(number):
            assert (letter.facts["pictures"], letter.facts["attachments"]) == (2, 1)
        assert len(letters_of(number)) == 2


def test_after_it_was_handed_in_nothing_of_it_changes(db: Database, cast: Cast) -> None:
    by = By.staff(cast.zhao.id)
    with unit_of_work(db):
        notice = a_notice(cast.zhao.id)
        enclosed.enclose(notice, some(1), by)
        verbs.hand_in(notice, by, verbs.Rules())
        (item,) = enclosed.of(notice.id)
        with pytest.raises(NotAllowed):
            enclosed.enclose(notice, some(1), by)
        with pytest.raises(NotAllowed):
            enclosed.take_out(notice, item.public_id, by)


def test_nine_pictures_and_five_attachments_are_the_most(db: Database, cast: Cast) -> None:
    by = By.staff(cast.zhao.id)
    with unit_of_work(db):
        notice = a_notice(cast.zhao.id)
        enclosed.enclose(notice, some(9, 5), by)
        for one_more in (some(1), some(0, 1)):
            with pytest.raises(Invalid):
                enclosed.enclose(notice, one_more, by)


def test_a_correction_and_a_second_round_bring_the_same_files(db: Database, cast: Cast) -> None:
    by = By.staff(cast.zhao.id)
    with unit_of_work(db):
        first = a_notice(cast.zhao.id)
        enclosed.enclose(first, some(2, 1), by)
        again = Audience.of(THIRD | {"unread_of": first.id})
        for key in (
            verbs.draft(words(), Audience.of(THIRD), by, 1, corrects=first.id),
            verbs.draft(words(), again, by, 1),
        ):
            assert [one.file for one in enclosed.of(key)] == [one.file for one in enclosed.of(first.id)]
            assert [one.name for one in enclosed.of(key)] == [None, None, "表0.pdf"]
        corrected = session().get_one(Notice, key)
        enclosed.enclose(corrected, some(1), by, instead=True)
        assert enclosed.counts(key) == {"pictures": 1, "attachments": 1}
        assert enclosed.counts(first.id) == {"pictures": 2, "attachments": 1}


def test_one_is_taken_out_of_a_draft_and_another_notices_is_not(db: Database, cast: Cast) -> None:
    by = By.staff(cast.zhao.id)
    with unit_of_work(db):
        notice, other = a_notice(cast.zhao.id), a_notice(cast.zhao.id)
        enclosed.enclose(notice, some(2), by)
        enclosed.enclose(other, some(1), by)
        enclosed.take_out(notice, enclosed.of(notice.id)[0].public_id, by)
        with pytest.raises(NotFound):
            enclosed.take_out(notice, enclosed.of(other.id)[0].public_id, by)
        assert len(enclosed.of(notice.id)) == 1
        assert [step.what for step in steps_about("notice", notice.id)] == [
            "drafted",
            "enclosed",
            "taken_out",
        ]


def test_what_was_withdrawn_shows_no_files_any_more(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        notice = a_notice(cast.zhao.id)
        enclosed.enclose(notice, some(1), By.staff(cast.zhao.id))
        (item,) = enclosed.shown(notice)
        verbs.hand_in(notice, By.staff(cast.zhao.id), verbs.Rules())
        verbs.withdraw(notice, By.staff(cast.zhao.id))
        assert enclosed.shown(notice) == []
        with pytest.raises(NotFound):
            enclosed.one_of(notice, item.public_id)


def test_without_files_letters_say_nothing_of_them(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        number = handed_in(cast.zhao.id).id
    tell_all(db)
    with unit_of_work(db):
        assert {letter.facts["pictures"] for letter in letters_of(number)} == {0}
