"""The town's workbook: read, checked, written all or nothing, and given back."""

from models.town.demo import demo_town
from models.town.parsing import parse
from models.town.writing import take

__all__ = ["demo_town", "parse", "take"]
