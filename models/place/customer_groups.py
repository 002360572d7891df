"""WeCom customer groups as the platform names them, and the codes by which people join a building's group.

Staff bind a chat to a building or an estate (models/town/binding.py): it is the group behind the address with
its chat_id from then on (QY 92120, 92122, 92229). Nothing is kept of who is in a chat but how many they are.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ForeignKey, and_, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from models.base.clock import now
from models.base.orm import Base, Numbered, session
from models.outbox.address import Address, Channel, at_value
from models.place.tables import BuildingGroup

WELL, OWNER_LEFT, HANDING_OVER, HANDED_OVER = range(4)  # status of a chat's owner (QY 92120)


class CustomerGroup(Numbered, Base):
    """One chat of the platform. A building may have several, since a full group is followed by another."""

    __tablename__ = "customer_groups"
    chat_id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="")
    owner_userid: Mapped[str] = mapped_column(default="")
    status: Mapped[int] = mapped_column(default=WELL)
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


def senders(groups: Collection[int]) -> Mapping[int, str]:
    """Building group → the WeCom userid that confirms its messages: the chat's owner as the platform names
    it, else the owner that the workbook names. A group whose owner left the company has none."""
    if not groups:
        return {}
    own = aliased(Address)
    query = (
        select(BuildingGroup.id, own.value, CustomerGroup.owner_userid, CustomerGroup.status)
        .join(Address, and_(Address.owner_kind == "group", Address.owner_id == BuildingGroup.id))
        .outerjoin(CustomerGroup, CustomerGroup.chat_id == Address.value)
        .outerjoin(
            own,
            and_(
                own.owner_kind == "person",
                own.owner_id == BuildingGroup.owner_id,
                own.channel == Channel.WORK,
                own.value != "",
            ),
        )
        .where(BuildingGroup.id.in_(groups), Address.channel == Channel.CUSTOMER_GROUP)
        .order_by(BuildingGroup.id, own.id.desc())
    )
    found: dict[int, str] = {}
    for row in session().connection().execute(query):
        sender = row.owner_userid or row.value
        if sender and row.status not in (OWNER_LEFT, HANDING_OVER):
            found[row.id] = sender
    return found


def sent_by(userid: str) -> Collection[int]:
    """The building groups whose messages this userid confirms."""
    by_platform = (
        select(Address.owner_id)
        .join(CustomerGroup, CustomerGroup.chat_id == Address.value)
        .where(Address.owner_kind == "group", Address.channel == Channel.CUSTOMER_GROUP)
        .where(CustomerGroup.owner_userid == userid)
    )
    by_workbook = (
        select(BuildingGroup.id)
        .join(Address, and_(Address.owner_kind == "person", Address.owner_id == BuildingGroup.owner_id))
        .where(at_value(Channel.WORK, userid))
    )
    groups = session().scalars(by_platform.union(by_workbook)).all()
    return [group for group, sender in senders(groups).items() if sender == userid]
