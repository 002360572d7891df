"""/p/<token>/fees/terms of a desk: offers, reliefs and records that a second person agrees to, gifts that are
handed over against a signature, money that is given back over the counter."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from flask import Response, request
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.desk import staff_arriving
from handlers.pages.fees import desk_tasks
from handlers.pages.fees.desk_facts import may_decide
from handlers.pages.fees.looking import list_looked_at
from handlers.pages.fees.terms_facts import terms_facts
from handlers.pages.forms import PlaceSaid, from_our_own_page, place_said, typed, uploaded, words
from handlers.pages.front import Front, back_to, download, show
from handlers.pages.links import Done, link_of, once_key, only_once
from handlers.words import refusal
from models.base.clock import local, now
from models.base.links import Link
from models.base.months import month_of, month_on
from models.base.orm import session
from models.base.refusals import Invalid, NotFound, Refused
from models.contract import offers, proofs, reliefs
from models.contract.tables import Contract, Offer, Proof, Relief
from models.duty.overseeing import OVERSEEING, decides, oversees
from models.fee import gifts, own, relieving
from models.fee.payments import Way
from models.joins import returning, withholding
from models.media import photos
from models.media.item import Item
from models.media.keeping import item_of, keep
from models.person.arriving import Visitor
from models.place.tables import Estate

FIELDS = desk_tasks.FIELDS | {"estate": 20, "line": 30, "done": 5, "words": 200, "ground": 30, "part": 10,
                              "proof": 40, "since": 10, "until": 10}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Task(desk_tasks.Task):
    """One form of the page, inside its transaction."""

    place: PlaceSaid = field(default_factory=PlaceSaid)
    files: tuple[str, ...] = ()

    def estate(self, estate_id: int) -> int:
        """The estate, for whoever decides in its community. Raises NotFound."""
        estate = session().get(Estate, estate_id)
        if estate is None or not decides(self.visitor.person_id, estate.community_id):
            raise NotFound("estate_not_found")
        return estate_id

    def month(self, name: str) -> date:
        """`2026-11` as its first day. Raises Invalid."""
        try:
            return date.fromisoformat(f"{self.form[name]}-01")
        except ValueError:
            raise Invalid("relief_months") from None


def shown(front: Front, token: str, status: int = 200, *, error: str | None = None) -> Response:
    """What waits stands first."""
    link = link_of(token, "desk")
    with front.database.read():
        visitor = _overseer(link)
        facts = terms_facts(visitor)
    list_looked_at(
        front,
        visitor,
        reliefs=[one["number"] for one in facts["reliefs"]],
        homes=[one["home"] for one in facts["owed"]],
    )
    said = typed() if request.method == "POST" else {}
    return show("fees/terms.html", status, token=token, desk=facts, typed=said, error=error)


def signature(front: Front, token: str, public: str) -> Response:
    """The picture of a signature, for whoever oversees the estate's community."""
    link = link_of(token, "desk")
    with front.database.read():
        visitor = _overseer(link)
        item = item_of(public)
        contract = session().get(Contract, item.about_id) if item and item.about_kind == "contract" else None
        estate = session().get(Estate, contract.estate_id) if contract is not None else None
        if item is None or item.file is None or estate is None:
            raise NotFound("page_not_found")
        if not oversees(visitor.person_id, estate.community_id):
            raise NotFound("page_not_found")
        file = front.files.path(item.file)
    if file is None:
        raise NotFound("media_not_found")
    return download(file.read_bytes(), photos.CONTENT_TYPE, f"{public}.jpg", inline=True)


def act(front: Front, token: str, task: str) -> AnyResponse:
    """A form of the page, done once."""
    from_our_own_page()
    link = link_of(token, "desk")
    if task not in TASKS:
        raise NotFound("page_not_found")
    with front.database.read():
        if not may_decide(_overseer(link)):
            raise NotFound("page_not_found")
    form = {name: words(name, limit) for name, limit in FIELDS.items()}
    try:
        with uploaded(front) as files:
            key = once_key(str(link.person_id))
            done = front.database.write(_done, link, task, form, place_said(), tuple(files), key)
            if not done.fresh or done.code != "gift_handed":
                front.files.drop(files)
    except Refused as refused:
        if refused.code == "page_not_found":
            raise
        return shown(front, token, refused.status, error=refusal(refused))
    return back_to(f"/p/{token}/fees/terms", done.code, **done.facts)


def _done(
    link: Link, task: str, form: Mapping[str, str], place: PlaceSaid, files: tuple[str, ...], key: str
) -> Done:
    mine = Task(_overseer(link), form, place, files)
    return only_once(key, str(link.person_id), f"terms_{task}", lambda: TASKS[task](mine))


def _overseer(link: Link) -> Visitor:
    """Raises NotFound for whoever has no post that oversees anything."""
    visitor = staff_arriving(link)
    if OVERSEEING.isdisjoint(visitor.roles):
        raise NotFound("page_not_found")
    return visitor


def agree_offer(task: Task) -> Done:
    """The second person: homes may buy it between its days."""
    offers.agree(_offer(task).id, task.by)
    return Done("offer_agreed", {})


def withdraw_offer(task: Task) -> Done:
    offers.withdraw(_offer(task).id)
    return Done("offer_withdrawn", {})


def ask_relief(task: Task) -> Done:
    """For a home by its door; somebody else has to agree."""
    spot = task.place.spot("staff")
    if spot.building_id is None or not spot.room:
        raise Invalid("home_door")
    home = task.home(own.dwelling_at(spot.building_id, spot.unit or "", spot.room).id)
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
    relieving.agree(_relief(task).id, task.by)
    return Done("relief_agreed", {})


def refuse_relief(task: Task) -> Done:
    relief = _relief(task)
    reliefs.end(relief, relief.since, task.by)
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
    case = withholding.check(key, task.by)
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


def give_back(task: Task) -> Done:
    """Money that the estate owes a home, over the counter."""
    home = task.home(task.number("home"))
    way = Way(task.form["way"]) if task.form["way"] in desk_tasks.WAYS else None
    if way is None:
        raise Invalid("payment_way")
    if not task.form["receipt"]:
        raise Invalid("payment_no_receipt")
    is_new = returning.give_back(home.id, task.fen, way, task.form["receipt"], task.day, task.by)
    return Done("money_back" if is_new else "money_back_before", {})


TASKS: Mapping[str, Callable[[Task], Done]] = {
    "agree_offer": agree_offer,
    "withdraw_offer": withdraw_offer,
    "ask_relief": ask_relief,
    "agree_relief": agree_relief,
    "refuse_relief": refuse_relief,
    "enter_proof": enter_proof,
    "check_proof": check_proof,
    "hand_gift": hand_gift,
    "give_back": give_back,
}


def _offer(task: Task) -> Offer:
    offer = session().get(Offer, task.number("item"))
    if offer is None:
        raise NotFound("offer_not_found")
    task.estate(offer.estate_id)
    return offer


def _relief(task: Task) -> Relief:
    household = session().scalars(select(Relief.household_id).where(Relief.id == task.number("item"))).first()
    if household is None:
        raise NotFound("relief_not_found")
    task.home(household)
    return session().get_one(Relief, task.number("item"))


def _part(said: str) -> Fraction:
    """1/2, 0.5 or 1. Raises Invalid."""
    try:
        return Fraction(said)
    except (ValueError, ZeroDivisionError):
        raise Invalid("relief_part") from None
