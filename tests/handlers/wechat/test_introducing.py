"""A keeper without WeCom: the desk asks for a code, the keeper types it into the service account."""

import re

from cast import Someone
from chat import Chat

from models.base.orm import put
from models.duty.tables import Keeper
from models.person.arriving import staff_of
from models.person.tables import Person, Staff
from models.place.gazetteer import town
from models.place.version import raise_version


def a_keeper_without_wecom(chat: Chat, *, of_the_community: bool = True) -> Someone:
    def work() -> int:
        desk = staff_of(chat.cast.zhao.id)
        assert desk is not None
        person = put(Person)
        put(
            Staff, number="K009", person_id=person, name="新来的", roles=["keeper"],
            community_id=desk.community_id if of_the_community else None,
        )  # fmt: skip
        estate = town().estates_named("育英小区")[0]
        building = next(one for one in town().buildings_of(estate.id) if one.name == "7")
        put(Keeper, building_id=building.id, person_id=person)
        raise_version()
        return person

    return Someone("新来的", official="o-new", id=chat.database.write(work))


def test_a_keeper_without_wecom_is_let_in_by_the_desk(chat: Chat) -> None:
    new = a_keeper_without_wecom(chat)
    code = re.search(r"绑定 ([2-9A-Z]{8})", chat.says(chat.cast.zhao, "绑定码 K009"))
    assert code is not None
    assert "绑定好了" in chat.says(new, f"绑定 {code[1]}")
    chat.says(chat.cast.wang, "育英小区7号楼灯不亮")
    assert "接单成功" in chat.says(new, "接单")


def test_whoever_is_not_of_the_desk_hears_why_not(chat: Chat) -> None:
    a_keeper_without_wecom(chat)
    assert "没有查到这个工号" in chat.says(chat.cast.li, "绑定码 K009")
    assert "已经连上了" in chat.says(chat.cast.zhao, "绑定码 G001")


def test_a_keeper_of_an_outside_unit_is_let_in_where_the_building_stands(chat: Chat) -> None:
    a_keeper_without_wecom(chat, of_the_community=False)
    assert re.search(r"绑定 ([2-9A-Z]{8})", chat.says(chat.cast.zhao, "绑定码 K009"))
    assert "没有查到这个工号" in chat.says(chat.cast.qian, "绑定码 K009")


def test_a_code_mistyped_is_no_report(chat: Chat) -> None:
    assert "绑定码不对" in chat.says(chat.cast.stranger, "绑定 AAAAAA")
