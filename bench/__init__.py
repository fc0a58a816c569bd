"""What is measured, against what, and how to run it: `make bench`. Not part of the tests.

Every figure is a ratio against a named rival over the same rows in the same run. Each contender
is a process of its own, one after the other; `wrk` asks from a second process; and the answers
are compared before anything is timed.
"""
