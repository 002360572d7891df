"""Drawings for staff: what is in hand, what comes when, what people say, what became of the money."""
