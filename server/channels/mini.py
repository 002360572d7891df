"""The mini-program: subscription messages and content safety (fact sheet: MA pages)."""

import json
from typing import Any, Final

from wechatpy.client import WeChatClient
from wechatpy.client.api import WeChatWxa

from handlers.wording.letters import Words
from handlers.wording.values import fitted
from models.outbox.claiming import Errand
from server.channels.base import Call, Composing, Transient, Uncertain, judged
from server.channels.keywords import by_keyword
from server.config import Mini

SCENE: Final = 3  # a forum: what many read; the others are profile, comment, social log
PICTURE: Final = 2  # a media_type; 1 is sound
WIDTH: Final = 640  # of a code, in pixels
# what this configuration calls the editions, and what the code's interface calls them
EDITIONS: Final = {"formal": "release", "trial": "trial", "developer": "develop"}


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

    def check_text(self, user_id: str, content: str) -> Call:
        """msgSecCheck, version 2: the answer is in `result`, an errcode of 0 alone says nothing."""
        said = {"version": 2, "openid": user_id, "scene": SCENE, "content": content}
        call: Call = self._post("wxa/msg_sec_check", data=said)
        return call

    def check_picture(self, user_id: str, url: str) -> Call:
        """mediaCheckAsync, version 2: a trace_id now, the answer in an event within 30 minutes."""
        said = {
            "version": 2,
            "openid": user_id,
            "scene": SCENE,
            "media_url": url,
            "media_type": PICTURE,
        }
        call: Call = self._post("wxa/media_check_async", data=said)
        return call

    def code(self, scene: str, page: str, version: str) -> Call:
        """getwxacodeunlimit: a picture of a code; an error comes as JSON with status 200. `version`: release,
        trial or develop."""
        said = {"scene": scene, "page": page, "env_version": version, "width": WIDTH}
        call: Call = self._post("wxa/getwxacodeunlimit", data=said)
        call.understood = _picture
        return call


def _picture(status: int, body: bytes) -> dict[str, Any]:
    """The bytes as `picture`. Raises a Trouble."""
    if status >= 500:
        raise Uncertain(f"http {status}")
    if status != 200:
        raise Transient(f"http {status}")
    if not body.startswith(b"{"):
        return {"picture": body}
    try:
        said = json.loads(body)
    except ValueError:
        raise Uncertain("garbage") from None
    judged("mini", said)
    raise Uncertain("garbage")  # a yes without a picture


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

    def code_picture(self, scene: str, page: str) -> Call:
        """A code that opens this page with this scene, in the edition that the configuration names."""
        call: Call = self._client.wxa.code(scene, page, EDITIONS[self._version])
        return call

    def text_check(self, openid: str, content: str) -> Call:
        """Is this for everybody's eyes? Asked in the name of a user seen within two hours."""
        call: Call = self._client.wxa.check_text(openid, content)
        return call

    def picture_check(self, openid: str, url: str) -> Call:
        """The same of the picture at this address, which the platform fetches."""
        call: Call = self._client.wxa.check_picture(openid, url)
        return call
