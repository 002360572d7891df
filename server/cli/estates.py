"""An estate by its name, a month by its number: what commands about money ask for."""

from datetime import date, datetime

import click
from sqlalchemy import ColumnElement, select

from models.base.orm import session
from models.place.tables import Community, Estate
from server.cli.running import Refusal

ESTATE = click.option("--estate", required=True, help="The estate's name.")
COMMUNITY = click.option("--community", help="Where two estates share a name.")


class Month(click.ParamType[date]):
    """2026-11; its first day."""

    name = "month"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return datetime.strptime(f"{value}-01", "%Y-%m-%d").date()  # noqa: DTZ007 - a day, no moment
        except ValueError:
            self.fail(f"{value} is no month, such as 2026-11", param, ctx)


def of_estate(name: str | None) -> list[ColumnElement[bool]]:
    """What narrows a list to the estates of that name; nothing without one."""
    return [Estate.name == name] if name else []


def estate_named(name: str, community: str | None = None) -> int:
    """Refuses a name that no estate has, or more than one."""
    query = select(Estate.id).join(Community, Community.id == Estate.community_id).where(Estate.name == name)
    if community:
        query = query.where(Community.name == community)
    found = session().scalars(query).all()
    if len(found) != 1:
        some = f"there are {len(found)} estates {name}: name the community as well"
        raise Refusal(some if found else f"there is no estate {name}")
    return found[0]


def community_named(name: str) -> int:
    """Refuses a name that no community has."""
    found = session().scalars(select(Community.id).where(Community.name == name)).first()
    if found is None:
        raise Refusal(f"there is no community {name}")
    return found
