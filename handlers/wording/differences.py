"""Words of a difference between a bill file and the books."""

from models.base.resources import table


def label(code: str) -> str:
    said: str = table("labels/differences.toml")[code]["label"]
    return said


def to_do(code: str) -> str:
    said: str = table("labels/differences.toml")[code]["do"]
    return said
