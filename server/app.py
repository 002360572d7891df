"""The web application: limits, headers, one shape for errors. Its doors are in server/entrances.py."""

import base64
import hashlib
import logging
import time
from datetime import timedelta
from typing import Any

from flask import Flask, Response, g, json, request
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import BadRequest, HTTPException, NotFound, RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix

from handlers import guards, words
from handlers.api.errors import said as api_error
from handlers.open311.answers import failed as open311_error
from handlers.open311.door import speaks_for as is_open311
from models.base import privacy
from models.base.refusals import Refused, Unavailable
from server import entrances, logs, tally
from server.callbacks import Entrances, Shortcut
from server.config import Config
from server.database import Database
from server.draining import Draining
from server.headers import HTML, Headers

log = logging.getLogger(__name__)

RETRY_SECONDS = 3


def create_app(config: Config, database: Database) -> Flask:
    """The application over an open database; privacy.use_key() was called before. Starts no thread."""
    app = Flask("hemei", static_folder=None, template_folder=None)
    app.config.update(
        SECRET_KEY=privacy.derived("cookies"),
        MAX_CONTENT_LENGTH=config.server.max_body_mib * 1024 * 1024,
        # more than the 64 KiB by which Werkzeug reads: what is left of the piece before counts too, and
        # photos would be refused by chance
        MAX_FORM_MEMORY_SIZE=128 * 1024,
        MAX_FORM_PARTS=50,
        SESSION_COOKIE_NAME="hemei-flask",  # never set: the console has its own (handlers/console/cookies.py)
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.server.base_url.startswith("https:"),
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        DEBUG=config.server.debug,
        PROPAGATE_EXCEPTIONS=False,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.extensions["hemei.config"] = config
    app.extensions["hemei.database"] = database
    for blueprint in entrances.blueprints(config, database):
        app.register_blueprint(blueprint)
        if isinstance(blueprint, Entrances):
            app.wsgi_app = Shortcut(app.wsgi_app, blueprint)  # type: ignore[method-assign]
    guards.require_all(app)
    _watch(app)
    _answer_errors(app, config)
    if config.server.trusted_proxies:
        hops = config.server.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    app.wsgi_app = Headers(Draining(app.wsgi_app), config)  # type: ignore[method-assign]
    return app


def _watch(app: Flask) -> None:
    """Before and after every request: its name, its line in the log."""

    @app.before_request
    def _begin() -> None:
        logs.new_request()
        g.began = time.perf_counter()
        # because PostgreSQL can look for it nowhere, and nobody was ever given such an address
        if "\0" in request.path:
            raise NotFound
        if b"%00" in request.query_string:
            raise BadRequest

    @app.after_request
    def _end(response: Response) -> Response:
        level = logging.INFO if response.status_code >= 400 else logging.DEBUG
        if log.isEnabledFor(level):
            # the rule and not the path, because a path may hold a personal link
            rule = request.url_rule.rule if request.url_rule else "no such route"
            took = (time.perf_counter() - g.get("began", time.perf_counter())) * 1000
            log.log(level, "%s %s %d in %.0f ms", request.method, rule, response.status_code, took)
        return response


def _answer_errors(app: Flask, config: Config) -> None:
    @app.errorhandler(Refused)
    def _refused(refusal: Refused) -> Response:
        return _error(refusal.status, refusal.code, words.refusal(refusal))

    @app.errorhandler(Unavailable)
    @app.errorhandler(OperationalError)
    @app.errorhandler(InterfaceError)
    @app.errorhandler(PoolTimeout)
    def _unavailable(trouble: Exception) -> Response:
        log.warning("the database cannot take this now: %s", logs.places(trouble))
        response = _error(503, "unavailable", _words(503))
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response

    @app.errorhandler(RequestEntityTooLarge)
    def _too_large(_trouble: RequestEntityTooLarge) -> Response:
        return _error(413, "too_large", _words(413, limit=config.server.max_body_mib))

    @app.errorhandler(HTTPException)
    def _http(trouble: HTTPException) -> Response:
        status = trouble.code or 500
        if trouble.response is not None or status < 400:
            return trouble.get_response()  # type: ignore[return-value]  # a redirect, or an answer made by a view
        response = _error(status, trouble.name.lower().replace(" ", "_"), _words(status))
        for name, value in trouble.get_headers():
            if name not in ("Content-Type", "Content-Length"):
                response.headers[name] = value
        return response

    @app.errorhandler(Exception)
    def _fault(trouble: Exception) -> Response:
        tally.count("errors")
        log.error("request failed: %s", logs.places(trouble))
        return _error(500, "fault", _words(500))


def _words(status: int, **facts: Any) -> str:
    known = words.labels("errors")
    return str(known.get(str(status)) or known["400" if status < 500 else "500"]).format(**facts)


def _error(status: int, code: str, said: str) -> Response:
    """JSON for programs, a page for people."""
    if request.path.startswith("/api/"):
        return api_error(status, code, said)
    if is_open311(request.path):
        return open311_error(_NEVER.get(status, status), said)
    if _for_programs():
        body = {"error": {"code": code, "message": said, "request": logs.current_request()}}
        return Response(json.dumps(body), status, content_type="application/json")
    made = words.page("error.html", said=said, request=logs.current_request(), style=_STYLE)
    response = Response(made, status, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = f"{HTML}; style-src 'self' '{_STYLE_HASH}'"
    return response


_NEVER = {409: 400, 415: 400, 422: 400}  # GeoReport v2 says 400 for what cannot be done as it was asked


def _for_programs() -> bool:
    if request.path.startswith(("/api/", "/open311/", "/sandbox/api/", "/metrics", "/health/")):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html")
    return best == "application/json" or request.mimetype == "application/json"


# in the page itself, so that it also looks right when nothing else can be had
_STYLE = (
    "body{font:1.25rem/1.6 system-ui,sans-serif;margin:0;padding:3rem 1.5rem;color:#1c2b24;"
    "background:#f6f4ee}"
    "main{max-width:32rem;margin:auto}h1{font-size:1.6rem}small{color:#5b6a63}"
)
_STYLE_HASH = "sha256-" + base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
