"""入户走访: who was at which door, what came of it, and what people said there (row 30)."""
