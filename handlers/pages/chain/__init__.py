"""责任链: who answers for what, by when, and what becomes of it. Pages of staff, below their desk link."""
