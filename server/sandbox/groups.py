"""Mass messages to customer groups of WeCom: tasks that the owner confirms.

Source: QY 92135 and the pages on results, reminders and cancelling. A group takes one mass message a day and
as many in a month as that has days; a second task of the same day settles for it with status 3.
"""

from __future__ import annotations

import secrets
from calendar import monthrange
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from server.sandbox.accounts import Limits
from server.sandbox.chats import Chats, paged
from server.sandbox.media import MediaStore
from server.sandbox.tokens import beijing_day
from server.sandbox.wire import Call, Clerk, Refused, ok
from server.sandbox.world import Message, World

UNSENT, SENT, ANOTHER_TODAY = 0, 1, 3  # send_result status
ATTACHMENTS = {"image", "link", "miniprogram", "video", "file"}


@dataclass
class GroupTask:
    """A mass message waiting for its owner's tap; ``results`` holds (status, send_time) by chat_id."""

    msgid: str
    sender: str
    content: str
    attachments: list[dict[str, Any]]
    chat_ids: list[str]
    created_at: float
    confirmed_at: float = 0.0
    cancelled: bool = False
    reminders: list[float] = field(default_factory=list)
    results: dict[str, tuple[int, float]] = field(default_factory=dict)
    bubble: Message | None = None


class Groups:
    """The tasks for the owners of customer groups."""

    def __init__(self, world: World, limits: Limits, media: MediaStore, chats: Chats) -> None:
        self._world, self._limits, self._media, self._chats = world, limits, media, chats
        self.tasks: dict[str, GroupTask] = {}
        self._last_day: dict[str, int] = {}
        self._months: Counter[tuple[str, int, int]] = Counter()
        base = "/cgi-bin/externalcontact/"
        self.paths: dict[str, Clerk] = {
            base + "add_msg_template": self.add,
            base + "get_groupmsg_task": self.task,
            base + "get_groupmsg_send_result": self.result,
            base + "remind_groupmsg_send": self.remind,
            base + "cancel_groupmsg_send": self.cancel,
        }

    def add(self, call: Call) -> dict[str, Any]:
        """``add_msg_template``: a task for the owner; groups that are not the sender's, or had theirs today,
        come back in ``fail_list`` (41048 when none is left)."""
        data = call.data
        if data.get("chat_type", "single") != "group":
            raise Refused(40058, "invalid parameter: this sandbox plays chat_type group only")
        call.who = call.text("sender", 40058, "invalid parameter: sender")
        owner = self._world.find("userid", call.who)
        if owner is None:
            raise Refused(40003, "invalid userid")
        content = call.part("text").get("content", "")
        attachments = data.get("attachments") or []
        if not content and not attachments:
            raise Refused(41016, "missing text and attachments")
        if len(str(content).encode()) > 4000:
            raise Refused(40058, "invalid parameter: text.content exceed max length 4000")
        self._check_attachments(attachments, call.at)
        wanted = call.names("chat_id_list") or [g.chat_id for g in self._chats.all() if g.owner == call.who]
        if len(wanted) > 2000:
            raise Refused(40058, "invalid parameter: chat_id_list")
        good: list[str] = []
        failed: list[str] = []
        for chat_id in wanted:
            group = self._chats.find(chat_id)
            mine = group is not None and group.owner == call.who
            (good if mine and self._takes_one(chat_id, call.at) else failed).append(chat_id)
        if not good:
            raise Refused(41048, "no group to send to", fail_list=failed)
        task = GroupTask("msg" + secrets.token_urlsafe(24), call.who, content, attachments, good, call.at)
        self.tasks[task.msgid] = task
        call.key = task.msgid
        names = [self._world.find("chat_id", chat_id) for chat_id in good]
        task.bubble = self._world.show(
            owner,
            "them",
            "task",
            msgid=task.msgid,
            text=content,
            attachments=attachments,
            groups=[group.name for group in names if group],
            state="waiting",
        )
        return ok(fail_list=failed, msgid=task.msgid)

    def _takes_one(self, chat_id: str, now: float) -> bool:
        """One a day, and in a month as many as that has days or as ``group_messages_a_month`` says."""
        month = _month(now)
        most = self._limits.group_messages_a_month or monthrange(*month)[1]
        return self._last_day.get(chat_id) != beijing_day(now) and self._months[chat_id, *month] < most

    def _check_attachments(self, attachments: Any, now: float) -> None:
        if not isinstance(attachments, list) or len(attachments) > 9:
            raise Refused(40058, "invalid parameter: attachments")
        for item in attachments:
            form = item.get("msgtype") if isinstance(item, dict) else None
            part = item.get(form) if form in ATTACHMENTS else None
            if not isinstance(part, dict):
                raise Refused(40058, "invalid parameter: attachments.msgtype")
            if form in ("image", "video", "file") and not part.get("pic_url"):
                self._media.find(part.get("media_id"), now)
            if form == "link" and not (part.get("title") and part.get("url")):
                raise Refused(40058, "invalid parameter: attachments.link")

    def _task(self, call: Call) -> GroupTask:
        task = self.tasks.get(str(call.data.get("msgid", "")))
        if task is None:
            raise Refused(40058, "invalid parameter: msgid")
        call.who, call.key = task.sender, task.msgid
        return task

    def task(self, call: Call) -> dict[str, Any]:
        """``get_groupmsg_task``: whether the owner has pressed send (status 2)."""
        task = self._task(call)
        row: dict[str, Any] = {"userid": task.sender, "status": 2 if task.confirmed_at else 0}
        if task.confirmed_at:
            row["send_time"] = int(task.confirmed_at)
        return ok(task_list=[row])

    def result(self, call: Call) -> dict[str, Any]:
        """``get_groupmsg_send_result``: what became of it in each group."""
        task = self._task(call)
        if call.data.get("userid") != task.sender:
            raise Refused(40058, "invalid parameter: userid")
        page, cursor = paged(task.chat_ids, call, _limit(call, 1000))
        rows = []
        for chat_id in page:
            status, at = task.results.get(chat_id, (UNSENT, 0.0))
            row = {"chat_id": chat_id, "userid": task.sender, "status": status}
            rows.append(row | ({"send_time": int(at)} if status == SENT else {}))
        return ok(send_list=rows) | ({"next_cursor": cursor} if cursor else {})

    def remind(self, call: Call) -> dict[str, Any]:
        """``remind_groupmsg_send``: three times in 24 hours and task, not after it was sent or cancelled."""
        task = self._task(call)
        if task.cancelled:
            raise Refused(41093, "groupmsg canceled")
        task.reminders = [at for at in task.reminders if call.at - at < 86400]
        if len(task.reminders) >= self._limits.reminders_per_day:
            raise Refused(45009, "api freq out of limit")
        task.reminders.append(call.at)
        if task.bubble and not task.confirmed_at:
            self._world.update(task.bubble, reminded=len(task.reminders))
        return ok()

    def cancel(self, call: Call) -> dict[str, Any]:
        """``cancel_groupmsg_send``: what was sent stays sent."""
        task = self._task(call)
        if task.cancelled:
            raise Refused(41093, "groupmsg canceled")
        task.cancelled = True
        if task.bubble and not task.confirmed_at:
            self._world.update(task.bubble, state="cancelled")
        return ok()

    def confirm(self, msgid: str, userid: str, now: float) -> None:
        """The owner's tap: the message appears in each group that had none today; 41093 after cancelling."""
        task = self.tasks.get(msgid)
        if task is None or task.sender != userid:
            raise Refused(40058, "invalid parameter: msgid")
        if task.cancelled:
            raise Refused(41093, "groupmsg canceled")
        if task.confirmed_at:
            return
        task.confirmed_at = now
        for chat_id in task.chat_ids:
            group = self._chats.find(chat_id)
            if group is None or not self._takes_one(chat_id, now):
                task.results[chat_id] = (ANOTHER_TODAY, now)
                continue
            self._last_day[chat_id] = beijing_day(now)
            self._months[chat_id, *_month(now)] += 1
            task.results[chat_id] = (SENT, now)
            owner = self._world.find("userid", userid)
            self._world.show(
                group,
                "them",
                "text",
                text=task.content,
                attachments=task.attachments,
                sender=owner.name if owner else userid,
            )
        if task.bubble:
            self._world.update(task.bubble, state="sent")


def _month(now: float) -> tuple[int, int]:
    there = datetime.fromtimestamp(now, UTC) + timedelta(hours=8)
    return there.year, there.month


def _limit(call: Call, most: int) -> int:
    limit = call.data.get("limit", most)
    if not isinstance(limit, int) or not 1 <= limit <= most:
        raise Refused(40058, "invalid parameter: limit")
    return limit
