"""Who answers, as replies name it."""

from typing import Any

from handlers.words import labels
from models.duty.answering import Answering, answerer


def responsible(answers: Answering) -> dict[str, Any]:
    """The facts by which a reply names who answers."""
    first = answerer(answers.people[0]) if answers.people else None
    return {
        "route": answers.route,
        "who": first.name if first else None,
        "role": labels("roles").get(first.role, "") if first else None,
        "department": answers.department,
    }
