"""GeoReport v2 (Open311) for other programs: what may be reported, reports, and what became of them."""
