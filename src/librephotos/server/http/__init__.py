"""How bytes come and go: waitress with limits on what one client can hold up.

The pipeline is not known here: a WSGI application is given. Of `api` only the names of
`api.http` are, and of Django what a forked process has to let go of.
"""
