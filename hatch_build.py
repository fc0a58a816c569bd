"""The step before a build: GraphiQL is fetched, so that hosts of the wheel need no npm."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Fetch(BuildHookInterface[Any]):
    """A build stops when what npm brought is wrong; without npm it goes on and says so."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it collects files."""
        script = Path(self.root) / "schema" / "graphiql" / "fetch.py"
        subprocess.run([sys.executable, script], check=True)
