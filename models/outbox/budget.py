"""What a customer group has been sent.

It takes about one message a day, and in a month as many as that has days (QY 92135).
"""

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from models.base.orm import Base


class GroupDay(Base):
    """How many messages one chat was given on one Beijing day."""

    __tablename__ = "group_days"
    chat_id: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    used: Mapped[int] = mapped_column(default=0)
