"""The desk of cases: the list with its filters and words, the plan, many at once, callers, voices."""
