"""What is wrong with a file that a clerk gave us: where it is, what it is, what to do."""

from typing import Any

from models.base.resources import table
from models.town.problems import Problem
from models.town.shape import words


def spoken(problem: Problem) -> str:
    """One line: sheet, row and column as in the file, then `sentence`."""
    where = []
    if problem.sheet:
        where.append(_place("sheet", sheet=problem.sheet))
    if problem.row:
        where.append(_place("row", row=problem.row))
    if problem.column:
        where.append(_place("column", column=problem.column))
    elif "place" in problem.facts:
        where.append(_place("place", place=problem.facts["place"]))
    return f"{' '.join(where)}：{sentence(problem)}" if where else sentence(problem)


def sentence(problem: Problem) -> str:
    errors = table("labels/town_errors.toml")
    between: str = words()["separator"]
    facts = {
        name: between.join(fact) if isinstance(fact, list) else fact for name, fact in problem.facts.items()
    }
    near = facts.pop("near", None)
    said: str = errors[problem.code]
    return said.format(**facts, hint=errors["perhaps"].format(value=near) if near else "")


def _place(key: str, **facts: Any) -> str:
    said: str = table("labels/town_cli.toml")[key]
    return said.format(**facts)
