"""How bytes come and go: waitress with limits on what one client can hold up.

Neither the pipeline nor Django is known here: a WSGI application is given.
"""
