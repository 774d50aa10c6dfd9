"""What lies on disks: previews, copies, vector files, directories."""
