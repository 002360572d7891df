"""The service account: customer-service messages and template messages (fact sheet: SA pages)."""

from typing import Any

from wechatpy.client import WeChatClient
from wechatpy.client.api import WeChatMessage

from handlers.wording.cutting import cut, cut_bytes
from handlers.wording.letters import Words
from handlers.wording.values import fitted
from models.outbox.claiming import Errand
from models.outbox.routing import Way
from server.channels.base import Call, Composing
from server.channels.keywords import by_keyword
from server.config import Official

TEXT_BYTES = 2048
URL_BYTES = 2048


class Messages(WeChatMessage):  # type: ignore[misc]
    """wechatpy's messages, with what 1.8.18 lacks."""

    def send_template(
        self,
        user_id: str,
        template_id: str,
        data: dict[str, Any],
        url: str | None = None,
        mini_program: dict[str, str] | None = None,
        client_msg_id: str | None = None,
    ) -> Call:
        """`client_msg_id`: the same id to the same openid within ten minutes is one message."""
        call: Call = super().send_template(user_id, template_id, data, url, mini_program)
        assert call.data is not None
        if client_msg_id:
            call.data["client_msg_id"] = client_msg_id
        return call


class Client(Composing, WeChatClient):  # type: ignore[misc]
    message = Messages()


class OfficialChannel:
    """Composes the calls for the ways of the service account."""

    def __init__(self, config: Official) -> None:
        self._client = Client(config.app_id, config.app_secret)
        self._templates = config.templates

    def composed(self, errand: Errand, words: Words) -> Call:
        if errand.way == Way.TEMPLATE:
            return self._template(errand, words)
        if words.menu and words.menu["items"]:
            call: Call = self._client.message.send_msg_menu(errand.address, _menu(words.menu))
        else:
            call = self._client.message.send_text(errand.address, cut_bytes(words.text, TEXT_BYTES))
        return call

    def _template(self, errand: Errand, words: Words) -> Call:
        keywords = self._templates[errand.kind].keywords
        data = {
            key: {"value": fitted(key, value)} for key, value in by_keyword(words.values, keywords).items()
        }
        call: Call = self._client.message.send_template(
            errand.address,
            errand.template_id or "",
            data,
            url=words.url if words.url and len(words.url.encode()) <= URL_BYTES else None,
            client_msg_id=errand.key,
        )
        return call


def _menu(menu: dict[str, Any]) -> dict[str, Any]:
    """msgmenu: the whole of it counts as one text."""
    items = [{"id": item["id"], "content": cut(item["content"], 40)} for item in menu["items"]]
    rest = TEXT_BYTES - sum(len(item["content"].encode()) for item in items) - len(menu["tail"].encode())
    return {"head_content": cut_bytes(menu["head"], rest), "list": items, "tail_content": menu["tail"]}
