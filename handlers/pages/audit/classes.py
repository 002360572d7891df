"""Which staff pages and forms are sensitive acts, and why the others are not. A route that stands in none of
these lists fails tests/handlers/pages/audit/test_classes.py."""

from collections.abc import Mapping

#: Forms, by their name or the beginning of it → the act that is written down with what they do.
FORMS: Mapping[str, str] = {
    "limits": "limits",
    "chain": "rights",  # who stands on which rung
    "keepers": "rights",
    "duties": "rights",  # leave and who stands in
    "rota": "rights",
    "grids": "settings",
    "management": "settings",
    "indicators": "settings",
    "goals": "settings",
    "mediation": "mediation",
    "fees": "money",
    "fee": "money",
}
