"""Whoever goes from door to door is told of the homes that a notice did not reach. Counted outside of the
transaction that writes the letters, because of a city's notice that takes a while."""

from models.base.clock import now
from models.notice import visiting
from server.config import Config
from server.database import Database


def hand_out(config: Config, database: Database) -> None:
    with database.read():
        plans = [
            visiting.plan(one, after_hours=config.rules.visit_after_hours) for one in visiting.due(now())
        ]
    for made in plans:
        if made is not None:
            database.write(visiting.hand_out, made)
