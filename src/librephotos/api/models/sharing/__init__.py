"""Who else may see photos and albums."""
