"""A notice about fees: a group hears a sum, a household its own bill (X05)."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base.orm import Base, Numbered


class FeeLine(Numbered, Base):
    """What one household owed and had paid when the notice was written, in fen."""

    __tablename__ = "notice_fee_lines"
    __table_args__ = (UniqueConstraint("notice_id", "household_id"),)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), index=True)
    due_fen: Mapped[int]
    paid_fen: Mapped[int] = mapped_column(default=0)


class FeeSum(Numbered, Base):
    """What was said aloud of a building: so many of its homes have paid. No row: nothing was said of it."""

    __tablename__ = "notice_fee_sums"
    __table_args__ = (UniqueConstraint("notice_id", "building_id"),)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"))
    building_id: Mapped[int] = mapped_column(ForeignKey("buildings.id"), index=True)
    paid: Mapped[int]
    homes: Mapped[int]
