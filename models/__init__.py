"""Meaning: what is true and what may happen. Knows no web, no WeChat library, no scheduler."""
