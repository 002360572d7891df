"""WeCom: app messages and cards, their change, customer groups, group robots (fact sheet: QY pages)."""

from typing import Any

from wechatpy.enterprise import WeChatClient
from wechatpy.enterprise.client.api import WeChatExternalContact, WeChatMessage

from handlers.wording.cards import template_card
from handlers.wording.cutting import cut_bytes
from handlers.wording.letters import Words
from models.outbox.claiming import Errand
from models.outbox.routing import Way
from server.channels.base import Call, Composing
from server.config import Work

TEXT_BYTES = 2048
GROUP_BYTES = 4000
DUPLICATE_SECONDS = 1800


class Messages(WeChatMessage):  # type: ignore[misc]
    """wechatpy's app messages, with what 1.8.18 lacks."""

    def send_template_card(self, agent_id: int, user_ids: str | list[str], card: dict[str, Any]) -> Call:
        call: Call = self.send(agent_id, user_ids, msg={"msgtype": "template_card", "template_card": card})
        return call

    def update_template_card(
        self, agent_id: int, user_ids: list[str], response_code: str, card: dict[str, Any]
    ) -> Call:
        """The whole new card; `response_code` works once, within 72 hours."""
        data = {
            "userids": user_ids,
            "agentid": agent_id,
            "response_code": response_code,
            "template_card": card,
        }
        call: Call = self._post("message/update_template_card", data=data)
        return call

    def send_webhook_text(self, key: str, content: str) -> Call:
        """To a group robot: no token, the key is the secret."""
        call: Call = self._post(
            "webhook/send", params={"key": key}, data={"msgtype": "text", "text": {"content": content}}
        )
        call.token = None
        return call


class Contacts(WeChatExternalContact):  # type: ignore[misc]
    """wechatpy's calls of customer contact, with what 1.8.18 lacks: group messages are tasks (QY 92135)."""

    def get_groupmsg_send_result(self, msgid: str, userid: str, cursor: str = "") -> Call:
        """What became of a task in each group, up to 500 at once."""
        data = {"msgid": msgid, "userid": userid, "limit": 500, "cursor": cursor}
        call: Call = self._post("externalcontact/get_groupmsg_send_result", data=data)
        return call

    def remind_groupmsg_send(self, msgid: str) -> Call:
        """Asks the owner to tap; three times in 24 hours and task."""
        call: Call = self._post("externalcontact/remind_groupmsg_send", data={"msgid": msgid})
        return call

    def cancel_groupmsg_send(self, msgid: str) -> Call:
        """Takes a task back; what was sent stays sent."""
        call: Call = self._post("externalcontact/cancel_groupmsg_send", data={"msgid": msgid})
        return call

    def get_groupmsg_task(self, msgid: str) -> Call:
        """Who is to tap for a task."""
        call: Call = self._post("externalcontact/get_groupmsg_task", data={"msgid": msgid})
        return call

    def list_group_chats(self, owners: list[str], cursor: str = "") -> Call:
        """Customer groups of up to 100 owners with the state of their owner, so many at once (QY 92120)."""
        data = {"status_filter": 0, "owner_filter": {"userid_list": owners}, "cursor": cursor, "limit": 500}
        call: Call = self._post("externalcontact/groupchat/list", data=data)
        return call

    def get_group_chat(self, chat_id: str) -> Call:
        """One customer group (QY 92122); nobody's name is asked for."""
        data = {"chat_id": chat_id, "need_name": 0}
        call: Call = self._post("externalcontact/groupchat/get", data=data)
        return call

    def add_join_way(self, chat_id: str, name: str, state: str) -> Call:
        """A code for joining; when the group is full, the platform opens a next one (QY 92229)."""
        data = {
            "scene": 2,  # a QR code
            "remark": name[:30],
            "auto_create_room": 1,
            "room_base_name": name[:40],
            "room_base_id": 2,
            "chat_id_list": [chat_id],
            "state": state,
        }
        call: Call = self._post("externalcontact/groupchat/add_join_way", data=data)
        return call

    def get_join_way(self, config_id: str) -> Call:
        call: Call = self._post("externalcontact/groupchat/get_join_way", data={"config_id": config_id})
        return call


class Client(Composing, WeChatClient):  # type: ignore[misc]
    message = Messages()
    external_contact = Contacts()


class WorkChannel:
    def __init__(self, config: Work) -> None:
        self._client = Client(config.corp_id, config.secret)
        self._agent = config.agent_id

    def composed(self, errand: Errand, words: Words) -> Call:
        match errand.way:
            case Way.CARD:
                return self._changed_card(errand, words)
            case Way.ROBOT:
                call: Call = self._client.message.send_webhook_text(
                    errand.address, cut_bytes(words.text, TEXT_BYTES)
                )
                return call
            case Way.CUSTOMER_GROUP:
                return self._group_task(errand, words)
            case _:
                return self._message(errand, words)

    def _message(self, errand: Errand, words: Words) -> Call:
        """With the platform's duplicate check: the same content to the same person is one message."""
        if words.card:
            call = self._client.message.send_template_card(
                self._agent, errand.address, template_card(words.card, errand.task_id)
            )
        else:
            call = self._client.message.send_text(
                self._agent, errand.address, cut_bytes(words.text, TEXT_BYTES)
            )
        assert isinstance(call, Call)
        assert call.data is not None
        call.data["enable_duplicate_check"] = 1
        call.data["duplicate_check_interval"] = DUPLICATE_SECONDS
        return call

    def _changed_card(self, errand: Errand, words: Words) -> Call:
        assert words.card is not None
        assert errand.response_code is not None
        call: Call = self._client.message.update_template_card(
            self._agent, [errand.address], errand.response_code, template_card(words.card, errand.task_id)
        )
        return call

    def _group_task(self, errand: Errand, words: Words) -> Call:
        """A task that the group's owner confirms."""
        call: Call = self._client.external_contact.add_msg_template(
            {
                "chat_type": "group",
                "sender": errand.sender,
                "chat_id_list": errand.chats,
                "text": {"content": cut_bytes(words.text, GROUP_BYTES)},
            }
        )
        return _as_contact(call)

    def group_result(self, msgid: str, userid: str, cursor: str = "") -> Call:
        return _as_contact(self._client.external_contact.get_groupmsg_send_result(msgid, userid, cursor))

    def task(self, msgid: str) -> Call:
        return _as_contact(self._client.external_contact.get_groupmsg_task(msgid))

    def chats(self, owners: list[str], cursor: str = "") -> Call:
        return _as_contact(self._client.external_contact.list_group_chats(owners, cursor))

    def chat(self, chat_id: str) -> Call:
        return _as_contact(self._client.external_contact.get_group_chat(chat_id))

    def adding_way(self, chat_id: str, name: str, state: str) -> Call:
        return _as_contact(self._client.external_contact.add_join_way(chat_id, name, state))

    def way(self, config_id: str) -> Call:
        return _as_contact(self._client.external_contact.get_join_way(config_id))

    def reminder(self, msgid: str) -> Call:
        return _as_contact(self._client.external_contact.remind_groupmsg_send(msgid))

    def cancelling(self, msgid: str) -> Call:
        return _as_contact(self._client.external_contact.cancel_groupmsg_send(msgid))


def _as_contact(call: Call) -> Call:
    """Customer contact has a secret of its own."""
    call.token = "contact"  # noqa: S105 - the name of an account
    return call
