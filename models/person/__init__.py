"""Who is there: people, the ids by which platforms know them, their homes, their posts."""
