"""The one ledger: double entry, in fen, appended and never edited."""

from models.ledger.accounts import Account
from models.ledger.posting import Posting, post, reverse

__all__ = ["Account", "Posting", "post", "reverse"]
