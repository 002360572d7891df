"""A photo that never came or shows nothing: whoever sent it is asked for it again."""

from models.base.checkdigit import with_check
from models.base.orm import session
from models.media.item import Item
from models.media.keeping import missed
from models.outbox.door import tell


def lost(item_id: int, trouble: str) -> None:
    """For good. Asked once for each photo."""
    item = session().get_one(Item, item_id)
    missed(item_id, trouble, for_good=True)
    if item.by_id is not None:
        of_case = item.about_kind == "case"
        tell(
            "photo_unreadable",
            item.by_id,
            about=("case", item.about_id) if of_case else None,
            occasion=f"media{item_id}",
            number=with_check(item.about_id) if of_case else None,
            medium=item.kind,
        )
