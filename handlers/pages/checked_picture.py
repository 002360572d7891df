"""A picture of a notice as the platform fetches it to look at it: by a signed address
(handlers/checked_address.py), because nobody else may see a notice that is being checked."""

from flask import Response, send_file

from handlers.checked_address import public_id
from handlers.pages.front import Front
from models.base.orm import session
from models.base.refusals import NotFound
from models.media.keeping import item_of
from models.notice import enclosed
from models.notice.tables import Notice, State


def shown(front: Front, token: str) -> Response:
    """Raises NotFound for an address that is not ours or too old, and once the notice is not checked any
    more."""
    public = public_id(token)
    if public is None:
        raise NotFound("media_not_found")
    with front.database.read():
        item = item_of(public)
        notice = session().get(Notice, item.about_id) if item and item.about_kind == "notice" else None
        if item is None or notice is None or notice.state != State.CHECKING:
            raise NotFound("media_not_found")
        is_picture = item.purpose == enclosed.PICTURE
        file = front.files.path(item.file) if item.file and is_picture else None
        content_type = item.content_type
    if file is None or content_type is None:
        raise NotFound("media_not_found")
    response = send_file(file, mimetype=content_type, max_age=0)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
