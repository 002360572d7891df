"""The working days of years that nobody has entered: without them nothing in the demo runs out."""

from models.base.clock import local, now
from models.base.resources import table
from models.workdays.entering import enter_year
from models.workdays.known import years
from server.database import Database


def furnish(database: Database) -> None:
    """What the desk of a real town enters from the notice of the State Council's office."""
    database.write(_enter)


def _enter() -> None:
    made_up = table("demo/calendar.toml")
    this = local(now()).year
    for year in {this, this + 1} - set(years()):
        off = ["..".join(f"{year}-{day}" for day in days) for days in made_up["off"]]
        enter_year(year, {"source": made_up["source"], "off": off, "worked": []}, None)
