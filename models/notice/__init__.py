"""通知: said once by staff, heard by the right buildings, groups and people, each once."""
