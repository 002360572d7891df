"""A made-up town in which every building has a keeper of its own, so that no member's limit is in the way."""

from models.town.workbook import Cell, Workbook

BUILDINGS_IN_ESTATE = 50


def estate(building: int) -> str:
    return f"和美{building // BUILDINGS_IN_ESTATE + 1}小区"


def house_number(building: int) -> int:
    return building % BUILDINGS_IN_ESTATE + 1


def keeper(building: int) -> str:
    """WeCom userid of who answers for this building."""
    return f"keeper{building:05}"


def town(buildings: int) -> Workbook:
    """`buildings` buildings of four units in estates of fifty, nothing else than what a report needs."""
    estates = sorted({estate(n) for n in range(buildings)}, key=lambda name: (len(name), name))
    keepers: list[list[Cell]] = [
        [f"K{n:05}", f"干部{n}", f"138{n:08}", "包保干部", "区住建局", "", keeper(n)]
        for n in range(buildings)
    ]
    return Workbook(
        [
            ("社区", [["社区", "街道", "区县"], ["和美社区", "和美街道", "和美区"]]),
            ("小区", [["小区", "社区"], *([name, "和美社区"] for name in estates)]),
            (
                "楼栋",
                [
                    ["小区", "楼号", "单元数", "层数", "包保单位", "包保干部"],
                    *([estate(n), house_number(n), 4, 6, "区住建局", f"K{n:05}"] for n in range(buildings)),
                ],
            ),
            (
                "工作人员",
                [
                    ["工号", "姓名", "手机", "角色", "单位", "社区", "企业微信"],
                    *keepers,
                    ["C00001", "林红", "13900000001", "社区", "和美社区", "和美社区", "desk"],
                ],
            ),
        ]
    )
