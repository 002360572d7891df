"""What was asked of whom, so that the next message can be the answer."""
