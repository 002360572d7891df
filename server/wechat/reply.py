"""What the router answers → the body of the HTTP response (被动回复), sealed where the push was.

Sources: 被动回复用户消息 (service account), WeCom documents 90241 and 96469.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from handlers.wechat.answer import Answer, ButtonUpdate, CardUpdate, News, Nothing, Text
from handlers.wechat.message import Message
from handlers.wording.cutting import cut_bytes
from server.wechat.crypto import Cipher, Key
from server.wechat.syntax import Form

TEXT_BYTES: Final = 2048
# XML 1.0 has no way to write these at all: control characters, halves of characters, U+FFFE and U+FFFF.
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# message/send spells a few names without the underscore that the XML form's capitals come from.
_SPELLED: Final = {"keyname": "KeyName", "appid": "AppId", "pagepath": "PagePath", "userid": "UserId"}


def plain(answer: Answer, message: Message, form: Form, seconds: int) -> bytes:
    """Write the answer to a message in the form of its push; `seconds` since 1970 is its CreateTime.

    Empty bytes mean that there is nothing to say. Raises TypeError for a card's update outside WeCom.
    """
    fields = _fields(answer, message)
    if fields is None:
        return b""
    head = {"ToUserName": message.sender, "FromUserName": message.receiver, "CreateTime": seconds}
    whole = {**head, **fields}
    if form == "json":
        return _json(whole)
    if "Articles" in whole:  # the XML form names each article, the JSON form has an array
        whole["Articles"] = {"item": whole["Articles"]}
    return _xml(whole)


def acknowledgement(message: Message) -> bytes:
    """Stops the platform's retries and shows nothing. Never encrypted."""
    return b"" if message.channel == "work" else b"success"


def seal(body: bytes, form: Form, cipher: Cipher, key: Key, nonce: str, seconds: int) -> bytes:
    """Encrypt a reply with the key that the push came with, in the envelope of the push's form."""
    sealed = cipher.seal(body, str(seconds), nonce, key)
    envelope: dict[str, Any] = {
        "Encrypt": sealed.encrypt,
        "MsgSignature": sealed.msg_signature,
        "TimeStamp": seconds,
        "Nonce": nonce,
    }
    return _json(envelope) if form == "json" else _xml(envelope)


def _fields(answer: Answer, message: Message) -> dict[str, Any] | None:
    if isinstance(answer, Text):
        words = cut_bytes(_UNWRITABLE.sub("", answer.text), TEXT_BYTES)
        # An empty Content makes the platform tell the user that the service is out of order.
        return {"MsgType": "text", "Content": words} if words.strip() else None
    if isinstance(answer, Nothing):
        return None
    if isinstance(answer, News):
        article = {
            "Title": answer.title,
            "Description": answer.description,
            "PicUrl": answer.picture,
            "Url": answer.url,
        }
        return {"MsgType": "news", "ArticleCount": 1, "Articles": [article]}
    if message.channel != "work":
        raise TypeError(f"{type(answer).__name__} is for WeCom only")
    if isinstance(answer, ButtonUpdate):
        return {"MsgType": "update_button", "Button": {"ReplaceName": answer.replace_name}}
    assert isinstance(answer, CardUpdate)
    return {"MsgType": "update_template_card", "TemplateCard": _capitalised(answer.card)}


def _capitalised(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            _SPELLED.get(name) or "".join(part.capitalize() for part in name.split("_")): _capitalised(part)
            for name, part in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_capitalised(part) for part in value]
    return value


def _json(fields: Mapping[str, Any]) -> bytes:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _xml(fields: Mapping[str, Any]) -> bytes:
    return f"<xml>{''.join(_element(name, value) for name, value in fields.items())}</xml>".encode()


def _element(name: str, value: Any) -> str:
    """One element; a list becomes the same element several times; text goes into CDATA."""
    if isinstance(value, list):
        return "".join(_element(name, part) for part in value)
    if isinstance(value, Mapping):
        inside = "".join(_element(part_name, part) for part_name, part in value.items())
    elif isinstance(value, (bool, int)):
        inside = str(int(value))
    else:
        # A CDATA section ends at the first ]]>, so that is divided between two of them.
        inside = f"<![CDATA[{_UNWRITABLE.sub('', value).replace(']]>', ']]]]><![CDATA[>')}]]>"
    return f"<{name}>{inside}</{name}>"
