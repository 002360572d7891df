"""I10: fifty thousand requests made from the API's own document, by everybody, at things that are there."""

import time
from pathlib import Path
from unittest.mock import patch

from api_client import logged_in
from api_fuzz import Fuzz
from api_rights import Api
from rights_town import opened_town

from chaos_rig import oracle
from handlers.api import frame
from handlers.api.door import ROUTES
from handlers.api.errors import Away
from handlers.api.limits import Buckets
from models.client import tokens
from server import migrations
from server.mini_door import MiniDoor

CALLERS = "OTXoURWHKDCSN"


class Fuzzing:
    """In this process, on a file of its own; limits are lifted, because they would hide what is behind."""

    def __init__(self, folder: Path, *, cases: int, seed: int) -> None:
        self.folder, self.cases, self.seed = folder, cases, seed

    def run(self) -> oracle.Verdict:
        self.folder.mkdir(exist_ok=True)
        template = self.folder / "template.db"
        migrations.upgrade(f"sqlite:///{template}")
        verdict = oracle.Verdict()
        with (
            patch.object(frame, "pay", lambda *_: 0),
            patch.object(Buckets, "pay", lambda *_: 0),
            patch.object(MiniDoor, "_asked", _nobody_answers),
        ):
            for world in opened_town(template, self.folder):
                api = Api(world)
                things = api.everything()
                people = world.staff | world.residents
                callers = [logged_in(world.app, people[one]).token for one in CALLERS for _ in range(3)]
                newcomer = tokens.newcomers_token("mini", "m-never", None)
                began = time.monotonic()
                each = -(-self.cases // (2 * len(ROUTES)))
                found = Fuzz(world.app, [*callers, "", newcomer], things, self.seed).run(each)
                spent = time.monotonic() - began
                verdict.figures["I10 requests"] = f"{found.cases} in {spent:.0f} s"
                verdict.figures["I10 answers"] = dict(sorted(found.statuses.items()))
                verdict.zero("I10 answers that the document does not promise", found.broken)
                few = found.cases < self.cases * 0.8
                verdict.must(not few, f"I10: only {found.cases} requests could be made")
        return verdict


def _nobody_answers(*_: object) -> None:
    """The platform is away: nothing leaves this machine."""
    raise Away("login_away", seconds=5)
