"""Accounts and the settings of the site."""
