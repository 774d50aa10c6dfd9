"""Errors of the command line.

ServerError
├── DataFolderError      the data folder is missing, unwritable or in use
├── DatabaseError        the database is away, too old, or of another version
└── AddressError         the address to listen on is taken or not ours
"""

from __future__ import annotations


class ServerError(Exception):
    """What an operator can mend; its text is one line for the terminal."""


class DataFolderError(ServerError):
    """The data folder cannot be used."""


class DatabaseError(ServerError):
    """The database cannot be used."""


class AddressError(ServerError):
    """The address cannot be listened on."""
