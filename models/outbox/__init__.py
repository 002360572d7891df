"""The one outgoing door: letters with frozen facts, where people can be reached, what may be used."""
