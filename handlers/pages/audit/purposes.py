"""What somebody says a masked value is wanted for: one of a short list."""

from handlers.pages.forms import words
from handlers.words import labels
from models.base.refusals import Invalid

OF_A_CASE = ("call_back", "visit", "verify", "emergency")  # codes of templates/labels/audit_purposes.toml


def purpose_said() -> str:
    """The code that a form brought. Raises Invalid: purpose_missing."""
    said = words("purpose", 20)
    if said not in labels("audit_purposes"):
        raise Invalid("purpose_missing")
    return said
