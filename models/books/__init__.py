"""Open books (收支公示): what an estate's money bought, line by line, and what came in."""
