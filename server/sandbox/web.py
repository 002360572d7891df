"""The sandbox inside the demo's web service: the page of phones, its interface, and the platforms themselves.

Register the blueprint as it is: the page is at /sandbox/, the interface below /sandbox/api/, the platforms
below /sandbox/platform/official, …/mini, …/work and …/pay. Only a service whose every platform address is
loopback may do so (``addresses.refuse_real``).
"""

from __future__ import annotations

import mimetypes
import time
from urllib.parse import quote, urlsplit

from flask import Blueprint, Response, abort, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from models.base.resources import resource
from server.sandbox import control
from server.sandbox.addresses import is_loopback
from server.sandbox.phones import Phones
from server.sandbox.simulator import PHONE_COOKIE

PHOTO_BYTES = 16 << 20
PAYER = "payer"  # hemei's own cookie for who holds the phone
OWN_PAGES = "hemei-app"  # and the one of /me
SIGNED_IN = "hemei"  # and the one for who is logged in to its console
IN_WORK = "sandbox_work"  # says to its login page that this browser plays WeCom's
FILES = {"": "page.html"} | {
    name: name
    for name in (
        "sandbox.css",
        "sandbox.js",
        "bubbles.js",
        "bridge.js",
        "bridge.css",
        "broken.jpg",
        "mended.jpg",
    )
}


def blueprint(phones: Phones) -> Blueprint:
    """The sandbox's routes over these phones and their simulator."""
    made = Blueprint("sandbox", __name__, url_prefix="/sandbox")
    simulator = phones.simulator

    @made.before_request
    def learn_address() -> None:
        """Where pictures are fetched from is known with the first request at the latest."""
        simulator.base_url = simulator.base_url or request.host_url + "sandbox/platform"

    @made.get("/")
    @made.get("/<name>")
    def page(name: str = "") -> Response:
        """The page and its own files."""
        if name not in FILES:
            abort(404)
        kind = mimetypes.guess_type(FILES[name])[0] or "application/octet-stream"
        found = Response(resource(f"sandbox/{FILES[name]}").read_bytes(), mimetype=kind)
        found.headers["Cache-Control"] = "no-cache"
        return found

    @made.get("/open")
    def open_link() -> AnyResponse:
        """A phone opens a link: from now on the page logins of this browser are that phone's."""
        url, phone_id = request.args.get("url", ""), request.args.get("phone", "")
        if phone_id not in simulator.world.phones or not _of_this_machine(url):
            abort(400)
        answer = redirect(url)
        answer.set_cookie(PHONE_COOKIE, phone_id, path="/sandbox/", httponly=True, samesite="Lax")
        # who held another phone of this browser does not hold this one
        answer.delete_cookie(PAYER, path="/p/")
        if request.cookies.get(PHONE_COOKIE) != phone_id:
            answer.delete_cookie(OWN_PAGES, path="/")
        if simulator.world.phones[phone_id].kind == "staff":
            if request.cookies.get(PHONE_COOKIE) != phone_id:
                answer.delete_cookie(SIGNED_IN, path="/")
            answer.set_cookie(IN_WORK, "1", path="/console", httponly=True, samesite="Lax")
        else:
            answer.delete_cookie(SIGNED_IN, path="/")
            answer.delete_cookie(IN_WORK, path="/console")
        return answer

    @made.route("/api/<path:path>", methods=["GET", "POST", "DELETE"])
    def api(path: str) -> Response:
        """Phones, ledger, faults: see ``control``."""
        request.max_content_length = PHOTO_BYTES
        status, found = control.dispatch(
            phones, request.method, path, request.args.to_dict(), request.get_data()
        )
        if isinstance(found, control.File):
            return Response(found.content, status, mimetype=found.content_type)
        answer = jsonify(found)
        answer.status_code = status
        return answer

    @made.route("/platform/<platform>/<path:path>", methods=["GET", "POST"])
    def call(platform: str, path: str) -> Response:
        """A platform's own interface. A connection cannot be cut from here: an empty 502 stands for it."""
        request.max_content_length = PHOTO_BYTES
        answer = simulator.answer(
            platform,
            request.method,
            "/" + path,
            request.args.to_dict(),
            request.get_data(),
            dict(request.headers),
            _target(path),
        )
        time.sleep(answer.delay)
        if answer.cut:
            return Response(b"", 502)
        return Response(answer.body, answer.status, answer.headers)

    return made


def _target(path: str) -> str:
    """Path and query below the platform, as they were signed."""
    query = request.query_string.decode("latin-1")
    return f"/{quote(path)}?{query}" if query else f"/{quote(path)}"


def _of_this_machine(url: str) -> bool:
    parts = urlsplit(url)
    if not parts.scheme and not parts.netloc:
        return url.startswith("/") and not url.startswith(("//", "/\\"))
    return parts.scheme in ("http", "https") and is_loopback(url)
