"""The edition of the rules: what was judged by one edition need not be judged by it again.

Functions of this folder are pure: the same inputs, the same policy and the same code say the
same. The numbers of the regulation are not in the edition, they are in the policy.
"""

import hashlib
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent


@cache
def current() -> str:
    """A digest of the code of this folder; any change of it is another edition."""
    sources = sorted(HERE.glob("*.py"))
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in sources)).hexdigest()
