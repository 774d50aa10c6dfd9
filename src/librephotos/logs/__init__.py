"""What operators read, on the terminal and in the log; imported from every layer."""
