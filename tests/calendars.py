"""Years of working days that nobody has entered yet, so that a test may run in any of them."""

from models.base.clock import now
from models.workdays.entering import enter_year
from models.workdays.known import years


def known_years() -> None:
    """The year that runs and its neighbours: where they are missing, with New Year's Day off."""
    for year in range(now().year - 1, now().year + 2):
        if year not in years():
            enter_year(year, {"source": "test", "off": [f"{year}-01-01"], "worked": []}, None)
