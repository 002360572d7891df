"""Every table, for whoever needs the whole schema at once (migrations' check, tests, the field register)."""

from models.account import tables as account
from models.appraisal import tables as appraisal
from models.audit import tables as audit
from models.base.orm import Base
from models.base.quarantine import Quarantine
from models.base.tallies import Tally
from models.base.ticks import Tick
from models.books import tables as books
from models.case import bulk_tables as bulk
from models.case import numbering as numbering
from models.case import search_tables as search
from models.case.case import Case
from models.case.tables import Alarm, Fellow, LimitRule, Offer, Rating, Sample
from models.client import tables as client
from models.consent import tables as consent
from models.contract import tables as contract
from models.corrections.correction import Correction
from models.dialogue.question import QuestionRow
from models.duty.tables import Absence, Department, Keeper, Rung, RungHolder, Shift, Swap
from models.enquiry.tables import Enquiry, KnownAnswer
from models.fee.payments import Part, Payment
from models.fee.tables import Bill, BillLine, BillRun, FeeVisit, Reminder, Tariff
from models.grid import tables as grid
from models.history import append_only as append_only  # triggers that come with the table
from models.history.step import Step
from models.inbox.received import Received
from models.indicator import tables as indicator
from models.ledger.tables import Entry, EntryLine, SealedMonth
from models.media.item import Item
from models.mediation import tables as mediation
from models.notice.checks import ContentCheck
from models.notice.fees import FeeLine, FeeSum
from models.notice.saved import SavedAudience
from models.notice.season import SeasonCall
from models.notice.tables import CallAnswer, Notice, NoticeDoor, Receipt
from models.outbox.address import Address, Consent
from models.outbox.budget import GroupDay
from models.outbox.confirming import GroupTask
from models.outbox.letter import Letter
from models.outbox.meters import Meter
from models.outbox.tokens import PlatformToken
from models.partner import tables as partner
from models.pay import tables as pay
from models.pay.certificates import Certificate
from models.person.tables import BindingCode, Grant, Home, Person, Portrait, Staff
from models.place.customer_groups import CustomerGroup, JoinWay
from models.place.stations import Station
from models.place.tables import (
    Building,
    BuildingGroup,
    Community,
    DoorCode,
    Estate,
    Grid,
    Household,
    TownVersion,
    Unit,
)
from models.praise.praise import Praise
from models.problem import tables as problem
from models.station import tables as station
from models.town import tables as town
from models.visit import tables as visit
from models.whistle import tables as whistle
from models.workdays import tables as workdays

metadata = Base.metadata

__all__ = [
    "Absence", "Address", "Alarm", "Bill", "BillLine", "BillRun", "BindingCode", "Building",
    "BuildingGroup", "CallAnswer", "Case", "Certificate", "Community", "Consent", "ContentCheck",
    "Correction", "CustomerGroup", "Department", "DoorCode", "Enquiry", "Entry", "EntryLine", "Estate",
    "FeeLine", "FeeSum", "FeeVisit", "Fellow", "Grant", "Grid", "GroupDay", "GroupTask", "Home", "Household",
    "Item", "JoinWay", "Keeper", "KnownAnswer", "Letter", "LimitRule", "Meter", "Notice", "NoticeDoor",
    "Offer", "Part", "Payment", "Person", "PlatformToken", "Portrait", "Praise", "Quarantine", "QuestionRow",
    "Rating",
    "Receipt", "Received", "Reminder", "Rung", "RungHolder", "Sample", "SavedAudience", "SealedMonth",
    "SeasonCall", "Shift", "Staff", "Station", "Step", "Swap", "Tally", "Tariff", "Tick", "TownVersion",
    "Unit", "account", "appraisal", "audit", "books", "bulk", "client", "consent",
    "contract", "grid", "indicator", "mediation", "metadata", "partner",
    "pay", "problem", "search", "station", "town", "visit", "whistle", "workdays",
]  # fmt: skip
