"""Delta sync: what has changed since a client last asked."""
