"""Cases that end otherwise than mended."""

from cast import Cast
from factories import a_case

from models.base.actor import By

RULE = "物业管理条例第四十条"


def ends_otherwise(cast: Cast) -> None:
    """One that is explained and objected to, one on which nobody agrees, one that silence ends."""
    explained = a_case(reporter=cast.wang, accepted_by=cast.li)
    explained.propose_end(cast.li.id, "explained", "是业主自己家里的管子", RULE)
    explained.agree_to_end(cast.zhao.id)
    explained.object(By.person(cast.wang.id), "总管也漏")
    explained.accept(cast.zhao.id)
    explained.propose_end(cast.zhao.id, "explained", "是业主自己家里的管子", RULE)
    explained.refuse_end(cast.leader.id, "再找专业的人看一次")
    untrue = a_case(reporter=cast.wang, accepted_by=cast.li)
    untrue.propose_end(cast.zhao.id, "untrue", "路灯亮着")
    untrue.agree_to_end(cast.leader.id)
    untrue.close_by_default()
