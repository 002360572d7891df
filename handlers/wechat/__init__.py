"""The chat entrance: what a platform's message means here, and what is said back at once."""
