"""What is said to many at once: its pages for readers, for its desk, and for who goes to the doors."""
