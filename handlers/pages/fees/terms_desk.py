"""/console/fees/terms: offers, reliefs and records that a second person agrees to, gifts that are
handed over against a signature, money that is given back over the counter."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial

from flask import Response, request
from sqlalchemy import select

from handlers.pages.access import Access
from handlers.pages.audit.noting import looked
from handlers.pages.fees import desk_tasks, offers_desk
from handlers.pages.fees.desk_forms import Page, Task, overseer
from handlers.pages.fees.looking import list_looked_at
from handlers.pages.fees.terms_facts import terms_facts
from handlers.pages.forms import typed
from handlers.pages.front import Front, download, show
from handlers.pages.links import Done, link_of
from models.base.clock import local, now
from models.base.months import month_of, month_on
from models.base.orm import session
from models.base.refusals import Invalid, NotFound
from models.contract import proofs, reliefs
from models.contract.tables import Contract, Proof, Relief
from models.duty.overseeing import oversees
from models.fee import gifts, relieving
from models.fee.payments import Way
from models.joins import returning, withholding
from models.media import photos
from models.media.item import Item
from models.media.keeping import item_of, keep
from models.place.tables import Estate

FIELDS = desk_tasks.FIELDS | {"estate": 20, "line": 30, "done": 5, "words": 200, "ground": 30, "part": 10,
                              "proof": 40, "since": 10, "until": 10}  # fmt: skip


def shown(front: Front, access: Access, status: int = 200, *, error: str | None = None) -> Response:
    """What waits stands first."""
    link = link_of(access, "desk")
    with front.database.read():
        visitor = overseer(link)
        facts = terms_facts(visitor)
    list_looked_at(
        front,
        visitor,
        reliefs=[one["number"] for one in facts["reliefs"]],
        homes=[one["home"] for one in facts["owed"]],
    )
    said = typed() if request.method == "POST" else {}
    return show("fees/terms.html", status, access=access, desk=facts, typed=said, error=error)


def signature(front: Front, access: Access, public: str) -> Response:
    """The picture of a signature, for whoever oversees the estate's community."""
    link = link_of(access, "desk")
    with front.database.read():
        visitor = overseer(link)
        item = item_of(public)
        contract = session().get(Contract, item.about_id) if item and item.about_kind == "contract" else None
        estate = session().get(Estate, contract.estate_id) if contract is not None else None
        if item is None or item.file is None or estate is None:
            raise NotFound("page_not_found")
        if not oversees(visitor.person_id, estate.community_id):
            raise NotFound("page_not_found")
        file = front.files.path(item.file)
        home = contract.household_id if contract is not None else 0
    if file is None:
        raise NotFound("media_not_found")
    looked(front.database, visitor, "home_money", ("household", home), whom=("household", home))
    return download(file.read_bytes(), photos.CONTENT_TYPE, f"{public}.jpg", inline=True)


def ask_relief(task: Task) -> Done:
    """For a home by its door; somebody else has to agree."""
    home = task.home_at_its_door()
    since, until = task.month("since"), task.month("until")
    reliefs.ask(
        home.id,
        task.form["ground"],
        task.form["proof"],
        _part(task.form["part"]),
        since,
        month_on(until, 1),
        task.by,
    )
    return Done("relief_asked", {})


def agree_relief(task: Task) -> Done:
    """The second person: bills of its months get a line more."""
    relieving.agree(_relief(task), task.by)
    return Done("relief_agreed", {})


def refuse_relief(task: Task) -> Done:
    reliefs.refuse(reliefs.held(_relief(task)), task.by)
    return Done("relief_refused", {})


def enter_proof(task: Task) -> Done:
    """Whether a line of the standard was kept last month."""
    estate = task.estate(task.number("estate"))
    month = month_on(month_of(local(now()).date()), -1)
    proofs.enter(
        estate, month, task.form["line"], task.form["done"] == "yes", task.by, words=task.form["words"]
    )
    return Done("proof_entered", {})


def check_proof(task: Task) -> Done:
    """The second person; what was not done is a case from then on."""
    key = task.number("item")
    proof = session().get(Proof, key)
    if proof is None:
        raise NotFound("proof_not_found")
    task.estate(proof.estate_id)
    case = withholding.check(key, task.by, task.form["done"] == "yes")
    return Done("proof_case" if case else "proof_checked", {"number": case.number} if case else {})


def hand_gift(task: Task) -> Done:
    """Against a signature, of which a picture is taken."""
    number = task.number("item")
    contract = session().get(Contract, number)
    if contract is None:
        raise NotFound("gift_not_found")
    task.estate(contract.estate_id)
    if gifts.is_handed_over(number):
        return Done("gift_handed_before", {})
    signature = ""
    if task.files:
        item = keep(
            ("contract", number), purpose="signature", kind="image", file=task.files[0],
            content_type=photos.CONTENT_TYPE, by=task.by.id,
        )  # fmt: skip
        signature = session().get_one(Item, item).public_id
    gifts.hand_over(number, signature, task.by)
    return Done("gift_handed", {})


def give_back(task: Task, *, kept: bool = False) -> Done:
    """Money that the estate owes a home, over the counter."""
    home = task.home(task.number("home"))
    way = Way(task.form["way"]) if task.form["way"] in desk_tasks.WAYS else None
    if way is None:
        raise Invalid("payment_way")
    if not task.form["receipt"]:
        raise Invalid("payment_no_receipt")
    receipt, day = task.form["receipt"], task.day()
    is_new = returning.give_back(home.id, task.fen, way, receipt, day, task.by, kept=kept)
    path = {"path": f"/homes/{home.id}"} if kept else {}
    return Done("money_back" if is_new else "money_back_before", path)


TASKS: Mapping[str, Callable[[Task], Done]] = {
    "agree_offer": offers_desk.agree,
    "withdraw_offer": offers_desk.withdraw,
    "ask_relief": ask_relief,
    "agree_relief": agree_relief,
    "refuse_relief": refuse_relief,
    "enter_proof": enter_proof,
    "check_proof": check_proof,
    "hand_gift": hand_gift,
    "give_back": give_back,
    "give_kept": partial(give_back, kept=True),  # what the home paid beforehand, as when it moves away
}


def _relief(task: Task) -> int:
    """Its number, where its home is theirs. Raises NotFound."""
    number = task.number("item")
    household = session().scalars(select(Relief.household_id).where(Relief.id == number)).first()
    if household is None:
        raise NotFound("relief_not_found")
    task.home(household)
    return number


def _part(said: str) -> Fraction:
    """1/2, 0.5 or 1. Raises Invalid."""
    try:
        return Fraction(said)
    except (ValueError, ZeroDivisionError):
        raise Invalid("relief_part") from None


PAGE = Page("terms", "/terms", FIELDS, TASKS, shown, frozenset({"gift_handed"}))
