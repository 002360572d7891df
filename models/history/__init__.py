"""What happened: steps, appended and never edited. Every indicator is computed from them."""

from models.history.step import Step, record, steps_about

__all__ = ["Step", "record", "steps_about"]
