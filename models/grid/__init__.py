"""Grids with their history: re-cuts, micro-grids, keepers' visits and hand-overs, who manages a building."""
