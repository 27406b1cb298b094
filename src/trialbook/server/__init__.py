"""The HTTP edge: one ASGI app on one port. `app.py` says what happens to a request."""
