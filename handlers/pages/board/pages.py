"""/board/<community>: the public board, who answers for which building, the screen in the lobby, a sheet."""

from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import Any, NamedTuple

from flask import Response, request

from handlers.guards import Guard
from handlers.pages.board import facts
from handlers.pages.board.store import Kept, Store
from handlers.pages.desk_facts import picture_of
from handlers.pages.front import ASSETS, POLICY, Front, asset, download
from handlers.wording.filters import link
from handlers.words import page
from models.base.refusals import NotFound
from models.base.resources import resource
from models.board.board import Board, board_of
from models.board.photos import public_photo
from models.board.places import community_at
from models.media.photos import preview
from models.place.doors import door_of
from models.place.gazetteer import town

Route = tuple[Guard, str, str, Callable[..., Any]]
AGE = 60  # seconds for which a browser and whatever stands between may keep a page
SHEET_AGE = 300
# of the script that keeps a screen, which may ask our own house and nothing else
KEEPER = (
    "default-src 'none'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)
TURNS = 20  # seconds of a screen


class BoardSheet(NamedTuple):
    """The A4 sheet by which people find the board."""

    community: str
    street: str | None
    url: str


#: A sheet as PDF.
BoardPrinter = Callable[[BoardSheet], bytes]


def board_routes(front: Front, printer: BoardPrinter) -> Iterator[Route]:
    """(Guard, rule, name, view); all for anybody."""

    def read(said: str) -> Board:
        with front.database.read():
            return board_of(said)

    store = Store(read)
    here = "/board/<community>"
    yield "public", here, "board", partial(shown, store)
    yield "public", f"{here}/who", "board_who", partial(who, store)
    yield "public", f"{here}/screen", "board_screen", partial(screen, front, store)
    yield "public", f"{here}/screen.js", "board_keeper", keeper
    yield "public", f"{here}/photo/<public>", "board_photo", partial(photo, front)
    yield "public", f"{here}/sheet.pdf", "board_sheet", partial(sheet, front, lru_cache(maxsize=16)(printer))


def shown(store: Store, community: str) -> Response:
    return _sent(store.page(community, "board", partial(_written, "board")))


def who(store: Store, community: str) -> Response:
    return _sent(store.page(community, "who", partial(_written, "who")))


def screen(front: Front, store: Store, community: str) -> Response:
    """`turn`: which part stands there, for browsers without a script; `door`: the code of the unit door that
    it hangs beside, so that people can report from there."""
    board = store.board(community)
    parts = facts.screens(board)
    said = request.args.get("turn", "")
    turn = int(said) % len(parts) if said.isascii() and said.isdecimal() and len(said) < 6 else 0
    door = _door(front, request.args.get("door", ""), board)

    def made(board: Board) -> str:
        query = f"&door={door}" if door else ""
        return page(
            "board/screen.html",
            asset=asset,
            **facts.facts(board),
            parts=facts.screens(board),
            turn=turn,
            turns=TURNS,
            query=query,
            picture=_code(link(facts.board_path(board))),
            report=_code(link(f"/q/{door}")) if door else None,
        )

    return _sent(store.page(community, f"screen/{turn}/{door}", made))


def keeper(community: str) -> Response:
    """The script with which a browser keeps the last screen for when there is no network. It stands beside
    the screen, because the address of such a script says for which pages it may answer (W3C Service Workers,
    Register)."""
    response = Response(resource("static/screen.js").read_bytes(), content_type=ASSETS["board.js"])
    response.headers["Cache-Control"] = f"public, max-age={AGE}"
    response.headers["Content-Security-Policy"] = KEEPER
    return response


def photo(front: Front, community: str, public: str) -> Response:
    """A cleared photo, small. Raises NotFound once somebody has taken it down: browsers ask again
    after a minute."""
    with front.database.read():
        item = public_photo(public, community_at(community).id)
        file = front.files.path(item.file) if item is not None and item.file else None
    if file is None:
        raise NotFound("media_not_found")
    response = Response(_small(str(file)), content_type="image/jpeg")
    response.headers["Cache-Control"] = f"public, max-age={AGE}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def sheet(front: Front, printer: BoardPrinter, community: str) -> Response:
    with front.database.read():
        where = community_at(community)
    made = printer(BoardSheet(where.name, where.street, link(f"/board/{where.id}")))
    response = download(made, "application/pdf", f"board-{where.id}.pdf", inline=True)
    response.headers["Cache-Control"] = f"public, max-age={SHEET_AGE}"
    return response


def _written(name: str, board: Board) -> str:
    return page(
        f"board/{name}.html",
        asset=asset,
        **facts.facts(board),
        picture=_code(link(facts.board_path(board))),
    )


def _sent(kept: Kept) -> Response:
    """Packed where the browser takes it; nothing where it has the same."""
    response = Response(content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = f"public, max-age={AGE}"
    response.headers["Vary"] = "Accept-Encoding"
    response.set_etag(kept.etag, weak=True)
    if request.if_none_match.contains_weak(kept.etag):
        response.status_code = 304
    elif request.accept_encodings["gzip"] > 0:
        response.headers["Content-Encoding"] = "gzip"
        response.set_data(kept.packed)
    else:
        response.set_data(kept.plain)
    return response


def _door(front: Front, code: str, board: Board) -> str:
    """The code, if it opens a door of this community; else nothing."""
    if not code or len(code) > 40:
        return ""
    with front.database.read():
        door = door_of(code)
        building = town().buildings.get(door.building_id) if door is not None else None
        if building is None or town().estates[building.estate_id].community_id != board.where.id:
            return ""
    return code


@lru_cache(maxsize=256)
def _code(address: str) -> str:
    return picture_of(address)


@lru_cache(maxsize=48)
def _small(file: str) -> bytes:
    """Kept, because making it takes longer than all the rest; a file never changes under its name."""
    with open(file, "rb") as found:
        return preview(found.read())
