"""When a resident's own pages stand there: the first paint of /me in chromium that has nothing kept, with the
processor slowed six times, at 1.6 Mbit/s and 150 ms to and fro. The bar: 1.5 s. `hemei serve` is started as
anybody starts it; the ratio is to a page of one sentence over the same line.
"""

from collections.abc import Callable, Sequence
from statistics import median

from big_town import big_town
from browsers import CHROMIUM
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import select

from benches import rig
from benches.herd import moved_in
from models.base.orm import session
from models.base.signed_ids import signed_id
from models.case.case import Case
from server.database import Database

HOMES, BUILDINGS, STAFF = 80, 8, 10
SLOWER, BITS, ROUND_TRIP_MS = 6, 1_600_000, 150
PLAIN = "/health/live"
PAINTED = """() => new Promise((done) => {
  const look = () => {
    const one = performance.getEntriesByName("first-contentful-paint")[0];
    if (one) done([one.startTime, performance.getEntriesByType("resource").reduce((sum, each) =>
      sum + each.transferSize, performance.getEntriesByType("navigation")[0].transferSize)]);
    else setTimeout(look, 50);
  };
  look();
})"""


def run(say: Callable[[str], object], *, quick: bool, databases: Sequence[str]) -> None:
    looks = 3 if quick else 9
    say(f"first contentful paint, processor ÷ {SLOWER}, {BITS / 1e6} Mbit/s, {ROUND_TRIP_MS} ms; {looks} ×")
    say("| database | page | on the way kB | median ms | slowest ms | × a bare page |")
    say("|---|---|---|---|---|---|")
    for kind in databases:
        with (
            rig.database_url(kind) as url,
            rig.furnished(url, big_town(BUILDINGS, HOMES, STAFF)) as config,
            sync_playwright() as player,
        ):
            database = Database(config.database.url)
            try:
                people, notice = moved_in(database, HOMES)
                with database.read():
                    mine = select(Case.public_id).where(Case.reporter_id == people[0][0])
                    case = session().scalars(mine).first()
            finally:
                database.close()
            token = people[0][2]
            things = (f"/me/notices/{signed_id('notices', notice)}", f"/me/cases/{case}")
            pages = ["/me", "/me/report", "/me/cases", "/me/bills", *things]
            browser = player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            with rig.hemei(config) as port:
                bare = _looked_at(browser, f"http://127.0.0.1:{port}{PLAIN}", token, looks)[0]
                for path in pages:
                    middle, slowest, weight = _looked_at(
                        browser, f"http://127.0.0.1:{port}{path}", token, looks
                    )
                    name = path.rpartition("/")[0] + "/…" if path in things else path
                    say(
                        f"| {kind} | {name} | {weight / 1000:.1f} | {middle:.0f} | {slowest:.0f} "
                        f"| {middle / bare:.2f} |"
                    )
            browser.close()


def _looked_at(browser: Browser, address: str, token: str, looks: int) -> tuple[float, float, int]:
    """Median and slowest first paint in milliseconds, and bytes on the way; each look by a new browser."""
    painted, weight = [], 0
    for _ in range(looks + 1):
        context = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
        host = address.partition("//")[2].partition(":")[0]
        context.add_cookies([{"name": "hemei-app", "value": token, "domain": host, "path": "/"}])
        page = context.new_page()
        line = context.new_cdp_session(page)
        line.send("Network.enable")
        line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        line.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": ROUND_TRIP_MS,
                "downloadThroughput": BITS / 8,
                "uploadThroughput": BITS / 8,
            },
        )
        answer = page.goto(address)
        assert answer is not None, address
        assert answer.status == 200, (address, answer.status)
        at, weight = page.evaluate(PAINTED)
        painted.append(float(at))
        context.close()
    del painted[0]  # while the service itself loads
    return median(painted), max(painted), weight
