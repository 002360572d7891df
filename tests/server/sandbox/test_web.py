"""The sandbox inside a Flask service: page, interface, platforms, and the page in a real browser."""

from __future__ import annotations

import base64
import itertools
import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page
from sandbox_hemei import TinyHemei
from werkzeug.serving import make_server

from server.sandbox.accounts import Accounts
from server.sandbox.phones import Phones
from server.sandbox.simulator import Simulator
from server.sandbox.web import blueprint
from server.sandbox.world import Phone

PLATFORM = "/sandbox/platform/official/cgi-bin"


class House:
    """A Flask service with the sandbox, four phones, and a tiny hemei behind its callbacks."""

    def __init__(self) -> None:
        self.hemei = TinyHemei(Accounts.example())
        self.simulator = Simulator(Accounts.example(self.hemei.base_url))
        self.wang = self.simulator.add(Phone("wang", "王阿姨", "resident", openid="o-wang", front=True))
        self.rider = self.simulator.add(
            Phone("rider", "骑手小郑", "resident", openid="o-rider", follows=False, front=True)
        )
        self.chen = self.simulator.add(Phone("chen", "陈书记", "staff", userid="chen", front=True))
        self.group = self.simulator.add(
            Phone("group", "3号楼居民群", "group", chat_id="wr-3", owner="chen", front=True)
        )
        self.phones = Phones(self.simulator)
        self.app = Flask("house")
        self.app.register_blueprint(blueprint(self.phones))

    def close(self) -> None:
        self.simulator.courier.stop()
        self.hemei.close()


@pytest.fixture
def house() -> Iterator[House]:
    made = House()
    yield made
    made.close()


@pytest.fixture
def client(house: House) -> FlaskClient:
    return house.app.test_client()


def test_the_page_and_its_files_come_from_the_house_alone(client: FlaskClient) -> None:
    page = client.get("/sandbox/").text
    for name in ("sandbox.css", "sandbox.js", "bubbles.js"):
        assert name in page
    for name in ("sandbox.css", "sandbox.js", "bubbles.js", "broken.jpg", "mended.jpg"):
        found = client.get(f"/sandbox/{name}")
        assert found.status_code == 200
        if not name.endswith(".jpg"):
            assert "https://" not in found.text
    assert client.get("/sandbox/cast.toml").status_code == 404


def test_a_verb_over_http_reaches_hemei_and_returns_what_the_user_sees(
    house: House, client: FlaskClient
) -> None:
    house.hemei.answer = lambda _f: {"MsgType": "text", "Content": "收到"}
    seen = client.post("/sandbox/api/phones/wang/text", json={"text": "灯不亮"}).get_json()
    assert seen["message"]["body"] == {"text": "灯不亮"}
    assert seen["replies"][0]["body"]["text"] == "收到"
    found = client.get("/sandbox/api/phones?id=wang").get_json()
    assert [m["by"] for m in found["phones"][0]["messages"]] == ["me", "them"]
    later = client.get(f"/sandbox/api/phones?since={found['change']}").get_json()
    assert all(not phone["messages"] for phone in later["phones"])


def test_a_photo_travels_as_base64_and_is_shown_again(house: House, client: FlaskClient) -> None:
    content = b"\xff\xd8" + b"x" * 200_000
    data = {"base64": base64.b64encode(content).decode(), "name": "a.jpg"}
    seen = client.post("/sandbox/api/phones/wang/photo", json=data).get_json()
    media_id = seen["message"]["body"]["media_id"]
    assert client.get(f"/sandbox/api/media?platform=official&id={media_id}").data == content
    picture = house.hemei.pushes[0][2]["PicUrl"]
    assert picture == f"http://localhost/sandbox/platform/official/mmbiz/{media_id}"
    assert client.get(picture).data == content


def test_mistakes_of_the_page_are_400_with_a_reason(client: FlaskClient) -> None:
    told = client.post("/sandbox/api/phones/rider/text", json={"text": "x"}).get_json()
    assert told["code"] == "not-following"
    assert "does not follow" in told["error"]
    assert client.post("/sandbox/api/phones/wang/photo", json={"base64": "?"}).status_code == 400
    assert client.post("/sandbox/api/phones/wang/text", json={"words": "x"}).status_code == 400
    assert client.post("/sandbox/api/phones/wang/_push", json={}).status_code == 404
    assert client.get("/sandbox/api/media?platform=official&id=x").status_code == 400


def test_the_platforms_answer_below_their_own_path(house: House, client: FlaskClient) -> None:
    account = house.simulator.accounts.official
    body = {"grant_type": "client_credential", "appid": account.app_id, "secret": account.app_secret}
    token = client.post(f"{PLATFORM}/stable_token", json=body).get_json()["access_token"]
    message = {"touser": "o-wang", "msgtype": "text", "text": {"content": "您好"}}
    answer = client.post(f"{PLATFORM}/message/custom/send?access_token={token}", json=message).get_json()
    assert answer["errcode"] == 45015
    house.simulator.fault("cut", path="*custom*", times=1)
    lost = client.post(f"{PLATFORM}/message/custom/send?access_token={token}", json=message)
    assert (lost.status_code, lost.data) == (502, b"")


def test_a_link_opens_with_the_phones_cookie_and_only_on_this_machine(client: FlaskClient) -> None:
    found = client.get("/sandbox/open?phone=wang&url=/k/abc")
    assert (found.status_code, found.headers["Location"]) == (302, "/k/abc")
    assert "sandbox_phone=wang" in found.headers["Set-Cookie"]
    for url in ("https://example.com", "//example.com", "/\\example.com", "javascript:alert(1)", ""):
        assert client.get("/sandbox/open", query_string={"phone": "wang", "url": url}).status_code == 400
    assert client.get("/sandbox/open?phone=nobody&url=/k/abc").status_code == 400


@pytest.fixture
def page(house: House, browser: Browser) -> Iterator[Page]:
    server = make_server("127.0.0.1", 0, house.app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(f"http://127.0.0.1:{server.server_port}/sandbox/")
    page.wait_for_selector("[data-phone=group]")
    yield page
    page.close()
    assert not troubles
    server.shutdown()


@pytest.mark.browser
def test_four_phones_stand_side_by_side_and_below_each_other_on_a_small_screen(page: Page) -> None:
    boxes = [
        page.locator(f"[data-phone={name}]").bounding_box() for name in ("wang", "rider", "chen", "group")
    ]
    assert len({box["y"] for box in boxes}) == 1
    assert all(left["x"] + left["width"] <= right["x"] for left, right in itertools.pairwise(boxes))
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    boxes = [
        page.locator(f"[data-phone={name}]").bounding_box() for name in ("wang", "rider", "chen", "group")
    ]
    assert len({box["x"] for box in boxes}) == 1


@pytest.mark.browser
def test_one_types_follows_taps_and_confirms_as_in_wechat(house: House, page: Page) -> None:
    house.hemei.answer = lambda fields: (
        {"MsgType": "update_button", "Button": {"ReplaceName": "已接单"}}
        if fields.get("Event") == "template_card_event"
        else {"MsgType": "text", "Content": "收到 <b>A0001</b>"}
    )
    page.fill("[data-phone=wang] .words", "3号楼灯不亮 <img src=x>")
    page.press("[data-phone=wang] .words", "Enter")
    page.wait_for_selector("[data-phone=wang] .row:not(.me)")
    assert page.locator("[data-phone=wang] .bubble").all_inner_texts() == [
        "3号楼灯不亮 <img src=x>", "收到 <b>A0001</b>",
    ]  # fmt: skip
    page.click("[data-phone=rider] .follow")
    page.wait_for_selector("[data-phone=rider] .stranger", state="hidden")
    work = house.simulator.work
    token, _ = work.tokens.lasting(house.simulator.accounts.work.secret, house.simulator.clock())
    card = {
        "card_type": "button_interaction", "main_title": {"title": "新诉求 A0001"}, "task_id": "t1",
        "button_list": [{"text": "接单", "style": 1, "key": "accept"}],
    }  # fmt: skip
    page.request.post(
        page.url + f"platform/work/cgi-bin/message/send?access_token={token}",
        data={"touser": "chen", "agentid": 1000002, "msgtype": "template_card", "template_card": card},
    )
    page.click("[data-phone=chen] .buttons .style-1")
    page.wait_for_selector("[data-phone=chen] .buttons button:disabled")
    assert page.inner_text("[data-phone=chen] .buttons") == "已接单"
    token, _ = work.tokens.lasting(house.simulator.accounts.work.contact_secret, house.simulator.clock())
    page.request.post(
        page.url + f"platform/work/cgi-bin/externalcontact/add_msg_template?access_token={token}",
        data={
            "chat_type": "group",
            "sender": "chen",
            "chat_id_list": ["wr-3"],
            "text": {"content": "已修复"},
        },
    )
    page.click("[data-phone=chen] .buttons .style-1")
    page.wait_for_selector("[data-phone=group] .bubble")
    assert page.inner_text("[data-phone=group] .bubble") == "已修复"
    page.click("#ledger-bar")
    page.wait_for_selector("#ledger-rows tr.call")
    assert "陈书记" in page.inner_text("#ledger-rows")


@pytest.mark.browser
def test_who_stands_in_the_crowd_comes_forward_with_a_dot_when_something_arrives(
    house: House, page: Page
) -> None:
    liu = house.simulator.add(Phone("liu", "刘敏", "staff", userid="liu"))
    page.reload()
    page.wait_for_selector("#others:visible")
    assert page.locator("[data-phone=liu]").is_hidden()
    house.simulator.world.show(liu, "them", "text", text="您好")
    page.wait_for_selector("#people > .news")
    page.click("#people > .news")
    assert page.inner_text("[data-phone=liu] .bubble") == "您好"
    assert page.locator(".news").count() == 0


def test_a_text_message_stands_on_the_screen_once(house: House, client: FlaskClient) -> None:
    li = house.simulator.add(Phone("li", "李师傅", "staff", userid="li", mobile="13900000042"))
    for _ in range(2):
        letter = {"key": "k" * 32, "to": "13900000042", "text": "紧急", "kind": "case_emergency"}
        answer = client.post("/sandbox/platform/gateway/sms", json=letter)
        assert answer.json == {"ok": True, "id": "sms-1"}
    assert [one.body["text"] for one in li.messages] == ["紧急"]
    assert client.get("/sandbox/platform/gateway/state").json == {"ok": True}
    assert client.post("/sandbox/platform/gateway/fax", json={}).status_code == 404
    assert client.post("/sandbox/platform/gateway/sms", data=b"nonsense").status_code == 400
