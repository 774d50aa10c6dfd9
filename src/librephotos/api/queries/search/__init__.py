"""Finding photos by words and by meaning."""
