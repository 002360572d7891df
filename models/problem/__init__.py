"""共性、个性问题台账: what many cases have in common, and what a yearly work will put right."""
