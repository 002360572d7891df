"""The case: one thing a resident asked for, from the first message to the nod."""
