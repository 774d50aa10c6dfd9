"""Pictures and texts in one space of vectors, and the search of that space."""
