"""Indicators by the standards' names and formulas, from steps only. Reads every room, writes none."""
