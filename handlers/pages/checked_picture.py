"""A picture of a notice as the platform fetches it to look at it: by an address that is signed and lives for
an hour, because nobody else may see a notice that is being checked."""

from flask import Response, send_file
from itsdangerous import BadSignature, URLSafeTimedSerializer

from handlers.pages.front import Front
from models.base.orm import session
from models.base.privacy import derived
from models.base.refusals import NotFound
from models.media.keeping import item_of
from models.notice import enclosed
from models.notice.tables import Notice, State

LIVES_SECONDS = 3600  # the platform answers within half of it


def address(public: str) -> str:
    """The path at which the picture of this public id can be fetched from now on."""
    return f"checked/{_signer().dumps(public)}"


def shown(front: Front, token: str) -> Response:
    """Raises NotFound for an address that is not ours or too old, and once the notice is not checked any
    more."""
    try:
        public = str(_signer().loads(token, max_age=LIVES_SECONDS))
    except BadSignature:
        raise NotFound("media_not_found") from None
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


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(derived("checked picture"), salt="checked")
