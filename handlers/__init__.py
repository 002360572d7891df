"""Entrances: who is asking, which verb, which words. No rule lives here."""
