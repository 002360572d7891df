"""A trial town beside a simulator of the platforms. Nothing of it is imported when a real service runs."""
