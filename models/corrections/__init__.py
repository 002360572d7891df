"""What people put right of what we understood: sentences to learn from, without names and numbers."""
