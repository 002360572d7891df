"""Callbacks against the bare echo: events acknowledged, reports answered, p99 at a fixed pace."""

from collections.abc import Callable
from statistics import median

from benches import load, pushes, rig
from models.town import demo_town

PACE = 300  # messages a second
ESTATES = ["育英小区", "休闲小区", "松鹤小区"]


def run(say: Callable[[str], object], *, seconds: float, rounds: int, databases: tuple[str, ...]) -> None:
    for kind in databases:
        with (
            rig.database_url(kind) as url,
            rig.furnished(url, demo_town()) as config,
            rig.echo() as echo,
            rig.hemei(config) as hemei,
        ):
            _compare(say, kind, echo, hemei, seconds, rounds)


def _compare(
    say: Callable[[str], object], kind: str, echo: int, hemei: int, seconds: float, rounds: int
) -> None:
    for port in (echo, hemei):  # warm, and how many fit into a round
        load.flat_out(port, pushes.reports(300, ESTATES))
    rough = load.flat_out(echo, pushes.reports(600, ESTATES)).rate
    size = int(rough * seconds)
    rows: dict[str, list[tuple[load.Taken, load.Taken]]] = {"event": [], "report": [], "report at pace": []}
    for _ in range(rounds):
        base = load.flat_out(echo, pushes.reports(size, ESTATES))
        rows["event"].append((base, load.flat_out(hemei, pushes.events(size))))
        rows["report"].append((base, load.flat_out(hemei, pushes.reports(size, ESTATES))))
        many = int(PACE * seconds)
        rows["report at pace"].append(
            (
                load.paced(echo, pushes.reports(many, ESTATES), PACE),
                load.paced(hemei, pushes.reports(many, ESTATES), PACE),
            )
        )
    bad = sum(ours.bad + base.bad for pairs in rows.values() for base, ours in pairs)
    for name, pairs in rows.items():
        rate = median(ours.rate / base.rate for base, ours in pairs)
        p50 = median(ours.percentile(0.5) / base.percentile(0.5) for base, ours in pairs)
        p99 = median(ours.percentile(0.99) / base.percentile(0.99) for base, ours in pairs)
        base, ours = pairs[-1]
        say(
            f"{kind:9} {name:15} throughput {rate:5.2f}x  p50 {p50:5.2f}x  p99 {p99:5.2f}x of the echo"
            f"   ({ours.rate:6.0f}/s against {base.rate:6.0f}/s,"
            f" p99 {ours.percentile(0.99) * 1000:6.1f} ms against {base.percentile(0.99) * 1000:6.1f} ms)"
        )
    if bad:
        say(f"{kind:9} {bad} answers were not 200")
