"""What the fee desk does, each verb for the community that the money belongs to."""

from collections.abc import Callable, Mapping

from sqlalchemy import Select, select

from handlers.pages.fees.desk_forms import Task
from handlers.pages.links import Done
from models.base.orm import session
from models.base.refusals import Invalid, NotFound
from models.fee import payments
from models.fee.payments import Payment, Way
from models.pay import deciding, refunding
from models.pay.tables import Order, Refund
from models.person import proving
from models.person.proving import claims
from models.person.tables import Home
from models.place.tables import Household

FIELDS = {"item": 40, "why": 200, "how": 20, "yuan": 16, "way": 10, "receipt": 40, "day": 10, "home": 20}
WAYS = (Way.CASH, Way.TRANSFER)


def enter(task: Task) -> Done:
    """Cash or a transfer with its receipt's number: the same receipt again is the same payment."""
    home = task.home(task.number("home"))
    if task.form["way"] not in WAYS:
        raise Invalid("payment_way")
    if not task.form["receipt"]:
        raise Invalid("payment_no_receipt")
    payment, is_new = payments.receive(
        home.id, task.fen, Way(task.form["way"]), task.form["receipt"], task.day(), task.by
    )
    path = f"/homes/{home.id}/receipts/{payment}"
    return Done("payment_entered" if is_new else "payment_before", {"path": path})


def confirm(task: Task) -> Done:
    """Somebody who says to live there was asked at the door, or by the register's telephone: from now on the
    home's money is theirs to see."""
    home, claimed = task.home(task.number("home")), task.number("item")
    if not claims(Household.id == home.id, Home.id == claimed):
        raise NotFound("home_not_found")
    proving.confirm(claimed, task.by)
    return Done("home_confirmed", {"path": f"/homes/{home.id}"})


def moved(task: Task) -> Done:
    """Somebody has moved out, or was confirmed by mistake: the home's money is not theirs to see any more."""
    home, lived = task.home(task.number("home")), task.number("item")
    if lived not in {one.home_id for one in proving.residents(home.id)}:
        raise NotFound("home_not_found")
    proving.end(lived, task.by)
    return Done("home_ended", {"path": f"/homes/{home.id}"})


def wrong(task: Task) -> Done:
    """It was entered wrongly; somebody else has to agree."""
    payment = _payment(task)
    payments.say_wrong(payment, task.by, task.form["why"])
    return Done("payment_doubted", {})


def right(task: Task) -> Done:
    """It stands after all: whoever said that it was wrong had made a slip, or somebody else has looked."""
    payments.say_right(_payment(task))
    return Done("payment_right", {})


def agree(task: Task) -> Done:
    """The second person: its bills are open again."""
    payments.agree_wrong(_payment(task), task.by)
    return Done("payment_reversed", {})


def settle_order(task: Task) -> Done:
    """What the platform took and we could not book by ourselves."""
    deciding.settle(_order(task), task.by, task.form["how"])
    return Done("order_settled", {})


def refund(task: Task) -> Done:
    """Money of a payment over WeChat shall go back; somebody else has to agree."""
    payment = _payment(task)
    order = session().scalars(select(Order).where(Order.payment_id == payment.id)).first()
    if order is None:
        raise NotFound("receipt_not_found")
    refunding.ask(order, task.fen, task.form["how"], task.by)
    return Done("refund_asked", {"path": f"/homes/{payment.household_id}"})


def agree_refund(task: Task) -> Done:
    refunding.agree(_refund(task), task.by)
    return Done("refund_agreed", {})


def decline_refund(task: Task) -> Done:
    refunding.decline(_refund(task), task.by)
    return Done("refund_declined", {})


def settle_refund(task: Task) -> Done:
    """The platform could not give it back: once more, or it was given in cash."""
    refunding.settle(_refund(task), task.by, task.form["how"])
    return Done("refund_settled", {})


TASKS: Mapping[str, Callable[[Task], Done]] = {
    "enter": enter,
    "confirm": confirm,
    "moved": moved,
    "wrong": wrong,
    "right": right,
    "agree": agree,
    "settle_order": settle_order,
    "refund": refund,
    "agree_refund": agree_refund,
    "decline_refund": decline_refund,
    "settle_refund": settle_refund,
}


def _payment(task: Task) -> Payment:
    """The payment of the form, held. Raises NotFound."""
    payment = session().get(Payment, task.number("item"), with_for_update=True)
    if payment is None:
        raise NotFound("receipt_not_found")
    task.home(payment.household_id)
    return payment


def _order(task: Task) -> str:
    """The number of an order of a home of theirs. Raises NotFound."""
    number = task.form["item"]
    query = select(Order.household_id).where(Order.number == number)
    return _theirs(task, number, query, "order_not_found")


def _refund(task: Task) -> str:
    """The same of a refund."""
    number = task.form["item"]
    query = select(Refund.household_id).where(Refund.number == number)
    return _theirs(task, number, query, "refund_not_found")


def _theirs(task: Task, number: str, query: Select[int], unknown: str) -> str:
    household = session().execute(query).scalar()
    if household is None:
        raise NotFound(unknown, number=number)
    task.home(household)
    return number
