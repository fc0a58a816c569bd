"""What a client may ask, who sees it, which resolver answers it; the HTTP face of GraphQL.

Declares and names, decides nothing: a condition belongs in `resolvers/`, a rule in `workflow/`
or `rules/`. One file per noun; `query.py`, `mutation.py` and
`subscription.py` are the three lists of entries.
"""
