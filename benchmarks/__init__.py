"""Each benchmark prints a table: ours, the floor where there is one, the ratio."""
