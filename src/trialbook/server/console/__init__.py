"""The web console: its pages, its session, and the API that only its pages call."""
