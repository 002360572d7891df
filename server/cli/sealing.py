"""What has to be done before a month can be sealed, said where that is why it is refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import click

from handlers.wording.sealing import said
from models.base.refusals import NotAllowed
from models.joins.sealing import lacking
from server.database import Database


@contextmanager
def naming_what_is_lacking(database: Database, estate_id: int, month: date) -> Iterator[None]:
    """A line on stderr for each thing; the refusal goes on."""
    try:
        yield
    except NotAllowed as refused:
        if refused.code == "month_lacks":
            with database.read():
                for one in lacking(estate_id, month):
                    click.echo(said(one), err=True)
        raise
