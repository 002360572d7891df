"""The bare endpoint that the herd is compared with: Flask, one indexed query, one small answer in JSON.

Run by gunicorn with two workers of eight threads.
"""

import os
import sqlite3
import threading
from typing import Any

from flask import Flask, jsonify

URL = os.environ["ECHO_URL"]
FILE = URL.partition("sqlite:///")[2]
QUERY = "SELECT id, public_id, is_rider FROM people WHERE public_id = "

app = Flask(__name__)
_mine = threading.local()


def _connection() -> Any:
    if not hasattr(_mine, "connection"):
        if FILE:
            _mine.connection = sqlite3.connect(FILE)
        else:
            import psycopg

            plain = URL.replace("postgresql+psycopg://", "postgresql://")
            _mine.connection = psycopg.connect(plain, autocommit=True)
    return _mine.connection


@app.get("/people/<public>")
def person(public: str) -> Any:
    row = _connection().execute(f"{QUERY}{'?' if FILE else '%s'}", (public,)).fetchone()
    return jsonify(id=row[0], name=row[1], rider=bool(row[2]))
