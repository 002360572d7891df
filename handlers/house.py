"""What the entrances need to know of the house's own rules. server/app.py fills it from the configuration."""

from dataclasses import dataclass
from datetime import time

from models.outbox.budget import Allowance


@dataclass(frozen=True, slots=True)
class House:
    """Durations and names that an operator may set; the defaults are those of config.example.toml."""

    place_wait_minutes: int = 30  # then a report without a place goes to the desk as it is
    join_minutes: int = 15  # a photo or location this soon after a report belongs to it
    finish_window_minutes: int = 30  # words, tap and photo of one 办结 find each other in this time
    silence_days: int = 7
    alarm_every_minutes: int = 3
    door_minutes: int = 30  # what is said this soon after a door's code was scanned is about that door
    door_reports_an_hour: int = 20  # by one door's page, so that nobody fills the town's books from there
    second_person_above: int = 1000  # receivers of a notice
    notice_delay_seconds: int = 120  # in which it can be stopped before anybody hears it
    notices_a_day: int = 20  # of one desk
    notice_rounds: int = 2  # to those who have not opened one
    quiet_from: time = time(21, 0)
    quiet_until: time = time(8, 0)
    group_allowance: Allowance = Allowance()  # noqa: RUF009 - frozen
    group_limit: int = 200  # members of a customer group
    keeper_amber_days: int = 30  # without a visit of its keeper a building turns amber
    keeper_red_days: int = 60  # and then red
    export_rows_a_day: int = 20_000  # of one person, from all lists together
    export_people_alone: int = 100  # of more a second person has to agree
    content_check: bool = False  # the platform reads a notice before the public does
    operator: str = ""  # who answers for the personal data
    contact: str = ""  # where people turn to about them
