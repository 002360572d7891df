"""What a building reads when it is warned: by category and place, never in anybody's own words."""

from handlers.wording.filters import place
from models.base.resources import table
from models.case.case import Case
from models.notice.notice import Words
from models.place.gazetteer import town


def warning_words(case: Case) -> Words:
    """For a case of a category of rules/warnings.toml. Signed by its community."""
    said = table("rules/warnings.toml")[case.category or ""]
    where = place(case.estate_name, case.building_name, case.unit_name)
    community = town().communities.get(case.community_id or 0, "")
    return Words(
        str(said["title"]).format(place=where),
        str(said["body"]).format(place=where),
        str(table("labels/places.toml")["committee"]).format(community),
    )
