"""Whether the log of looks is what it was, as far as its newest links say, and whether its head is kept."""

from collections.abc import Iterator
from datetime import timedelta

from models.audit import chain, checking
from models.base.clock import now
from server import auditing
from server.config import Config
from server.doctor.finding import Finding, bad, note, ok

OLD = timedelta(hours=1)  # its clock looks each ten minutes


def examine(config: Config) -> Iterator[Finding]:
    """Inside a read of the database. Says nothing before anything was noted; the whole is proved by
    `hemei audit check`."""
    head = chain.head()
    if head is None:
        return
    heads = auditing.kept_heads(config)
    faults = checking.newest_faults()
    behind = [number for number, _ in heads if number > head.number]
    if faults or behind:
        first = f"{faults[0].what} {faults[0].number}" if faults else f"end_gone {head.number}"
        yield bad("looks_changed", first=first)
        return
    yield ok("looks_whole", number=head.number)
    if (not heads or heads[-1][0] < head.number) and now() - head.at > OLD:
        yield note("looks_head_old", file=auditing.heads_file(config))
