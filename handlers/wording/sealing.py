"""Words of what is to be done before a month may be sealed."""

from models.base.resources import table
from models.joins.sealing import Lacking


def said(one: Lacking) -> str:
    words: str = table("labels/sealing.toml")[one.code]
    return words.format(many=one.many, first=one.first)
