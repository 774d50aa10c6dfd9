"""Photos, what is known of them, and albums."""
