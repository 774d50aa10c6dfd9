"""From folders to photos."""
