"""What clients that mirror a library are told."""
