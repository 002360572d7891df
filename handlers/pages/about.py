"""What anybody may read: the short first page, and what is kept of people and why (GB/T 35273)."""

from flask import Response

from handlers.pages.front import Front, show

VERSION = "2026-11-21"  # raised with every change of templates/pages/privacy.html


def home(front: Front) -> Response:
    return show("home.html", contact=front.house.contact)


def privacy(front: Front) -> Response:
    house = front.house
    return show("privacy.html", version=VERSION, operator=house.operator, contact=house.contact)
