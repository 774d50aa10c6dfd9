"""What stages read: originals and previews."""
