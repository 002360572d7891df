"""The parts of handlers/words.py: filters, values of keywords, letters."""
