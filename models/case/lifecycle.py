"""The seven phases of GB/T 30428 and the moves between them. Every move appends a step."""

from enum import StrEnum


class State(StrEnum):
    COLLECTED = "collected"  # 信息采集: said, but we do not know where or what yet
    FILED = "filed"  # 案卷建立: on the community's desk, offered to nobody else
    DISPATCHED = "dispatched"  # 任务派遣: offered, not accepted
    HANDLING = "handling"  # 任务处置: exactly one taker works on it
    FINISHED = "finished"  # 处置反馈: the taker says done, the resident has not nodded
    CLOSED = "closed"  # 核查结案: nodded, or silent for long enough after being asked
    RATED = "rated"  # 综合评价
    VOID = "void"  # 作废: withdrawn by its reporter, or not a case


NEXT: dict[State, frozenset[State]] = {
    State.COLLECTED: frozenset({State.FILED, State.DISPATCHED, State.VOID}),
    # What nobody has taken is said to be over by the desk with a second person, with its problem, or on the
    # spot.
    State.FILED: frozenset({State.DISPATCHED, State.HANDLING, State.FINISHED, State.VOID}),
    State.DISPATCHED: frozenset({State.HANDLING, State.FINISHED, State.FILED, State.DISPATCHED, State.VOID}),
    State.HANDLING: frozenset({State.FINISHED, State.DISPATCHED, State.FILED, State.VOID}),
    State.FINISHED: frozenset({State.CLOSED, State.HANDLING, State.DISPATCHED, State.FILED}),
    State.CLOSED: frozenset({State.RATED, State.HANDLING, State.DISPATCHED, State.FILED}),
    # A bad grade is a no: a case rated 不满意 is not closed (row 1).
    State.RATED: frozenset({State.HANDLING, State.DISPATCHED, State.FILED}),
    # Only what was dealt with together with another case comes back, as its own.
    State.VOID: frozenset({State.FILED, State.DISPATCHED}),
}

OPEN = frozenset({State.COLLECTED, State.FILED, State.DISPATCHED, State.HANDLING, State.FINISHED})
UNTAKEN = frozenset({State.COLLECTED, State.FILED, State.DISPATCHED})
UNFINISHED = UNTAKEN | {State.HANDLING}  # nobody has said yet that it is done
WORKING = frozenset({State.FILED, State.DISPATCHED, State.HANDLING})  # somebody on our side must move
CLAIMED = frozenset({State.FINISHED, State.CLOSED, State.RATED})  # said to be done
ENDED = frozenset({State.CLOSED, State.RATED, State.VOID})
