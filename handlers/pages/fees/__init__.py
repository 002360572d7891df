"""Pages about money: what a home owes and has paid, and the desk that enters and agrees."""
