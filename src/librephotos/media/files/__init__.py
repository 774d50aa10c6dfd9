"""Which file it is, what is in it, and what belongs with it."""
