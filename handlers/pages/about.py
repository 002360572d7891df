"""What anybody may read: the short first page, and what is kept of people and why (GB/T 35273)."""

from flask import Response

from handlers.pages.books.address import path_of
from handlers.pages.front import Front, show
from models.books.publishing import estates_with_books
from models.place.gazetteer import town

MOST = 30  # communities, and estates, on the first page
VERSION = "2026-11-21.2"  # raised with every change of templates/pages/privacy.html


def home(front: Front, *, is_demo: bool) -> Response:
    """With the boards of communities and the estates whose books are open; in a demo also where to begin."""
    with front.database.read():
        books = [{"name": name, "path": path_of(estate)} for estate, name in estates_with_books(MOST)]
        boards = sorted((name, f"/board/{key}") for key, name in town().communities.items())[:MOST]
    return show("home.html", contact=front.house.contact, books=books, boards=boards, is_demo=is_demo)


def privacy(front: Front) -> Response:
    house = front.house
    return show("privacy.html", version=VERSION, operator=house.operator, contact=house.contact)
