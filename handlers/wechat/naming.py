"""Who answers, as replies name it."""

from typing import Any

from handlers.words import labels
from models.duty.answering import Answering, answerer


def responsible(answers: Answering) -> dict[str, Any]:
    """The facts by which a reply names who answers for a case."""
    first = answerer(answers.people[0]) if answers.people else None
    return {
        "route": answers.route,
        "who": first.name if first else None,
        "role": labels("roles").get(first.role, "") if first else None,
        "department": answers.department,
    }


def who_answers_it(answers: Answering) -> dict[str, Any]:
    """The facts by which a reply names who will answer an enquiry."""
    people = [one for person in answers.people if (one := answerer(person)) is not None]
    return {
        "route": answers.route,
        "department": answers.department,
        "who": [one.name for one in people][:2],
        "at_desk": all(one.role == "community" for one in people),
    }
