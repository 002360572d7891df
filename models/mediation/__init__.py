"""矛盾纠纷调解: confidential from the first word; no board, no list of others, no search ever shows it."""
