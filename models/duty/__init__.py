"""Who answers for what: keepers, rungs, departments, the community's desk."""
