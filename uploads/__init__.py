"""Files: receive, check, keep, serve. The row about a file is written by `workflow/`.

Every byte that arrives is counted, hashed and looked at before it has a name; a file is kept
under the sha256 of its content, and only what a scanner called clean leaves again.
"""
