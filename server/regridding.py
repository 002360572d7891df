"""Open cases follow their buildings into another grid, some in each transaction."""

from models.joins import recutting
from server.config import Config
from server.database import Database

AT_ONCE = 100


def follow(_config: Config, database: Database) -> None:
    with database.read():
        cases = recutting.astray()
    for start in range(0, len(cases), AT_ONCE):
        database.write(recutting.follow, cases[start : start + AT_ONCE])
