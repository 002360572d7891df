"""The frame around every page of the console: who is logged in, and the menu of what this post opens."""

from typing import Any

from flask import request

from handlers.wording.manual import HELP, headings
from handlers.words import labels
from models.duty.ladder import subtree
from models.duty.overseeing import DECIDING, OVERSEEING
from models.person.arriving import Visitor
from models.place.gazetteer import town


def frame(visitor: Visitor) -> dict[str, Any]:
    """For templates/pages/_frame.html. From roles and what is kept in memory: it stands on every page."""
    roles = set(visitor.roles)
    opens = {"everybody"}
    opens |= {"overseers"} if OVERSEEING & roles else set()
    opens |= {"deciders"} if DECIDING & roles else set()
    opens |= {"givers"} if {"admin", "street"} & roles else set()
    opens |= {"admins"} if "admin" in roles else set()
    opens |= {"watchers"} if {"admin", "supervisor"} & roles else set()
    opens |= {"importers"} if {"admin", "community"} & roles else set()
    opens |= {"holders"} if OVERSEEING & roles or subtree(visitor.person_id) else set()
    words = labels("console")
    sections = [
        {"title": one["title"], "pages": [_line(page) for page in one["pages"] if page["for"] in opens]}
        for one in words["sections"]
    ]
    here = next((page for one in sections for page in one["pages"] if page["is_here"]), None)
    return {
        "parts": _parts(visitor),
        "help": headings().get(here["name"], HELP) if here else HELP,
        "name": visitor.staff_name,
        "sections": [one for one in sections if one["pages"]],
        "words": {name: value for name, value in words.items() if isinstance(value, str)},
    }


def _parts(visitor: Visitor) -> list[dict[str, Any]]:
    """Of somebody with posts on several parts of the town: which may be looked at, and which is."""
    several = visitor.looks_at()
    if len(several) < 2:
        return []
    names = town().communities
    return [
        {"key": one or 0, "name": names.get(one) if one else None, "is_here": one == visitor.community_id}
        for one in several
    ]


def _line(page: dict[str, str]) -> dict[str, Any]:
    path = f"/console/{page['path']}".rstrip("/")
    return {"path": path, "name": page["name"], "is_here": request.path == path}
