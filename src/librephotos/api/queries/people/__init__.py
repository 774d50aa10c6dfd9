"""Reading faces and people."""
