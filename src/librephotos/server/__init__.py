"""What runs LibrePhotos on one machine: PostgreSQL, web server and workers."""
