"""What only staff can do, said by somebody whom we do not know as staff."""

from handlers.wechat.answer import Answer, Text
from handlers.wechat.commands import command_in
from handlers.wechat.visit import Visit
from handlers.words import say

ALONE = frozenset({"accept", "give_back", "transfer"})  # no resident says these words to us
WITH_NUMBER = ALONE | {"finish", "no_photo"}


def staff_words(visit: Visit) -> Answer | None:
    """接单 100014 from a cadre whose account is not bound yet: never a report of something broken."""
    if visit.visitor.is_staff:
        return None
    verb, number, words = command_in(visit.text)
    is_one = verb in WITH_NUMBER if number else verb in ALONE and not words
    return Text(say("not_staff")) if is_one else None
