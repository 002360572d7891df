"""What ties two rooms together."""
