"""What was typed in one spelling with nothing put right, as words are looked for.

It stands beside `normal` and not in it, because the model is learnt again whenever that changes.
"""

import unicodedata

from models.understanding.normal import _ODD, LIMIT, _slips


def plain(text: str) -> str:
    """Half width, simplified characters, a blank for odd signs; cut at LIMIT characters first."""
    text = unicodedata.normalize("NFKC", _ODD.sub(" ", text[:LIMIT]))[:LIMIT]
    return str(_slips().simplified.convert(text)).strip()
