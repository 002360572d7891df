"""The database itself refuses to edit or remove a step."""

from models.base.append_only import guard
from models.history.step import Step

guard(Step.__table__)
