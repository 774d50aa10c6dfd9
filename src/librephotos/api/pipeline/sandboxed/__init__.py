"""What runs in children of a worker; knows no Django."""
