"""Which photos of a finished case everybody may see on the public board."""

from collections.abc import Callable, Mapping

from handlers.pages.case_verbs import Act
from models.board import photos


def show_photo(act: Act) -> str:
    is_new = photos.clear(act.case, act.me, act.form["photo"], shown=True)
    return "photo_shown" if is_new else "photo_shown_already"


def hide_photo(act: Act) -> str:
    is_new = photos.clear(act.case, act.me, act.form["photo"], shown=False)
    return "photo_hidden" if is_new else "photo_hidden_already"


PHOTOS: Mapping[str, Callable[[Act], str]] = {"show-photo": show_photo, "hide-photo": hide_photo}
