"""I10: fifty thousand requests made from the API's own document, by everybody, at things that are there."""

import time
from pathlib import Path
from unittest.mock import patch

from api_client import logged_in
from api_fuzz import Fuzz
from api_rights import Api
from every_page import furnish
from rights_town import World, peopled

from chaos_rig import oracle
from handlers.api import frame
from handlers.api.door import ROUTES
from handlers.api.errors import Away
from handlers.api.limits import Buckets
from models.client import tokens
from server import migrations
from server.database import Database
from server.mini_door import MiniDoor

CALLERS = "OTXoURWHKDCSN"


class Fuzzing:
    """In this process; limits are lifted, because they would hide what is behind."""

    def __init__(self, folder: Path, url: str, *, cases: int, seed: int) -> None:
        self.folder, self.url, self.cases, self.seed = folder, url, cases, seed

    def run(self) -> oracle.Verdict:
        self.folder.mkdir(exist_ok=True)
        migrations.upgrade(self.url)
        database = Database(self.url)
        verdict = oracle.Verdict()
        try:
            with (
                patch.object(frame, "pay", lambda *_: 0),
                patch.object(Buckets, "pay", lambda *_: 0),
                patch.object(MiniDoor, "_asked", _nobody_answers),
            ):
                furnish(database, self.folder)
                self._asked(peopled(database, self.folder), verdict)
        finally:
            database.close()
        return verdict

    def _asked(self, world: World, verdict: oracle.Verdict) -> None:
        things = Api(world).everything()
        people = world.staff | world.residents
        callers = [logged_in(world.app, people[one]).token for one in CALLERS for _ in range(3)]
        newcomer = tokens.newcomers_token("mini", "m-never", None)
        began = time.process_time()
        each = -(-self.cases // (2 * len(ROUTES)))
        found = Fuzz(world.app, [*callers, "", newcomer], things, self.seed).run(each)
        spent = time.process_time() - began
        verdict.figures["I10 requests"] = f"{found.cases} in {spent:.0f} s of processor time"
        verdict.figures["I10 answers"] = dict(sorted(found.statuses.items()))
        verdict.zero("I10 answers that the document does not promise", found.broken)
        few = found.cases < self.cases * 0.8
        verdict.must(not few, f"I10: only {found.cases} requests could be made")


def _nobody_answers(*_: object) -> None:
    """The platform is away: nothing leaves this machine."""
    raise Away("login_away", seconds=5)
