"""A2: what others' pages name, and ids of all kinds at the API, /me and /open311, in every spelling."""

import api_probing
import probing
from every_page import furnish
from rights_town import World, peopled

from chaos_rig import oracle
from chaos_rig.inside import Inside, Spent


class Probing(Inside):
    """So many probes of each half."""

    def run(self) -> oracle.Verdict:
        verdict = oracle.Verdict()
        with self.database() as database:
            furnish(database, self.folder)
            world = peopled(database, self.folder)
            self._pages(world, verdict)
            self._places(world, verdict)
        return verdict

    def _pages(self, world: World, verdict: oracle.Verdict) -> None:
        spent = Spent()
        found = probing.probe(world, self.many, self.seed)
        verdict.figures["A2 probes of pages"] = f"{found.probes} in {spent}"
        verdict.figures["A2 answers"] = dict(sorted(found.statuses.items()))
        verdict.zero("A2 foreign bytes", found.foreign)
        verdict.zero("A2 answers of 500 and above", found.broken)
        verdict.must(found.probes >= self.many, f"A2: there was only enough for {found.probes} probes")

    def _places(self, world: World, verdict: oracle.Verdict) -> None:
        spent = Spent()
        swept = api_probing.sweep(world, self.many, self.seed)
        verdict.figures["A2 probes of API, /me and /open311"] = (
            f"{swept.probes} at {len(swept.slots)} places in {spent}"
        )
        verdict.figures["A2 their answers"] = dict(sorted(swept.statuses.items()))
        verdict.zero("A2 answers with what is others', or other than to what is not there", swept.foreign)
        verdict.zero("A2 their answers of 500 and above", swept.broken)
        verdict.zero("A2 tables in which a row changed", swept.changed)
        verdict.zero("A2 owners who did not get theirs", swept.shut_out)
