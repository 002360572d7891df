"""The program in somebody's hand: who it speaks for, what it was told to look like, what it is sending."""
