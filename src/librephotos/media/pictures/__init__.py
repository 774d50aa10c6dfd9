"""From files to previews."""
