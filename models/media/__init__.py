"""Photos, voices and videos that people sent: fetched once from the platform, kept as our own files."""
