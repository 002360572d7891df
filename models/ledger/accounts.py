"""The accounts of an estate's books. Labels: templates/labels/accounts.toml."""

from enum import StrEnum


class Account(StrEnum):
    """Debit is positive: what the estate has and what was spent; credit negative: what it owes and earned."""

    WECHAT = "wechat"  # money at the merchant account
    BANK = "bank"
    CASH = "cash"
    RECEIVABLE = "receivable"  # what a household owes, by household
    PREPAID = "prepaid"  # what a household has paid beyond its bills, by household
    REFUND = "refund"  # to be given back, by household
    DEFERRED = "deferred"  # billed for months that are still to come
    LOAN = "loan"  # lent to the estate, to be given back
    FEES = "fees"  # earned
    OTHER_INCOME = "other_income"
    GRANT = "grant"  # government money, kept apart from fees
    DISCOUNT = "discount"  # what an offer gave away
    RELIEF = "relief"  # what a rule let somebody off
    EXPENSE = "expense"
    OPENING = "opening"  # where the books began


#: Kept for each household by itself.
BY_HOUSEHOLD = frozenset({Account.RECEIVABLE, Account.PREPAID, Account.REFUND})
