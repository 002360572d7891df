"""What a sentence means, in a city of 120 estates: microseconds a message, and what the lexicons take."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles

ESTATES = 120
SENTENCES = (
    "3号楼2单元灯不亮!",
    "育英小区三栋二单元楼道灯又坏了，老人摸黑上楼",
    "下水道堵了往外返水，臭得不行",
    "和美7小区5号楼1单元501暖气一点都不热，家里才14度",
    "我的灯咋样了",
    "修好了，谢谢师傅",
    "不满意，还是不亮",
    "3-2-501 漏水",
    "物业费多少钱一平",
    "着火了！5号楼！",
    "电梯里困人了",
    "你好",
    "门口雪没人清，快递车进不来",
    "和美12小区单元门坏了关不上，" + "晚上有人进来，" * 12,
)


def run(say: Callable[[str], object], *, quick: bool) -> None:
    """In a process of its own, so that nothing is loaded yet."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, __file__, "100" if quick else "1000"]
    say(
        subprocess.run(
            command, check=True, env=environment, stdout=subprocess.PIPE, text=True
        ).stdout.rstrip()
    )


def _measure(turns: int) -> str:
    from models.understanding import Gazetteer, understand

    before, began = _mib(), time.process_time()
    names = Gazetteer.of((f"和美{n}小区", [f"和美{n}", f"老和美{n}"]) for n in range(ESTATES))
    for sentence in SENTENCES:
        understand(sentence, names)
    loaded, grown = time.process_time() - began, _mib() - before
    took = []
    for n in range(turns * len(SENTENCES)):
        began = time.process_time()
        understand(SENTENCES[n % len(SENTENCES)], names)
        took.append(time.process_time() - began)
    cuts = quantiles(took, n=100)
    return (
        f"p50 {cuts[49] * 1e6:.0f} µs, p99 {cuts[98] * 1e6:.0f} µs of processor a message; "
        f"loaded in {loaded:.2f} s, {grown:.0f} MiB"
    )


def _mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


if __name__ == "__main__":
    print(_measure(int(sys.argv[1])))
