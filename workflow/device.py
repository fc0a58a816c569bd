"""The device somebody signs in from: what its owner would recognise it by, and no more."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from models.access import Viewer
from models.notice import NoticeKind
from models.read import Connection
from workflow import audit, notice, throttle

# The first that is found counts: most browsers name others as well.
BROWSERS: Mapping[str, str] = {
    "MicroMessenger/": "微信",
    "QQBrowser/": "QQ",
    "Edg": "Edge",
    "Firefox/": "Firefox",
    "OPR/": "Opera",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS: Mapping[str, str] = {
    "HarmonyOS": "HarmonyOS",
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iOS",
    "iPad": "iOS",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}
LONGEST_WORD = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """From where somebody signs in."""

    address: str = ""
    user_agent: str = ""

    @property
    def family(self) -> str:
        """Browser and system, whatever their versions; nothing where nothing was said."""
        agent = "".join(filter(str.isprintable, self.user_agent))
        other = agent.partition("/")[0][:LONGEST_WORD]
        browser = next((name for mark, name in BROWSERS.items() if mark in agent), other)
        system = next((name for mark, name in SYSTEMS.items() if mark in agent), "")
        return " · ".join(filter(None, (browser, system)))

    @property
    def known_as(self) -> str:
        """The family and the network: the same again is no news."""
        return f"{self.family} · {throttle.network(self.address)[:45]}" if self.family else ""


NOWHERE = Device()


def columns(device: Device) -> tuple[str, str, str]:
    """The device as its columns hold it."""
    agent = "".join(filter(str.isprintable, device.user_agent))[:200]
    return device.address[:45], agent, device.known_as


async def tell(
    c: Connection,
    viewer: Viewer,
    device: Device,
    *,
    ended: Collection[str],
    new: bool,
    now: datetime,
) -> None:
    """The owner hears of a device he has not used before, and of sessions that made room.

    The audit log has it too: officers have no notices.
    """
    news = [(NoticeKind.SESSION_ENDED, each.rpartition(" · ")[0] or "…") for each in ended]
    if new:
        news.append((NoticeKind.NEW_DEVICE, device.family))
    for kind, _ in news:
        await audit.record(c, viewer, f"notice:{kind.value}", ("session", viewer.session_id))
    to = viewer.person_id
    told = [notice.Telling(kind=kind, to=to, data={"device": each}) for kind, each in news]
    await notice.tell(c, *told, now=now)
