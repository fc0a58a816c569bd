"""Background work: read an id, call one verb, report. Safe to run twice and out of order.

`relay.py` hands job ids from PostgreSQL to Redis, `job.py` runs one, `settings.py` puts the
worker processes together; every other file is the handler of one kind of job.
"""
