"""Files on disk to facts: formats, hashing, metadata, dates, thumbnails, variants."""
