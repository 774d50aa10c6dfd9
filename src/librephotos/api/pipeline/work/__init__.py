"""How work is described, queued, counted and run."""
