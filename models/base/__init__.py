"""The floor that every room stands on: tables, the session, the clock, refusals, privacy."""
