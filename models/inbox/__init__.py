"""What came in: every push of a platform exactly once, kept against replays."""
