"""Whether a number or a word stands in a text by itself.

Pages, letters, answers and files hold ids, tokens, nonces and moments that are others in each run. A few
digits turn up inside one of them sooner or later: three in an error's number every seven hundredth time.
"""

import re

_ESCAPED = re.compile(r"%[0-9A-Fa-f]{2}|\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[nrt])")
_SIGN = "[0-9A-Za-z_-]"


def standing(pattern: str, text: str) -> list[str]:
    """What of a regular expression stands in a text and not inside an id, a token or a longer number.

    A room behind its house and its unit (3-2-501) and a sum below nothing (-10.01) stand by themselves, and
    so does what follows a sign that is written otherwise (%E5, \\u5ba4).
    """
    plain = _ESCAPED.sub(" ", text)
    alone = rf"(?<!{_SIGN})(?:[0-9-]*-)?(?P<alone>{pattern})(?=(?:-[0-9-]*)?(?!{_SIGN}))"
    return [found["alone"] for found in re.finditer(alone, plain)]
