"""Where the rows live: one way to read, one way to write, on SQLite and on PostgreSQL.

SQLite takes one writer at a time and pays an fsync for every commit. So each process has one writing
thread, and works that wait together share a commit (docs/decisions/0002). PostgreSQL takes many writers:
there a work runs in the thread that brought it. A process that writes all the time asks for `grouped`: its
works share commits too, and whatever disturbs a group runs in its own thread after all.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from models.base.orm import working_in
from models.base.refusals import Unavailable

log = logging.getLogger(__name__)
T = TypeVar("T")

GROUP = 64  # works in one commit: beyond this the commit is no longer what costs
LINGER = 0.001  # seconds
BUSY_SECONDS = 5
RETRIES = 3
FROZEN_SECONDS = 60
GROUP_LOCK_MS = 200  # so long a group on PostgreSQL waits for somebody else's lock, before all go apart
_RETRY_STATES = {"40001", "40P01"}  # serialization failure, deadlock


class Database:
    """Engines and the write path of one process."""

    def __init__(self, url: str, *, grouped: bool = False, pool_size: int = 16) -> None:
        self.url: URL = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self._ensure_folder()
            self.engine = _sqlite_engine(self.url, "BEGIN", pool_size=pool_size)
            self._write_engine = _sqlite_engine(self.url, "BEGIN IMMEDIATE", pool_size=None)
        else:
            self.engine = _postgres_engine(self.url, pool_size)
            self._write_engine = self.engine
        self._writer: _Writer | None = None
        if self.is_sqlite:
            self._writer = _Writer(self._write_engine)
        elif grouped:
            hasty = _postgres_engine(self.url, 1, f"-c lock_timeout={GROUP_LOCK_MS}ms")
            self._writer = _Writer(hasty, apart=self._write_engine)

    def write(self, work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Runs `work` in one transaction and returns its answer after the commit.

        `work` must depend on the database and its arguments only: it is run again when its transaction has
        to be repeated. Raises whatever it raises (then nothing is written), or Unavailable.
        """
        whole = partial(work, *args, **kwargs)
        return self._writer.write(whole) if self._writer is not None else _alone(self._write_engine, whole)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A consistent view; nothing written inside is kept."""
        try:
            with (
                Session(self.engine, expire_on_commit=False, autoflush=False) as current,
                working_in(current),
            ):
                yield current
        except OperationalError as trouble:
            raise Unavailable from trouble

    def close(self) -> None:
        if self._writer is not None:
            self._writer.stop()
            self._writer.engine.dispose()
        self._write_engine.dispose()
        self.engine.dispose()

    def _ensure_folder(self) -> None:
        name = self.url.database
        if name and name != ":memory:":
            Path(name).parent.mkdir(parents=True, exist_ok=True)


class _Apart(Exception):  # noqa: N818 - not an error: the work goes on in the thread that brought it
    pass


class _Ticket(Generic[T]):
    """A work that waits for its commit. A bare lock, because a Future costs as much as the work itself."""

    __slots__ = ("_answer", "_done", "_trouble", "work")

    def __init__(self, work: Callable[[], T]) -> None:
        self.work = work
        self._trouble: BaseException | None = None
        self._done = threading.Lock()
        self._done.acquire()

    def fulfil(self, answer: T) -> None:
        self._answer = answer
        self._done.release()

    def fail(self, trouble: BaseException) -> None:
        self._trouble = trouble
        self._done.release()

    def wait(self) -> T:
        self._done.acquire()
        if self._trouble is not None:
            raise self._trouble
        return self._answer


class _Writer:
    """The one writing thread: takes what waits, runs it in one transaction, commits once.

    With `apart`, works whose group did not come through run over that engine, each in its own thread: on
    PostgreSQL one that waits for a lock must not hold up those behind it. Without, they run here, one by one.
    """

    def __init__(self, engine: Engine, *, apart: Engine | None = None) -> None:
        self.engine = engine
        self._apart = apart
        self._queue: queue.SimpleQueue[_Ticket[Any] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="hemei-writer", daemon=True)
        self._started = threading.Lock()

    def write(self, work: Callable[[], T]) -> T:
        if not self._thread.is_alive():
            self._start()
        ticket = _Ticket(work)
        self._queue.put(ticket)
        try:
            return ticket.wait()
        except _Apart:
            assert self._apart is not None
            return _alone(self._apart, work)

    def stop(self) -> None:
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join(timeout=BUSY_SECONDS * 2)

    def _start(self) -> None:
        with self._started:
            if not self._thread.is_alive():
                if self._thread.ident is not None:  # stopped or lost by a fork: a thread starts once
                    self._thread = threading.Thread(target=self._run, name="hemei-writer", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        batch: list[_Ticket[Any]] = []
        while (first := self._queue.get()) is not None:
            stop = False
            if len(batch) > 1:  # the last one had company, so this one will
                time.sleep(LINGER)
            batch = [first]
            while len(batch) < GROUP and not self._queue.empty():
                item = self._queue.get()
                if item is None:
                    stop = True
                    break
                batch.append(item)
            self._settle(batch)
            if stop:
                return

    def _settle(self, batch: list[_Ticket[Any]]) -> None:
        if len(batch) > 1 or self._apart is not None:
            try:
                with _transaction(self.engine):
                    answers = [ticket.work() for ticket in batch]
            except Exception:  # noqa: BLE001 - each work meets its own trouble below
                log.debug("a group of %d works is run one by one", len(batch))
            else:
                for ticket, answer in zip(batch, answers, strict=True):
                    ticket.fulfil(answer)
                return
        for ticket in batch:
            try:
                if self._apart is not None:
                    raise _Apart
                ticket.fulfil(_alone(self.engine, ticket.work))
            except BaseException as trouble:  # noqa: BLE001 - handed to whoever waits
                ticket.fail(trouble)


@contextmanager
def _transaction(engine: Engine) -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as current, working_in(current), current.begin():
        yield current


def _alone(engine: Engine, work: Callable[[], T]) -> T:
    for attempt in range(1, RETRIES + 1):
        try:
            with _transaction(engine):
                return work()
        except DBAPIError as trouble:
            if getattr(trouble.orig, "sqlstate", None) in _RETRY_STATES and attempt < RETRIES:
                continue
            if isinstance(trouble, OperationalError) or trouble.connection_invalidated:
                raise Unavailable from trouble
            raise
    raise AssertionError("unreachable")


def _sqlite_engine(url: URL, begin: str, *, pool_size: int | None) -> Engine:
    connect = {"timeout": BUSY_SECONDS, "check_same_thread": False, "cached_statements": 512}
    if pool_size is None:
        engine = create_engine(url, connect_args=connect, pool_size=1, max_overflow=2, hide_parameters=True)
    else:
        engine = create_engine(
            url, connect_args=connect, pool_size=pool_size, max_overflow=pool_size, hide_parameters=True
        )

    @event.listens_for(engine, "connect")
    def _open(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            f"busy_timeout = {BUSY_SECONDS * 1000}",
            "temp_store = MEMORY",
            "cache_size = -4096",  # KiB, for each of up to 32 connections
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine


# A page asks for few rows and somebody waits for it: to begin workers or to compile costs more than it saves
# on a small server. And what is asked for again and again is in memory, where each row costs the same.
_PLANNING = "-c max_parallel_workers_per_gather=0 -c jit=off -c random_page_cost=1.1"


def _postgres_engine(url: URL, pool_size: int, options: str = "") -> Engine:
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        hide_parameters=True,  # an error must not quote what a resident wrote (O1)
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=10,
        connect_args={
            "connect_timeout": 5,
            "application_name": "hemei",
            "prepare_threshold": 2,
            # because a process or machine that freezes inside a transaction would keep its locks for ever
            "options": f"-c idle_in_transaction_session_timeout={FROZEN_SECONDS}s {_PLANNING} {options}",
        },
    )


def throwaway_engine(url: URL) -> Engine:
    """An engine that keeps no connection: for migrations and checks."""
    return create_engine(url, poolclass=NullPool)


def answers(database: Database) -> bool:
    """Whether the database answers at all."""
    try:
        with database.read() as current:
            current.execute(text("SELECT 1"))
    except Unavailable:
        return False
    return True
