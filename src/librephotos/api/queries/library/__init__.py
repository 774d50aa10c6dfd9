"""Reading photos and albums."""
