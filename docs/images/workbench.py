"""The picture of the README: `python -m docs.images.workbench` beside a running `make dev`."""

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.browser import Page, browser

PICTURE = Path(__file__).with_suffix(".png")


async def taken(page: Page, origin: str) -> None:
    """A handler has taken a query of the library."""
    size = {"width": 1280, "height": 760, "deviceScaleFactor": 1, "mobile": False}
    await page.call("Emulation.setDeviceMetricsOverride", **size)
    await page.open(origin)
    await page.click("#people .choice", "handler")
    await page.until("!document.getElementById('signed-in').hidden")
    await page.open(f"{origin}/graphiql")
    await page.click(".library button", "常规验证情况")
    await page.until("document.querySelector('.result-window').innerText.includes('nodes')")
    await asyncio.sleep(1)  # until the editor has drawn its scroll bars
    await page.picture(PICTURE)


async def main(origin: str = "http://127.0.0.1:8000") -> None:
    """Take it anew."""
    with tempfile.TemporaryDirectory() as folder:
        async with browser(Path(folder)) as page:
            await taken(page, origin.rstrip("/"))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
