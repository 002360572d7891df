"""What stands in a station and whether it works; the medicine there and when it expires (row 80)."""
