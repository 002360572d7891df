"""Thanks and praise (row 18): its own kind of message, never counted as a case nor in any rate."""

from models.praise.praise import Praise, check, keep, to_check

__all__ = ["Praise", "check", "keep", "to_check"]
