"""The console: whether anybody administrates, and how staff can come in at all."""

from collections.abc import Iterator

from models.account import first
from models.duty.posts import present
from server.config import Config
from server.doctor.finding import Finding, note, ok


def examine(config: Config) -> Iterator[Finding]:
    """Inside a read of the database. Nothing where nobody works yet."""
    if not present().posts:
        return
    yield ok("console_admin") if first.is_there() else note("console_no_admin")
    if config.wechat.work is None:
        yield note("console_no_wecom")
