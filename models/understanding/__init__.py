"""What people really write: intent, category, place and urgency of one message.

Pure: no database, network or clock; of the other rooms it uses base alone.
"""

from models.understanding.case_number import case_number_in
from models.understanding.gazetteer import Gazetteer
from models.understanding.place import Place, place_only
from models.understanding.replies import ShortReply, grade_of, short_reply
from models.understanding.sentence import Understanding, understand

__all__ = [
    "Gazetteer",
    "Place",
    "ShortReply",
    "Understanding",
    "case_number_in",
    "grade_of",
    "place_only",
    "short_reply",
    "understand",
]
