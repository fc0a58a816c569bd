"""Certificates on paper: the page, its fonts, and the command that verifies one offline.

A page is made of the signed data alone. Whoever has the data and this release makes the same
bytes, which is how an altered page is told from the one that was issued.
"""
