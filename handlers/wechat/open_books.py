"""查账: the page of the writer's estate on which every line can be asked about."""

from handlers.pages.books.address import path_of
from handlers.wechat.answer import Answer, Text
from handlers.wechat.enquiring import asked_where
from handlers.wechat.visit import Visit
from handlers.words import say
from models.base.links import personal_path
from models.books.publishing import first_month, months_published
from models.enquiry.asking import open_books_asked
from models.place.gazetteer import town


def asked(visit: Visit) -> Answer | None:
    """Whoever asks: what the page shows is everybody's, the link says only who asks about a line there."""
    if not open_books_asked(visit.text) or visit.meaning.intent == "report":
        return None
    spot = asked_where(visit)
    estate = spot.estate_id
    if estate is None and len(town().estates) == 1:
        estate = next(iter(town().estates))
    if estate is None:
        return Text(say("open_books_where"))
    published = months_published(estate)
    return Text(
        say(
            "open_books",
            estate=town().estates[estate].name,
            begun=first_month(estate) is not None,
            month=published[0].month if published else None,
            path=personal_path("books", visit.person, estate),
            public=path_of(estate),
        )
    )
