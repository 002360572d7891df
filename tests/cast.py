"""The people of the small town in which stories are told. tests/factories.py gives them their rows."""

from dataclasses import dataclass, field


@dataclass(eq=False)
class Someone:
    """`id` is the person's; `official` and `work` are how the platforms know them."""

    name: str
    official: str | None = None
    work: str | None = None
    number: str | None = None  # 工号
    roles: tuple[str, ...] = ()
    phone: str | None = None
    id: int = 0
    facts: dict[str, int] = field(default_factory=dict)

    def __repr__(self) -> str:
        return self.name


@dataclass(eq=False)
class Cast:
    """Who lives and works in the town. Home: 育英小区, community 育英社区. Elsewhere: 建设小区, 建设社区."""

    wang: Someone  # 王阿姨, lives in 育英小区3号楼2单元501
    sun_xiaoyu: Someone  # her neighbour in 3号楼1单元
    rider: Someone  # delivers all over town, lives nowhere we know of
    stranger: Someone  # has never written before
    li: Someone  # 李师傅, keeper of 育英3号楼
    ma: Someone  # 马师傅, keeper of 育英3号楼 beside him
    sun: Someone  # 孙网格员, of the grid of 育英小区
    zhou: Someone  # 周, contact of the department that takes lighting
    zhao: Someone  # 赵, community desk of 育英社区
    qian: Someone  # 钱, desk of 建设社区
    wu: Someone  # 吴, keeper of 建设小区1号楼
    leader: Someone  # 郑, of the street, watches over all


def a_cast() -> Cast:
    return Cast(
        wang=Someone("王阿姨", official="o-wang"),
        sun_xiaoyu=Someone("孙小雨", official="o-xiaoyu"),
        rider=Someone("小陈", official="o-rider"),
        stranger=Someone("生人", official="o-stranger"),
        li=Someone("李师傅", work="li", number="K001", roles=("keeper",), phone="13900000001"),
        ma=Someone("马师傅", work="ma", number="K002", roles=("keeper",), phone="13900000002"),
        sun=Someone("孙网格员", work="sun", number="G001", roles=("grid_worker",), phone="13900000003"),
        zhou=Someone("周科长", work="zhou", number="D001", roles=("department",), phone="13900000004"),
        zhao=Someone("赵主任", work="zhao", number="C001", roles=("community",), phone="13900000005"),
        qian=Someone("钱主任", work="qian", number="C002", roles=("community",), phone="13900000006"),
        wu=Someone("吴师傅", work="wu", number="K003", roles=("keeper",), phone="13900000007"),
        leader=Someone("郑书记", work="zheng", number="S001", roles=("street",), phone="13900000008"),
    )
