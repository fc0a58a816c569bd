"""Real PostgreSQL and Redis started from wheels for `make dev` and the tests.

Production never imports this folder.
"""
