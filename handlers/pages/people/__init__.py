"""People and places: the town's workbook, who lives where, what is printed for doors and cadres."""
