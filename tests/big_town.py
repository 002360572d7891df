"""A synthetic city's workbook: 1 445 buildings, 90 000 households, 1 500 staff (and smaller ones).

Every name and number is made up.
"""

from collections.abc import Iterator

from models.town.workbook import Cell, Workbook

SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡林郭何高罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平"
CATEGORIES = (
    "lighting",
    "drainage",
    "water",
    "heating",
    "power",
    "gas",
    "elevator",
    "garbage",
    "parking",
    "other",
)


def big_town(buildings: int = 1_445, households: int = 90_000, staff: int = 1_500) -> Workbook:
    """The whole town; sizes scale down together."""
    estates = max(1, buildings // 12)
    communities = max(1, estates // 4)
    grids = max(1, buildings // 8)
    return Workbook(
        [
            (
                "社区",
                [
                    ["社区", "街道", "区县"],
                    *([f"第{n}社区", f"第{n % 9}街道", "北林区"] for n in range(communities)),
                ],
            ),
            ("网格", [_GRID, *_grids(grids, communities, staff)]),
            ("小区", [_ESTATE, *_estates(estates, communities)]),
            ("楼栋", [_BUILDING, *_buildings(buildings, estates, grids, staff)]),
            ("住户", [_HOUSEHOLD, *_households(households, buildings, estates)]),
            ("工作人员", [_STAFF, *_staff(staff, communities)]),
            ("部门", [["部门", "受理类别", "联系人", "值班电话"], *_departments(staff)]),
            ("群", [_GROUP, *_groups(buildings, estates, staff)]),
        ]
    )


_GRID: list[Cell] = ["网格", "社区", "类型", "网格总长", "一级网格长", "网格长", "网格员"]
_ESTATE: list[Cell] = ["小区", "别名", "社区", "管理模式", "物业单价", "经度", "纬度"]
_BUILDING: list[Cell] = ["小区", "楼号", "单元数", "层数", "网格", "包保单位", "包保干部"]
_HOUSEHOLD: list[Cell] = ["小区", "楼号", "单元", "室号", "建筑面积", "业主", "手机"]
_STAFF: list[Cell] = ["工号", "姓名", "手机", "角色", "单位", "社区", "企业微信"]
_GROUP: list[Cell] = ["群名", "小区", "楼号", "渠道", "标识", "群主"]
Rows = Iterator[list[Cell]]


def _number(n: int) -> str:
    return f"S{n:05d}"


def _name(n: int) -> str:
    return SURNAMES[n % 20] + GIVEN[n // 20 % 20] + GIVEN[n // 400 % 20]


def _grids(grids: int, communities: int, staff: int) -> Rows:
    for n in range(grids):
        people: list[Cell] = [_number((n * 4 + rung) % staff) for rung in range(4)]
        yield [f"第{n}网格", f"第{n % communities}社区", "居民网格", *people]


def _estates(estates: int, communities: int) -> Rows:
    for n in range(estates):
        place: list[Cell] = [126.9 + n / 1000, 46.6 + n / 1000]
        yield [f"和美{n}小区", f"和美{n}、老和美{n}", f"第{n % communities}社区", "社区领办", 0.3, *place]


def _buildings(buildings: int, estates: int, grids: int, staff: int) -> Rows:
    for n in range(buildings):
        where: list[Cell] = [f"和美{n % estates}小区", n // estates + 1]
        yield [*where, 4, 6, f"第{n % grids}网格", f"第{n % 60}单位", _number(n % staff)]


def _households(households: int, buildings: int, estates: int) -> Rows:
    for n in range(households):
        building, home = n % buildings, n // buildings
        room = f"{home // 8 % 30 + 1}0{home // 4 % 2 + 1}"
        where: list[Cell] = [f"和美{building % estates}小区", building // estates + 1, home % 4 + 1, room]
        yield [*where, 50 + n % 700 / 10, _name(n), f"139{n:08d}"]


def _staff(staff: int, communities: int) -> Rows:
    roles = ("网格员、包保干部", "网格长", "一级网格长", "网格总长", "社区", "部门", "包保干部")
    for n in range(staff):
        who: list[Cell] = [_number(n), _name(n), f"138{n:08d}", roles[n % len(roles)]]
        yield [*who, f"第{n % 60}单位", f"第{n % communities}社区", f"user{n}"]


def _departments(staff: int) -> Rows:
    for n, category in enumerate(CATEGORIES):
        yield [f"第{n}部门", category, _number(n * 7 % staff), f"0455-000{n:04d}"]


def _groups(buildings: int, estates: int, staff: int) -> Rows:
    for n in range(buildings):
        where: list[Cell] = [f"和美{n % estates}小区", n // estates + 1]
        yield [f"群{n}", *where, "群机器人", f"key-{n}", _number(n % staff)]
