"""Pictures and attachments of a notice: given with a form, and shown to whoever may see the notice."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from flask import Response, request, send_file
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import Access
from handlers.pages.front import Front
from handlers.pages.links import Done, link_of, once_key, only_once
from handlers.pages.notice.sight import seen
from models.base.actor import By
from models.base.links import Link
from models.base.refusals import NotFound
from models.media.files import Files
from models.media.item import Item
from models.notice import enclosed, reading
from models.notice.enclosed import ATTACHMENT, MOST_BYTES, PICTURE, Enclosure
from models.notice.notice import found
from models.notice.tables import Notice

#: What a form with files may weigh, for those whose link was looked at: nine pictures and five attachments.
FORM_BYTES = 64 << 20
KEPT_SECONDS = 300  # by a browser that may see it: short, because a notice may be withdrawn


def given(front: Front) -> AbstractContextManager[list[Enclosure]]:
    """The pictures and attachments of this request, kept as files; removed again when what follows fails.
    Raises Invalid and NoRoom as models.notice.enclosed.laid_by."""
    return enclosed.laid_by(
        front.files,
        (data for _, data in _sent("pictures")),
        _sent("attachments"),
    )


def _sent(field: str) -> Iterator[tuple[str, bytes]]:
    for one in request.files.getlist(field):
        if one.filename and (data := one.stream.read(MOST_BYTES + 1)):
            yield one.filename, data


def files_facts(notice: Notice) -> dict[str, list[dict[str, Any]]]:
    """For templates/pages/notice/_files.html, but for the sizes."""
    facts: dict[str, list[dict[str, Any]]] = {PICTURE: [], ATTACHMENT: []}
    for one in enclosed.shown(notice):
        facts[one.purpose].append({"id": one.public_id, "name": one.name, "file": one.file})
    return {"pictures": facts[PICTURE], "attachments": facts[ATTACHMENT]}


def weighed(front: Front, notice: Mapping[str, Any]) -> dict[str, Any]:
    """The same facts of a notice, its attachments with their size in words."""
    files = notice["files"]
    attachments = [one | {"size": _size(front.files.path(one["file"]))} for one in files["attachments"]]
    return {**notice, "files": {**files, "attachments": attachments}}


def _size(file: Path | None) -> str:
    size = file.stat().st_size if file is not None else 0
    return f"{size / (1 << 20):.1f} MB" if size >= 1 << 20 else f"{max(1, size >> 10)} KB"


def by_person(front: Front, access: Access, public: str) -> AnyResponse:
    """/p/<token>/files/<public>"""
    link = link_of(access, "notice")
    with front.database.read():
        item = enclosed.one_of(seen(link).notice, public)
        return sent_file(front.files, item)


def by_group(front: Front, code: str, public: str) -> AnyResponse:
    """/q/<code>/files/<public>"""
    with front.database.read():
        found = reading.by_code(code)
        if found is None:
            raise NotFound("page_not_found")
        return sent_file(front.files, enclosed.one_of(found[0], public))


def sent_file(files: Files, item: Item) -> Response:
    """A picture, or with ?small its preview; an attachment to be saved."""
    is_picture = item.purpose == PICTURE
    find = files.small if is_picture and "small" in request.args else files.path
    file = find(item.file) if item.file else None
    if file is None or item.content_type is None:
        raise NotFound("media_not_found")
    response = send_file(
        file,
        mimetype=item.content_type,
        conditional=True,
        max_age=KEPT_SECONDS,
        as_attachment=not is_picture,
        download_name=item.name or f"{item.public_id}.jpg",
    )
    response.headers["Cache-Control"] = f"private, max-age={KEPT_SECONDS}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def change(front: Front, link: Link, public: str | None) -> Done:
    """The files of this request join the draft, once; or the named one is taken out. Raises NotFound for
    whoever does not decide about the notice, and as the verbs do."""
    with front.database.read():
        if not seen(link).decides:
            raise NotFound("page_not_found")
    request.max_content_length = FORM_BYTES
    key = once_key(str(link.person_id))
    if public is not None:
        return front.database.write(_taken_out, link, key, public)
    with given(front) as files:
        done = front.database.write(_enclosed, link, key, files)
    if not done.fresh:
        front.files.drop(one.file for one in files)
    return done


def _enclosed(link: Link, key: str, files: Sequence[Enclosure]) -> Done:
    by = By.staff(link.person_id)

    def work() -> Done:
        enclosed.enclose(found(link.key, by), files, by)
        return Done("notice_enclosed" if files else "notice_nothing_enclosed", {"count": len(files)})

    return only_once(key, str(link.person_id), "notice_enclosed", work)


def _taken_out(link: Link, key: str, public: str) -> Done:
    by = By.staff(link.person_id)

    def work() -> Done:
        enclosed.take_out(found(link.key, by), public, by)
        return Done("notice_taken_out", {})

    return only_once(key, str(link.person_id), "notice_taken_out", work)
