"""Codes of the mini-program for one bill or one case: random, and taken back when they went astray.

What a code opens is decided when it is opened, by the rights of whoever opens it: the code itself gives none
(A10). Doors need no code of this kind: the one that hangs there opens page and program alike.
"""

from sqlalchemy import select, update

from models.base.clock import now
from models.base.orm import public_id, put, session
from models.client.tables import Scene

KINDS = ("bill", "case")


def issue(kind: str, about_id: int, by: int | None = None) -> str:
    """The code for this thing: the one it has, or a new one of 128 random bits."""
    if kind not in KINDS:
        raise ValueError(f"{kind} has no code")
    query = select(Scene.code).where(
        Scene.kind == kind, Scene.about_id == about_id, Scene.revoked_at.is_(None)
    )
    found = session().scalars(query).first()
    if found is not None:
        return found
    code = public_id()
    put(Scene, code=code, kind=kind, about_id=about_id, by_id=by, made_at=now())
    return code


def revoke(code: str) -> bool:
    """False when it opened nothing before."""
    mine = update(Scene).where(Scene.code == code, Scene.revoked_at.is_(None)).values(revoked_at=now())
    done = session().execute(mine.execution_options(synchronize_session=False))
    return bool(done.rowcount)  # type: ignore[attr-defined]


def behind(code: str) -> tuple[str, int] | None:
    """What it opens; None for a code that was revoked or never made."""
    query = select(Scene.kind, Scene.about_id).where(Scene.code == code, Scene.revoked_at.is_(None))
    row = session().execute(query).first()
    return None if row is None else (row.kind, row.about_id)
