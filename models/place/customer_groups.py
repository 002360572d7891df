"""WeCom customer groups as the platform names them, and the codes by which people join a building's group.

Staff bind a chat to a building or an estate (models/town/binding.py): it is the group behind the address with
its chat_id from then on (QY 92120, 92122, 92229). Nothing is kept of who is in a chat but how many they are.
"""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base.clock import now
from models.base.orm import Base, Numbered


class CustomerGroup(Numbered, Base):
    """One chat of the platform. A building may have several, since a full group is followed by another."""

    __tablename__ = "customer_groups"
    chat_id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="")
    owner_userid: Mapped[str] = mapped_column(default="")
    status: Mapped[int] = mapped_column(default=0)  # 0 well, 1 owner left, 2 being handed over, 3 handed over
    members: Mapped[int] = mapped_column(default=0)
    state: Mapped[str | None]  # of the join way by which people came in
    read_at: Mapped[datetime | None]  # when the platform was asked last
    read_again: Mapped[bool] = mapped_column(default=True)  # something about it has changed since
    trouble: Mapped[str | None]  # why the platform says nothing of it
    gone_at: Mapped[datetime | None]  # dismissed, or never a customer group


class JoinWay(Numbered, Base):
    """进群方式: the platform's code for a group; when that is full, the platform opens a next one."""

    __tablename__ = "join_ways"
    group_id: Mapped[int] = mapped_column(ForeignKey("building_groups.id"), unique=True)
    state: Mapped[str] = mapped_column(unique=True)  # comes back with whoever joins by it
    wanted_at: Mapped[datetime] = mapped_column(default=now)
    next_try_at: Mapped[datetime] = mapped_column(default=now)
    config_id: Mapped[str | None]
    picture: Mapped[bytes | None]  # the code, a PNG rebuilt from its pixels
    trouble: Mapped[str | None]  # why there is none yet
