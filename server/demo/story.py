"""The main job from the first message to the nod, played over HTTP on the sandbox's phones.

Nothing here knows the inside of hemei: each step is what a finger does on a phone, and what must then stand
on a phone. Words are in templates/demo/story.toml.
"""

import base64
import json
import re
import time
import urllib.request
from collections.abc import Callable
from html import unescape
from typing import Any

from models.base.resources import resource, table
from server.demo.browser import Browser

PATIENCE = 20.0  # seconds until a step counts as missing


class Missing(Exception):  # noqa: N818 - said as it stands
    """A step that did not happen, by name."""


def play(base_url: str, *, say: Callable[[str], object]) -> float:
    """Plays it, telling each step, and returns the seconds from message to mended. Raises Missing."""
    return _Story(base_url, say).play()


class _Story:
    def __init__(self, base_url: str, say: Callable[[str], object]) -> None:
        self._base = f"{base_url}/sandbox/api"
        self._say = say
        self._words = table("demo/story.toml")
        self._began = time.monotonic()
        self._seen: dict[str, int] = {}

    def play(self) -> float:
        words, cast = self._words, self._words["cast"]
        wang, keeper, group = cast["resident"], cast["keeper"], self._group(cast["group"])
        self._say(words["title"])

        self._began = time.monotonic()
        self._tell("writes", text=words["report"])
        reply = self._do(wang, "text", text=words["report"])
        number = self._number(reply)
        self._tell("answered", text=self._reply(reply, "answered"))

        card = self._await(keeper, "card", "card")
        self._tell("card", text=_card(card))
        self._do(keeper, "tap", message_id=card["id"], key=_button(card, "accept"))
        accepted = self._await_card(keeper, card["id"], "finish", "accepted")
        self._tell("accepted", text=_card(accepted))
        told = self._await(wang, None, "told", holding=number)
        self._tell("told", text=_text(told))

        self._tell("photo")
        self._do(keeper, "photo", base64=_photo(), name="mended.jpg")
        done = self._do(keeper, "text", text=words["finish"].format(number=number))
        self._tell(
            "finishes", text=words["finish"].format(number=number), reply=self._reply(done, "finishes")
        )

        asked = self._await(wang, "menu", "asked")
        self._tell("asked", text=_text(asked))
        nodded = self._do(wang, "choose", message_id=asked["id"], choice=asked["body"]["choices"][0]["id"])
        mended = time.monotonic() - self._began
        self._tell("nods", text=asked["body"]["choices"][0]["text"], reply=self._reply(nodded, "nods"))

        news = self._await(group, None, "group", holding=number)
        self._tell("group", text=_text(news))
        self._say(words["end"].format(number=number, seconds=mended))
        self._pay(wang)
        return mended

    def _pay(self, resident: str) -> None:
        """The bill asked for in the chat, paid by a tap, booked when the platform says so."""
        words = self._words
        self._began = time.monotonic()
        asked = self._do(resident, "text", text=words["bill"])
        bill = self._reply(asked, "bill")
        self._tell("bill", asked=words["bill"], text=bill)
        browser = Browser(self._base.removesuffix("/sandbox/api"), resident)
        mine = browser.tap_link(self._found(words["link"], bill, "bill"))
        till = self._found(words["till"], mine, "till")
        sheet = browser.submit(till, browser.open(till))
        order = json.loads(unescape(self._found(words["order"], sheet, "till")))
        self._call("POST", "pay", {"prepay_id": order["package"].removeprefix("prepay_id=")})
        self._tell("taps")
        state = self._found(words["state"], sheet, "till")
        receipt = browser.open(self._booked(browser, state))
        self._tell("receipt", sum=self._found(words["sum"], receipt, "receipt"))
        told = self._await(resident, None, "paid", holding=words["paid"])
        self._tell("paid", text=_text(told))

    def _booked(self, browser: Browser, state: str) -> str:
        """Where the receipt lies, as soon as there is one."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if path := browser.asked(state)["go"]:
                return str(path)
            time.sleep(0.1)
        raise Missing(self._words["missing"]["receipt"])

    def _found(self, pattern: str, text: str, step: str) -> str:
        found = re.search(pattern, text)
        if found is None:
            raise Missing(self._words["missing"][step])
        return found[1]

    def _tell(self, step: str, **facts: str) -> None:
        at = time.monotonic() - self._began
        shown = {name: fact.replace("\n", "\n  ") for name, fact in facts.items()}
        self._say(f"{at:6.2f} s  " + self._words["steps"][step].format(**shown).replace("\n", "\n          "))

    def _do(self, phone: str, verb: str, **arguments: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self._call("POST", f"phones/{phone}/{verb}", arguments)
        # what was answered at once is not what is awaited later
        self._seen[phone] = max([self._seen.get(phone, 0), *(shown["id"] for shown in answer["replies"])])
        return answer

    def _reply(self, answer: dict[str, Any], step: str) -> str:
        for shown in answer["replies"]:
            if text := _text(shown):
                return text
        raise Missing(self._words["missing"][step])

    def _number(self, answer: dict[str, Any]) -> str:
        found = re.search(self._words["number"], self._reply(answer, "answered"))
        if found is None:
            raise Missing(self._words["missing"]["number"])
        return found[1]

    def _await(self, phone: str, form: str | None, step: str, holding: str = "") -> dict[str, Any]:
        """The next message of hemei's on this phone, of this form, with these words."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            for shown in self._messages(phone):
                fits = shown["by"] == "them" and form in (None, shown["type"])
                if (
                    fits
                    and shown["id"] > self._seen.get(phone, 0)
                    and holding in json.dumps(shown["body"], ensure_ascii=False)
                ):
                    self._seen[phone] = shown["id"]
                    return shown
            time.sleep(0.05)
        raise Missing(self._words["missing"][step])

    def _await_card(self, phone: str, message_id: int, verb: str, step: str) -> dict[str, Any]:
        """The same card, changed so that it offers this verb."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            for shown in self._messages(phone):
                if shown["id"] == message_id and _buttons(shown, verb):
                    return shown
            time.sleep(0.05)
        raise Missing(self._words["missing"][step])

    def _messages(self, phone: str) -> list[dict[str, Any]]:
        found = self._call("GET", f"phones?id={phone}")
        messages: list[dict[str, Any]] = found["phones"][0]["messages"] if found["phones"] else []
        return messages

    def _group(self, name: str) -> str:
        for phone in self._call("GET", "phones")["phones"]:
            if phone["name"] == name:
                return str(phone["id"])
        raise Missing(self._words["missing"]["group_phone"])

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        request = urllib.request.Request(  # noqa: S310 - our own sandbox, on loopback
            f"{self._base}/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                found: dict[str, Any] = json.load(answer)
                return found
        except OSError as trouble:
            raise Missing(f"{path}: {trouble}") from None


def _photo() -> str:
    return base64.b64encode(resource("sandbox/mended.jpg").read_bytes()).decode()


def _buttons(shown: dict[str, Any], verb: str) -> list[str]:
    keys = [str(button.get("key", "")) for button in shown["body"].get("card", {}).get("button_list", [])]
    return [key for key in keys if key.partition("/")[0] == verb]


def _button(shown: dict[str, Any], verb: str) -> str:
    return (_buttons(shown, verb) or [verb])[0]


def _card(shown: dict[str, Any]) -> str:
    card = shown["body"]["card"]
    title = card.get("main_title", {})
    lines = [title.get("title", ""), title.get("desc", ""), card.get("sub_title_text", "")]
    buttons = "  ".join(f"[{button['text']}]" for button in card.get("button_list", []))
    return "\n".join(line for line in [*lines, buttons] if line)


def _text(shown: dict[str, Any]) -> str:
    """The words of a message, whatever its form."""
    body = shown["body"]
    if "lines" in body:
        return "\n".join(str(value) for _label, value in body["lines"])
    parts = [body.get(name, "") for name in ("head", "text", "content", "title")]
    choices = "  ".join(f"[{choice['text']}]" for choice in body.get("choices", []))
    return "\n".join(str(part) for part in [*parts, choices, body.get("tail", "")] if part)
