"""物业费: what a home is charged, by which tariff, and the bill that says so line by line."""
