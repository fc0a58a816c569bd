"""What may be done: routes as TOML, the pure engine that walks them, one file of verbs per noun.

The only code that writes business rows. A verb is one transaction: it looks after it has
locked, decides without side effects, and then writes everything or nothing.
"""
