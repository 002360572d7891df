"""Who looked at what, exported what, changed what: written with the act, or the act does not happen."""
