"""Customer groups of WeCom as the platform keeps them: lists, members, owners who leave, codes for joining.

Source: QY 92120, 92122, 92229 (进群方式) and 92130 (change_external_chat). A full group is followed by a new
one when its code says so, without anybody asking.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import qrcode

from server.sandbox.accounts import Limits
from server.sandbox.media import MediaStore
from server.sandbox.wire import Call, Clerk, Refused, ok
from server.sandbox.world import Phone, World

WELL, OWNER_LEFT = 0, 1  # status of a chat's owner
OWNERS, CHATS_OF_A_WAY, TEXT, BASE_NAME = 100, 5, 30, 40
BY_CODE, BY_HAND = 3, 1  # how somebody came in
Push = Callable[[dict[str, Any]], None]


@dataclass
class Way:
    """A code for joining."""

    config_id: str
    scene: int
    remark: str
    auto: bool
    base_name: str
    base_id: int
    chat_ids: list[str]
    state: str
    opened: int = 0


@dataclass
class Chats:
    """The corporation's customer groups. ``push`` tells hemei of a change, ``where`` is this sandbox."""

    world: World
    limits: Limits
    media: MediaStore
    where: Callable[[], str]
    push: Push = lambda _fields: None
    ways: dict[str, Way] = field(default_factory=dict)
    status: dict[str, int] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    states: dict[tuple[str, str], str] = field(default_factory=dict)  # chat and member → state of the way

    @property
    def paths(self) -> dict[str, Clerk]:
        base = "/cgi-bin/externalcontact/groupchat/"
        return {
            base + "list": self.listing,
            base + "get": self.details,
            base + "add_join_way": self.add_way,
            base + "get_join_way": self.get_way,
        }

    def all(self) -> list[Phone]:
        found = [phone for phone in self.world.phones.values() if phone.chat_id]
        return [phone for phone in found if phone.chat_id not in self.gone]

    def find(self, chat_id: str) -> Phone | None:
        return None if chat_id in self.gone else self.world.find("chat_id", chat_id)

    # what hemei asks

    def listing(self, call: Call) -> dict[str, Any]:
        """``groupchat/list`` with owner filter, cursor and limit 1 to 1000; 81017 without a filter where
        there are more than a thousand owners, 40003 for an owner whom nobody knows."""
        limit = call.data.get("limit", 1000)
        if not isinstance(limit, int) or not 1 <= limit <= 1000:
            raise Refused(40058, "invalid parameter: limit")
        wanted = call.data.get("status_filter", 0)
        owners = call.part("owner_filter").get("userid_list")
        if owners is not None and (not isinstance(owners, list) or len(owners) > OWNERS):
            raise Refused(40031, "userid list too long")
        if owners is None and len({group.owner for group in self.all()}) > 1000:
            raise Refused(81017, "too many owners in scope, please use owner_filter")
        if any(self.world.find("userid", name) is None for name in owners or ()):
            raise Refused(40003, "invalid userid")
        found = [group for group in self.all() if owners is None or group.owner in owners]
        if wanted:
            found = [group for group in found if self.status.get(group.chat_id, WELL) == wanted]
        page, cursor = paged(found, call, limit)
        rows = [{"chat_id": one.chat_id, "status": self.status.get(one.chat_id, WELL)} for one in page]
        return ok(group_chat_list=rows) | ({"next_cursor": cursor} if cursor else {})

    def details(self, call: Call) -> dict[str, Any]:
        """``groupchat/get``: name, owner and members of one customer group."""
        call.who = str(call.data.get("chat_id", ""))
        group = self.find(call.who)
        if group is None:
            raise Refused(40050, "invalid chat_id")
        if not group.owner:
            raise Refused(90501, "chat is not external group chat")
        people = enumerate([group.owner, *group.members])
        return ok(
            group_chat={
                "chat_id": group.chat_id,
                "name": group.name,
                "owner": group.owner,
                "create_time": int(group.created_at),
                "notice": "",
                "member_list": [self._member(call, group, name, number == 0) for number, name in people],
                "admin_list": [],
                "member_version": secrets.token_hex(16),
            }
        )

    def _member(self, call: Call, group: Phone, name: str, is_owner: bool) -> dict[str, Any]:
        staff = self.world.find("userid", name)
        known = staff or self.world.find("openid", name)
        state = self.states.get((group.chat_id, name))
        member = {"userid": name, "type": 1 if staff else 2, "join_time": int(group.created_at)}
        if call.data.get("need_name") == 1 and known:
            member["name"] = known.name
        if known and not staff:
            member["unionid"] = known.unionid
        if state:
            member["state"] = state
        return member | {"join_scene": BY_HAND if is_owner else BY_CODE}

    def add_way(self, call: Call) -> dict[str, Any]:
        """``groupchat/add_join_way``: a code for at most five chats."""
        data = call.data
        chats = call.names("chat_id_list")
        if data.get("scene") not in (1, 2):
            raise Refused(40058, "invalid parameter: scene")
        if not 1 <= len(chats) <= CHATS_OF_A_WAY:
            raise Refused(40058, "invalid parameter: chat_id_list")
        for name, most in (("remark", TEXT), ("state", TEXT), ("room_base_name", BASE_NAME)):
            if len(str(data.get(name, ""))) > most:
                raise Refused(40058, f"invalid parameter: {name}")
        if any(self.find(chat) is None for chat in chats):
            raise Refused(40050, "invalid chat_id")
        way = Way(
            secrets.token_hex(16),
            int(data["scene"]),
            str(data.get("remark", "")),
            data.get("auto_create_room", 1) == 1,
            str(data.get("room_base_name", "")),
            int(data.get("room_base_id", 1)),
            chats,
            str(data.get("state", "")),
        )
        self.ways[way.config_id] = way
        call.who, call.key = "|".join(chats), way.config_id
        return ok(config_id=way.config_id)

    def get_way(self, call: Call) -> dict[str, Any]:
        """``groupchat/get_join_way``: the code, as the address of a picture."""
        way = self.ways.get(str(call.data.get("config_id", "")))
        if way is None:
            raise Refused(41044, "invalid config_id")
        written = io.BytesIO()
        qrcode.make(f"https://work.weixin.qq.com/gm/{way.config_id}").save(written)
        picture = self.media.add("image", written.getvalue(), call.at, "join.png").id
        return ok(
            join_way={
                "config_id": way.config_id,
                "scene": way.scene,
                "remark": way.remark,
                "auto_create_room": int(way.auto),
                "room_base_name": way.base_name,
                "room_base_id": way.base_id,
                "chat_id_list": way.chat_ids,
                "qr_code": f"{self.where()}/work/mmbiz/{picture}",
                "state": way.state,
            }
        )

    # what people do

    def join(self, member: str, config_id: str) -> Phone:
        """Somebody scans a code: into the first chat that has room, or into a new one; 301050 when all are
        full."""
        way = self.ways[config_id]
        rooms = [group for chat in way.chat_ids if (group := self.find(chat)) is not None]
        group = next((one for one in rooms if len(one.members) + 1 < self.limits.group_members), None)
        if group is None:
            if not way.auto or not rooms:
                raise Refused(301050, "all chats of this code are full")
            group = self._follower(way, rooms[0])
        group.members.append(member)
        self.states[group.chat_id, member] = way.state
        self._changed(group, "update", UpdateDetail="add_member", JoinScene=BY_CODE, MemChangeCnt=1)
        return group

    def _follower(self, way: Way, full: Phone) -> Phone:
        way.opened += 1
        name = f"{way.base_name or full.name}{way.base_id + way.opened - 1}"
        chat = f"wr{secrets.token_urlsafe(18)}"
        group = Phone(f"{full.id}-{way.opened + 1}", name, "group", chat_id=chat, owner=full.owner)
        self.world.add(group)
        way.chat_ids.append(chat)
        self._changed(group, "create")
        return group

    def leave(self, member: str, group: Phone) -> None:
        group.members.remove(member)
        self._changed(group, "update", UpdateDetail="del_member", QuitScene=0, MemChangeCnt=1)

    def rename(self, group: Phone, name: str) -> None:
        group.name = name
        self._changed(group, "update", UpdateDetail="change_name")

    def hand_over(self, group: Phone, userid: str) -> None:
        """Another member is the owner now."""
        group.owner = userid
        self.status.pop(group.chat_id, None)
        self._changed(group, "update", UpdateDetail="change_owner")

    def resigned(self, userid: str) -> None:
        """A member left the company: nobody can send to that person's chats until somebody takes them over.
        Nothing is pushed of it."""
        for group in self.all():
            if group.owner == userid:
                self.status[group.chat_id] = OWNER_LEFT

    def dismiss(self, group: Phone) -> None:
        self.gone.add(group.chat_id)
        self._changed(group, "dismiss")

    def _changed(self, group: Phone, what: str, **more: Any) -> None:
        self.world.touch()
        fields = {"Event": "change_external_chat", "ChatId": group.chat_id, "ChangeType": what, **more}
        self.push(fields)


def paged(rows: list[Any], call: Call, limit: int) -> tuple[list[Any], str]:
    """The rows from the call's cursor on, and the next cursor, "" behind the last."""
    cursor = str(call.data.get("cursor") or "0")
    start = int(cursor) if cursor.isdigit() else 0
    more = start + limit < len(rows)
    return rows[start : start + limit], str(start + limit) if more else ""
