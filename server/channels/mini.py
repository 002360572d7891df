"""The mini-program: subscription messages (fact sheet: MA pages)."""

from typing import Any

from wechatpy.client import WeChatClient
from wechatpy.client.api import WeChatWxa

from handlers.wording.letters import Words
from handlers.wording.values import fitted
from models.outbox.claiming import Errand
from server.channels.base import Call, Composing
from server.channels.keywords import by_keyword
from server.config import Mini


class Wxa(WeChatWxa):  # type: ignore[misc]
    """wechatpy's mini-program calls, with what 1.8.18 lacks."""

    def send_subscribe_message(
        self,
        user_id: str,
        template_id: str,
        data: dict[str, Any],
        page: str | None = None,
        miniprogram_state: str | None = None,
    ) -> Call:
        """`miniprogram_state`: formal, trial or developer, which version a tap opens."""
        call: Call = super().send_subscribe_message(user_id, template_id, data, page)
        assert call.data is not None
        if miniprogram_state:
            call.data["miniprogram_state"] = miniprogram_state
        return call


class Client(Composing, WeChatClient):  # type: ignore[misc]
    wxa = Wxa()


class MiniChannel:
    def __init__(self, config: Mini) -> None:
        self._client = Client(config.app_id, config.app_secret)
        self._templates = config.templates
        self._version = config.version

    def composed(self, errand: Errand, words: Words) -> Call:
        keywords = self._templates[errand.kind].keywords
        data = {
            key: {"value": fitted(key, value)} for key, value in by_keyword(words.values, keywords).items()
        }
        call: Call = self._client.wxa.send_subscribe_message(
            errand.address, errand.template_id or "", data, words.page or None, self._version
        )
        return call
