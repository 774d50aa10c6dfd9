"""Learning over arrays: pixels to vectors, faces and words; knows no Django."""
