"""I10: fifty thousand requests made from the API's own document, by everybody, at things that are there."""

from unittest.mock import patch

from api_client import logged_in
from api_fuzz import Fuzz
from api_rights import Api
from every_page import furnish
from rights_town import World, peopled

from chaos_rig import oracle
from chaos_rig.inside import Inside, Spent
from handlers.api import frame
from handlers.api.door import ROUTES
from handlers.api.errors import Away
from handlers.api.limits import Buckets
from models.client import tokens
from server.mini_door import MiniDoor

CALLERS = "OTXoURWHKDCSN"


class Fuzzing(Inside):
    """Limits are lifted, because they would hide what is behind."""

    def run(self) -> oracle.Verdict:
        verdict = oracle.Verdict()
        with (
            self.database() as database,
            patch.object(frame, "pay", lambda *_: 0),
            patch.object(Buckets, "pay", lambda *_: 0),
            patch.object(MiniDoor, "_asked", _nobody_answers),
        ):
            furnish(database, self.folder)
            self._asked(peopled(database, self.folder), verdict)
        return verdict

    def _asked(self, world: World, verdict: oracle.Verdict) -> None:
        things = Api(world).everything()
        people = world.staff | world.residents
        callers = [logged_in(world.app, people[one]).token for one in CALLERS for _ in range(3)]
        newcomer = tokens.newcomers_token("mini", "m-never", None)
        spent = Spent()
        each = -(-self.many // (2 * len(ROUTES)))
        found = Fuzz(world.app, [*callers, "", newcomer], things, self.seed).run(each)
        verdict.figures["I10 requests"] = f"{found.cases} in {spent}"
        verdict.figures["I10 answers"] = dict(sorted(found.statuses.items()))
        verdict.zero("I10 answers that the document does not promise", found.broken)
        few = found.cases < self.many * 0.8
        verdict.must(not few, f"I10: only {found.cases} requests could be made")


def _nobody_answers(*_: object) -> None:
    """The platform is away: nothing leaves this machine."""
    raise Away("login_away", seconds=5)
