"""Points on earth to places and time zones, offline."""
