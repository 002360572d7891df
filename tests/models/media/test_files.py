"""Files have names of our own making, and no name leads out of their folder."""

from pathlib import Path

import pytest

from models.media.files import Files, NoRoom


def test_what_is_kept_is_found_again_and_can_be_dropped(tmp_path: Path) -> None:
    files = Files(tmp_path / "files")
    name = files.keep(b"pixels", "image/jpeg")
    found = files.path(name)
    assert found is not None
    assert found.read_bytes() == b"pixels"
    assert files.keep(b"pixels", "image/jpeg") != name
    files.drop([name, "../secret"])
    assert files.path(name) is None


def test_nobody_else_on_the_machine_reads_them(tmp_path: Path) -> None:
    files = Files(tmp_path / "files")
    found = files.path(files.keep(b"pixels", "image/jpeg"))
    assert found is not None
    modes = [one.stat().st_mode & 0o777 for one in (tmp_path / "files", found.parent, found)]
    assert modes == [0o700, 0o700, 0o600]


@pytest.mark.parametrize(
    "name",
    ["", "..", "../secret", "/etc/passwd", "ab/../../secret", "secret", "ab/" + "a" * 32 + ".py",
     "ab/" + "a" * 32 + ".jpg\n", "ab\\" + "a" * 32 + ".jpg", "%2e%2e/secret", "ab/" + "A" * 32 + ".jpg"],
)  # fmt: skip
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").write_text("secret")
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "secret").write_text("secret")
    assert Files(folder).path(name) is None


def test_a_preview_lies_beside_its_picture_and_goes_with_it(tmp_path: Path) -> None:
    files = Files(tmp_path / "files")
    name = files.keep(b"pixels", "image/jpeg")
    assert files.small(name) == files.path(name)
    files.keep_small(name, b"px")
    small = files.small(name)
    assert small is not None
    assert small.read_bytes() == b"px"
    assert list(files.older_than(-1)) == [name]
    assert list(files.older_than(60)) == []
    files.drop([name])
    assert not small.exists()
    assert files.small(name) is None


def test_a_full_disk_leaves_no_half_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = Files(tmp_path / "files")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("models.media.files.os.fsync", full)
    with pytest.raises(NoRoom):
        files.keep(b"pixels", "image/jpeg")
    assert [one for one in (tmp_path / "files").rglob("*") if one.is_file()] == []
