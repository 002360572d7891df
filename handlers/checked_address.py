"""Where the platform fetches a picture of a notice that it is to look at: an address that is signed and lives
for an hour. It stands apart from the pages, because the process that asks the platform shows none.
"""

from itsdangerous import BadSignature, URLSafeTimedSerializer

from models.base.privacy import derived

LIVES_SECONDS = 3600  # the platform answers within half of it


def address(public: str) -> str:
    """The path at which the picture of this public id can be fetched from now on."""
    return f"checked/{_signer().dumps(public)}"


def public_id(token: str) -> str | None:
    """Of which picture an address speaks; None for one that is not ours or too old."""
    try:
        return str(_signer().loads(token, max_age=LIVES_SECONDS))
    except BadSignature:
        return None


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(derived("checked picture"), salt="checked")
