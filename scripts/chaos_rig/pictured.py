"""I7, I8: hostile pictures and talkative photos through the page behind a door's code, as anybody sends."""

import time
from collections import Counter
from collections.abc import Sequence
from itertools import cycle
from secrets import token_hex

from hostile_pictures import hostile, stands_upright, talkative, tells
from sqlalchemy import func, select

from chaos_rig import oracle
from chaos_rig.house import House, resident_kib
from models.base.orm import session
from models.media.files import Files
from models.media.item import Item
from models.media.sandbox import is_bare
from models.place.doors import issue

A_DOOR = 15  # reports
SECONDS = 2.0
WORKER_MIB = 300  # more than before, at the most


class Pictured:
    def __init__(self, house: House, *, hostile: int, photos: int, seed: int) -> None:
        self.house, self.hostile, self.photos, self.seed = house, hostile, photos, seed

    def run(self) -> oracle.Verdict:
        import requests

        buildings = (self.hostile + self.photos) // A_DOOR + 1
        doors = self.house.database.write(issue, list(range(1, buildings + 1)))
        self._doors = cycle(door.code for door in doors)  # because one takes so many an hour
        self._client = requests.Session()
        workers = self.house.web_workers()
        before = max(map(resident_kib, workers))
        answers: Counter[int] = Counter()
        slow, broken = [], []
        longest = 0.0
        for name, data in hostile(self.hostile, self.seed):
            began = time.monotonic()
            status = self._send(data)
            took = time.monotonic() - began
            longest = max(longest, took)
            answers[status] += 1
            if status >= 500:
                broken.append(f"{name}: {status}")
            if took > SECONDS:
                slow.append(f"{name}: {took:.1f} s")
        kept = self._kept()
        telling, leaning = self._photos()
        verdict = oracle.Verdict()
        grown = (max(map(resident_kib, self.house.web_workers())) - before) // 1024
        verdict.figures |= {
            "hostile pictures": sum(answers.values()),
            "answers": dict(answers),
            "longest": f"{longest:.2f} s",
            "web worker grown by": f"{grown} MiB",
            "photos with places and words": self.photos,
        }
        verdict.zero("answers of 5xx", broken)
        verdict.zero(f"answers after more than {SECONDS:.0f} s", slow)
        verdict.zero("kept files that are no bare JPEG", [name for name, data in kept if not is_bare(data)])
        verdict.zero("photos that tell something", telling)
        verdict.zero("photos that lean", leaning)
        verdict.must(grown <= WORKER_MIB, f"a web worker grew by {grown} MiB")
        return verdict

    def _send(self, data: bytes) -> int:
        answer = self._client.post(
            f"{self.house.url}/q/{next(self._doors)}",
            data={"words": f"灯不亮 {token_hex(4)}", "once": token_hex(10)},
            files={"photos": ("a.jpg", data, "image/jpeg")},
            headers={"Origin": self.house.url},
            allow_redirects=False,
            timeout=60,
        )
        return answer.status_code

    def _kept(self) -> Sequence[tuple[str, bytes]]:
        files = Files(self.house.config.storage.dir)
        with self.house.database.read():
            names = session().scalars(select(Item.file).where(Item.file.isnot(None)).order_by(Item.id)).all()
        return [
            (name, path.read_bytes()) for name in names if name and (path := files.path(name)) is not None
        ]

    def _photos(self) -> tuple[list[str], list[str]]:
        """What those that were kept still say, and which lie on their side; all have to be kept."""
        with self.house.database.read():
            before = session().scalar(select(func.count()).select_from(Item)) or 0
        turns = []
        for turn, data in talkative(self.photos, self.seed):
            turns.append(turn)
            self._send(data)
        kept = self._kept()[before:]
        telling = [found for _, data in kept for found in tells(data)]
        leaning = [
            name for turn, (name, data) in zip(turns, kept, strict=True) if not stands_upright(turn, data)
        ]
        return telling, leaning
