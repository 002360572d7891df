"""The index of words: which cases hold which neighbouring signs, block by block (search.py)."""

from datetime import datetime

from sqlalchemy import BigInteger, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from models.base.orm import Base, BigId


class CaseWords(Base):
    """The cases of one block that hold one gram. Clustered by block, so that what is new is written
    beside what was new before, and costs the same at every size."""

    __tablename__ = "case_words"
    __table_args__ = {"sqlite_with_rowid": False, "postgresql_with": {"fillfactor": "80"}}  # noqa: RUF012
    block: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # case id / 4 096
    gram: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    cases: Mapped[bytes] = mapped_column(LargeBinary)  # numbers within the block: models/case/search_sets.py


class CaseWordsMark(Base):
    """How far the index has followed the steps: one row."""

    __tablename__ = "case_words_mark"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    done_step: Mapped[int] = mapped_column(BigInteger, default=0)
    settled_step: Mapped[int] = mapped_column(BigInteger, default=0)  # nobody still writes one up to this
    seen_step: Mapped[int] = mapped_column(BigInteger, default=0)  # settled when it was seen long enough ago
    seen_at: Mapped[datetime]


class CaseWordsNew(Base):
    """Cases indexed by a step that is not settled yet, so that each is done once."""

    __tablename__ = "case_words_new"
    case_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    step_id: Mapped[int] = mapped_column(BigInteger, index=True)
