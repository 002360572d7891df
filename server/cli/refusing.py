"""Errors that an operator can read become words and an exit code; nothing else is swallowed."""

import os
import sys

import click

from models.base.refusals import Refused, Unavailable
from server.schema import NewerSchema
from server.settings import BadConfig


def said(trouble: Exception) -> int:
    """Says the refusal on stderr and gives the exit code; raises what is no refusal."""
    if isinstance(trouble, BrokenPipeError):
        # whoever read us, as head does, has seen enough; Python would complain when it flushes at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    for line in _lines(trouble):
        click.echo(f"hemei: {line}", err=True)
    return 1


def _lines(trouble: Exception) -> list[str]:
    if isinstance(trouble, BadConfig):
        return trouble.problems
    if isinstance(trouble, NewerSchema | Unavailable):
        words = (str(trouble).strip() or "it does not answer").splitlines()[0]
        return [f"the database cannot be used: {words}"]
    if isinstance(trouble, OSError) and trouble.filename:
        return [f"{trouble.filename}: {trouble.strerror}"]
    if isinstance(trouble, Refused):
        from handlers.words import refusal

        return [refusal(trouble)]
    raise trouble
