"""The sandbox of a service with `[sandbox] enabled`: its own accounts and town, and phones for both."""

from dataclasses import fields
from pathlib import Path
from typing import Any

from flask import Blueprint
from sqlalchemy import select
from sqlalchemy.orm import aliased

from handlers.guards import guard_all
from handlers.words import labels
from models.base.orm import session
from models.base.resources import table
from models.outbox.address import Address, Channel
from models.person.tables import Staff
from models.person.telephones import telephones
from models.place.tables import BuildingGroup
from server.config import Config, Mini, Official
from server.database import Database
from server.sandbox import web
from server.sandbox.accounts import Account, Accounts, Template, WorkAccount
from server.sandbox.addresses import refuse_real
from server.sandbox.pay_keys import (
    CERTIFICATE_MODE,
    PLATFORM_FILE,
    PUBLIC_MODE,
    PayAccount,
    read_key,
)
from server.sandbox.phones import Phones
from server.sandbox.simulator import Simulator
from server.sandbox.world import Phone

CAST = "demo/cast.toml"


def blueprint(config: Config, database: Database) -> Blueprint:
    """Raises when any platform's address is a real one."""
    refuse_real(config.wechat.addresses().values())
    simulator = Simulator(accounts(config))
    cast = table(CAST)
    with database.read():
        phones = [*_residents(cast), *_staff(cast), *_groups(cast), *_chats(cast)]
    for phone in phones:
        simulator.add(phone)
        if phone.kind == "resident" and phone.follows:
            simulator.opened(phone.openid)
    return guard_all(web.blueprint(Phones(simulator)), "sandbox")


def accounts(config: Config) -> Accounts:
    """The accounts of this configuration, as the platform would know them."""
    wechat, work = config.wechat, config.wechat.work
    return Accounts(
        official=_account(wechat.official) if wechat.official else None,
        mini=_account(wechat.mini) if wechat.mini else None,
        work=WorkAccount(
            work.corp_id,
            work.agent_id,
            work.secret,
            work.contact_secret,
            work.token,
            work.encoding_aes_key,
        )
        if work
        else None,
        pay=_merchant(config),
        gateway_token=config.gateway.token,
    ).calling(config.server.base_url)


def _merchant(config: Config) -> PayAccount | None:
    """WeChat Pay is played where the platform's own key lies beside the merchant's, as in a demo's folder."""
    pay = config.wechat.pay
    if pay is None or not pay.private_key_file:
        return None
    merchant = Path(pay.private_key_file)
    platform = merchant.with_name(PLATFORM_FILE)
    if not platform.exists():
        return None
    apps = (one.app_id for one in (config.wechat.official, config.wechat.mini) if one)
    return PayAccount(
        pay.mch_id,
        pay.cert_serial_no,
        pay.api_v3_key,
        read_key(merchant),
        read_key(platform),
        tuple(apps),
        PUBLIC_MODE if pay.public_key_id else CERTIFICATE_MODE,
        pay.public_key_id,
    )


def _account(app: Official | Mini) -> Account:
    titles = table("labels/letter_kinds.toml")
    return Account(
        app.app_id,
        app.app_secret,
        app.token,
        app.encoding_aes_key,
        templates=tuple(
            Template(one.id, titles.get(kind, kind), dict(table(CAST)["keywords"]))
            for kind, one in app.templates.items()
        ),
    )


def _residents(cast: dict[str, object]) -> list[Phone]:
    known = {field.name for field in fields(Phone)}
    people: list[dict[str, object]] = cast["resident"]  # type: ignore[assignment]
    return [Phone(kind="resident", **{k: v for k, v in one.items() if k in known}) for one in people]  # type: ignore[arg-type]


def _staff(cast: dict[str, object]) -> list[Phone]:
    """Everybody of the town who has WeCom, with his posts; the cast says whose phone lies in front."""
    notes: dict[str, str] = cast["staff"]  # type: ignore[assignment]
    query = (
        select(Staff.name, Address.value, Staff.roles, Staff.employer, Staff.person_id)
        .join(Address, (Address.owner_id == Staff.person_id) & (Address.owner_kind == "person"))
        .where(Address.channel == Channel.WORK)
        .order_by(Staff.id)
    )
    rows = session().execute(query).all()
    mobiles = telephones([row.person_id for row in rows])
    return [
        Phone(
            userid,
            name,
            "staff",
            userid=userid,
            mini_openid=f"mDemo-{userid}",
            mobile=mobiles.get(person, ""),
            note=notes.get(userid) or _posts(posts, employer),
            front=userid in notes,
        )
        for name, userid, posts, employer, person in rows
    ]


def _posts(roles: list[str], employer: str | None) -> str:
    said = [labels("roles")[one]["label"] for one in roles]
    return " · ".join([*said, employer] if employer else said)


def _groups(cast: dict[str, object]) -> list[Phone]:
    front: list[str] = cast["groups"]  # type: ignore[assignment]
    owner = aliased(Address)
    query = (
        select(BuildingGroup.name, Address.channel, Address.value, owner.value)
        .join(Address, (Address.owner_id == BuildingGroup.id) & (Address.owner_kind == "group"))
        .outerjoin(
            owner,
            (owner.owner_id == BuildingGroup.owner_id)
            & (owner.owner_kind == "person")
            & (owner.channel == Channel.WORK),
        )
        .order_by(BuildingGroup.id)
    )
    return [
        Phone(
            f"group-{place}",
            name,
            "group",
            chat_id=value if channel == Channel.CUSTOMER_GROUP else "",
            robot_key=value if channel == Channel.ROBOT else "",
            owner=owner_id or "",
            front=name in front,
        )
        for place, (name, channel, value, owner_id) in enumerate(session().execute(query), 1)
    ]


def _chats(cast: dict[str, object]) -> list[Phone]:
    """Customer groups that nobody has bound yet."""
    chats: list[dict[str, Any]] = cast["chat"]  # type: ignore[assignment]
    return [
        Phone(
            f"chat-{one['id']}",
            one["name"],
            "group",
            chat_id=one["id"],
            owner=one["owner"],
            members=[f"wmDemo{number}" for number in range(one["members"] - 1)],
        )
        for one in chats
    ]
