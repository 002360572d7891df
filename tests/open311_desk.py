"""Another program at the door of GeoReport v2, for tests."""

from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from georeport import said
from werkzeug.test import TestResponse

from handlers.house import House
from handlers.open311.door import HERE, blueprint
from models.partner import keys
from server.database import Database

BASE = "https://he.example"


def a_key(database: Database, name: str = "12345热线", **more: Any) -> str:
    wanted = {"rights": keys.RIGHTS, "daily_quota": 1000, **more}
    return database.write(lambda: keys.make(name, **wanted))


def an_app(database: Database) -> Flask:
    app = Flask("open311")
    house = House(operator="和美社区", contact="0458-1234567")
    app.register_blueprint(blueprint(database, house, BASE, is_test=False))
    return app


@dataclass
class Program:
    """Sends and reads; every answer is held against the specification."""

    app: Flask
    key: str = ""
    report: dict[str, str] = field(
        default_factory=lambda: {
            "service_code": "lighting",
            "address_string": "育英小区3号楼2单元",
            "description": "灯不亮了",
        }
    )

    def get(self, path: str, **query: Any) -> TestResponse:
        headers = {"X-Api-Key": self.key} if self.key else {}
        return self.app.test_client().get(f"{HERE}/{path}", query_string=query, headers=headers)

    def read(self, path: str, name: str = "service_requests", **query: Any) -> Any:
        """The same of both formats."""
        both = []
        for suffix in ("xml", "json"):
            answer = self.get(f"{path}.{suffix}", **query)
            assert answer.status_code == 200, answer.text
            both.append(said(answer, name))
        assert both[0] == both[1]
        return both[1]

    def post(self, suffix: str = "json", once: str = "", **form: Any) -> TestResponse:
        """`None` leaves a field out that is there otherwise."""
        filled = {"api_key": self.key, **self.report, **form}
        sent = {name: value for name, value in filled.items() if value is not None}
        headers = {"Idempotency-Key": once} if once else {}
        return self.app.test_client().post(f"{HERE}/requests.{suffix}", data=sent, headers=headers)

    def send(self, **form: Any) -> str:
        """The request's id."""
        answer = self.post(**form)
        assert answer.status_code == 200, answer.text
        (made,) = said(answer, "created")
        return str(made["service_request_id"])
