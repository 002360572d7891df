"""How sure of the words we must be before something is done by them: each threshold on `confidence`, 0 to 1.

Those inside the trained model (for a hint of danger, for a second category) are measured by `make model` and
shipped with it. These are chosen: what a wrong guess costs stands beside each.
"""

from __future__ import annotations

from models.understanding.sentence import Understanding

#: Less sure of what the words are about, it is not known: no category is taken from them, and a message that
#: is no greeting is told how to be understood.
ABOUT = 0.5
#: While we wait for an answer: surer than that, the words ask for something else and answer nothing.
NO_ANSWER = 0.8
#: While we wait for a place: less sure than that, what else the words seem to be about says nothing.
NOT_JUST_A_PLACE = 0.45
#: While the writer has an open case: surer than that, the words are about something else than it.
NOT_THE_OPEN_CASE = 0.6
#: Right after a report: surer than that, the words are a matter of their own.
A_MATTER_OF_ITS_OWN = 0.65
#: A part of a message is cut off as another matter, by what stands in front of it: a number (1.), a turn
#: (另外), the end of a sentence, 也 or a new line; a question is cut off only behind one of the first two. A
#: wrong cut makes two half cases.
CUT_OFF = {"count": 0.4, "turn": 0.6, "end": 0.7, "too": 0.8, "question": 0.9}


def kind_of(u: Understanding) -> str | None:
    """What the words are about, as far as they surely tell it: a category other than `other`."""
    return u.category if u.category != "other" and u.confidence >= ABOUT else None
