"""当场解决 育英3号楼 楼道的纸箱清走了: one message and one photo (row 10)."""

from datetime import timedelta

from handlers.wechat.answer import Answer, Text
from handlers.wechat.visit import Visit
from handlers.words import say
from models.base.links import personal_path
from models.case import on_the_spot
from models.dialogue.question import Asked, Question, ask, forget
from models.duty.answering import houses_of
from models.media.keeping import want
from models.place.gazetteer import town
from models.place.spot import Spot

COMMAND = "on_spot"


def said(visit: Visit, words: str) -> Answer:
    """The words are kept until the photo comes; without a place it is asked for."""
    spot = _place(visit.saying(words))
    if not words or spot is None:
        path = personal_path("desk", visit.person) + "/chain/spot"
        return Text(say("spot_how", path=path))
    lasts = timedelta(minutes=visit.house.finish_window_minutes)
    ask(visit.person, visit.channel, Asked.SPOT, lasts=lasts, words=words)
    return Text(say("spot_photo", **spot.facts()))


def photo(visit: Visit) -> Answer | None:
    """The photo that was asked for: opened and said to be done. None for any other photo."""
    question = _pending(visit)
    media_id = visit.message.media_id
    if question is None or media_id is None:
        return None
    part = visit.saying(str(question.facts["words"]))
    spot = _place(part)
    if spot is None:  # its building is gone meanwhile
        return None
    case = on_the_spot.begin(text=part.text, category=part.meaning.category, spot=spot, by=visit.person)
    want(
        case.about, purpose="finish", kind="image", channel=visit.channel, media_id=media_id, by=visit.person
    )
    on_the_spot.solve(case, visit.person, silence_days=visit.house.silence_days)
    forget(visit.person, visit.channel)
    return Text(say("spot_done", number=case.number, **case.spot.facts()))


def _pending(visit: Visit) -> Question | None:
    question = visit.question
    return question if question is not None and question.kind == Asked.SPOT else None


def _place(visit: Visit) -> Spot | None:
    """What the words name, else the only house that this person answers for."""
    located = town().locate(Spot.said(visit.meaning), community_id=visit.visitor.community_id)
    mine = houses_of(visit.person)
    named = visit.meaning.building is not None or visit.meaning.estate is not None
    if not named:
        return town().spot_of_building(next(iter(mine)), how="staff") if len(mine) == 1 else None
    if located.missing in ("estate", "no_such_building") or not located.spot.is_known:
        return None
    return located.spot
