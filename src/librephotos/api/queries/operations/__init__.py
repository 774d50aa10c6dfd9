"""Reading jobs, accounts, health and numbers."""
