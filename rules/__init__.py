"""The regulation as pure functions.

No database, no clock, no framework; every number dated and sourced. An official can read it.
"""
