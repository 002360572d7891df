"""收支公示: the page of an estate that everybody may read, and the desk that enters and agrees."""
