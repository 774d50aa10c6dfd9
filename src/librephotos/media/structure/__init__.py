"""How the bytes of formats lie: boxes, chunks, segments, directories, scanlines."""
