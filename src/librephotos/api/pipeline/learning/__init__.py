"""What follows a scan."""
