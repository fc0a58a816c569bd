"""Pages of a list, as the guide's lists count them (首页/上一页/下一页/末页 n/m)."""


def pages(rows: int, *, size: int) -> int:
    """Return how many pages `rows` rows fill, `size` to a page: L103–107, L468, L480."""
    return -(-rows // size)
