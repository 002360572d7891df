"""The configuration's rules about notices, as the verbs take them."""

from datetime import timedelta

from models.notice.notice import Rules
from server.config import Config


def notice_rules(config: Config) -> Rules:
    rules = config.rules
    return Rules(
        rules.second_person_above,
        timedelta(seconds=rules.notice_delay_seconds),
        a_day=rules.notices_a_day,
        rounds=rules.notice_rounds,
        content_check=rules.content_check,
    )
