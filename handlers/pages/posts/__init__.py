"""Who of the staff has which post on which part of the town, and the forms by which posts are given."""
