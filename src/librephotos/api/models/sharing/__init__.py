"""With whom photos and albums are shared."""
