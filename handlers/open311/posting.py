"""POST requests: a report from another program becomes a case as every other does, once for each key of its
sender's."""

from typing import Any

from handlers.house import House
from handlers.open311 import services, telling
from handlers.open311.asking import jurisdiction
from handlers.open311.errors import trouble
from handlers.open311.placing import placed
from handlers.open311.report import Sent
from handlers.pages.filing import Report, filed, meaning
from handlers.words import environment
from models.base.actor import By
from models.base.orm import session
from models.case.caller import keep_caller
from models.case.case import Case
from models.partner.keys import Holder
from models.partner.sending import Reused, send_once

SOURCE = "open311"
OUTSIDE = By("person", None)  # somebody whom another program knows


def reported(sent: Sent, holder: Holder, house: House) -> dict[str, Any]:
    """In one transaction; gives what the sender is answered. Raises Trouble."""

    def file() -> int:
        spot = placed(sent, jurisdiction(sent.jurisdiction), holder)
        # not our own questions, because "somebody is trapped: no" names a danger too
        said = (sent.description, *(one.means for one in sent.answers), sent.address)
        u = meaning("\n".join(filter(None, said)))
        name, phone, email = sent.sender
        report = Report(_text(sent), SOURCE, category=sent.code, name=name, phone=phone)
        case = filed(report, u, spot, OUTSIDE, None, house)
        keep_caller(case, name, phone, email)
        return case.id

    try:
        case_id, _ = send_once(holder, sent.once, sent.whole, file)
    except Reused:
        raise trouble(400, "idempotency_reused") from None
    case = session().get_one(Case, case_id)
    return telling.taken(case.public_id, case.number, sent.account_id)


def _text(sent: Sent) -> str:
    """What whoever takes it reads."""
    made = environment().get_template("open311/case.txt")
    return made.render(
        description=sent.description,
        service=services.name_of(sent.code),
        answers=[one for one in sent.answers if one.place is None],
        address=sent.address,
        media_url=sent.media_url,
    ).strip()
