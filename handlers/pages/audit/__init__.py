"""Who looked at what: what the pages write down, what they hold back, and the page that shows it."""
