"""How each field is answered: takes the viewer and the arguments, returns rows.

Knows no GraphQL type: a resolver is called as ``(context, row, *, arguments)`` and gives plain
rows, values, pages or refusals. `schema/` names the resolver beside the field it answers.
"""
