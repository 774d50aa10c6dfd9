"""Captions: a picture's content in one short sentence.

`captioners.load_captioner` is the door. It imports torch and transformers only when it
loads a model, so that names and errors are had without them.
"""
