"""Where things are: community, grid, estate, building, unit, household, door code, building group."""
