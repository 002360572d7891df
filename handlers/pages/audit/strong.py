"""再次验证: what is worth more than a session asks for a second factor that was shown lately (A11)."""

from handlers.console.cookies import signed_in
from handlers.pages.front import Front
from models.base.refusals import NotAllowed


class NotStrong(NotAllowed):
    """The session is good, its second factor is too old."""

    status = 403


def must_be_strong(front: Front) -> None:
    """Raises NotStrong: second_factor_needed. Called in the request, outside of a transaction."""
    signed = signed_in(front.database)
    if signed is None or not signed.is_strong:
        raise NotStrong("second_factor_needed")
