"""The kit of HTTP: who calls, what is asked, pages, errors."""
