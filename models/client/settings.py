"""How somebody wants the program to look."""

from sqlalchemy import delete, select

from models.base.clock import now
from models.base.orm import session, upsert
from models.client.tables import ClientSetting


def is_elder(person_id: int) -> bool:
    """Whether it shows large type and few things on a page."""
    query = select(ClientSetting.elder).where(ClientSetting.person_id == person_id)
    return bool(session().execute(query).scalar())


def set_elder(person_id: int, elder: bool) -> None:
    row = upsert(ClientSetting).values(person_id=person_id, elder=elder, at=now())
    session().execute(
        row.on_conflict_do_update(
            index_elements=[ClientSetting.person_id],
            set_={"elder": row.excluded.elder, "at": row.excluded.at},
        )
    )


def forget(person_id: int) -> None:
    session().execute(delete(ClientSetting).where(ClientSetting.person_id == person_id))
