"""A2: what others' pages name, and ids of all kinds at the API, /me and /open311, in every spelling."""

import time
from pathlib import Path

import api_probing
import probing
from every_page import furnish
from rights_town import peopled

from chaos_rig import oracle
from server import migrations
from server.database import Database


class Probing:
    """In this process: what is asked is the application, not the way to it. `probes` of each half."""

    def __init__(self, folder: Path, url: str, *, probes: int, seed: int) -> None:
        self.folder, self.url, self.probes, self.seed = folder, url, probes, seed

    def run(self) -> oracle.Verdict:
        self.folder.mkdir(exist_ok=True)
        migrations.upgrade(self.url)
        database = Database(self.url)
        verdict = oracle.Verdict()
        try:
            furnish(database, self.folder)
            world = peopled(database, self.folder)
            began = time.process_time()
            found = probing.probe(world, self.probes, self.seed)
            spent = time.process_time() - began
            verdict.figures["A2 probes of pages"] = f"{found.probes} in {spent:.0f} s of processor time"
            verdict.figures["A2 answers"] = dict(sorted(found.statuses.items()))
            verdict.zero("A2 foreign bytes", found.foreign)
            verdict.zero("A2 answers of 500 and above", found.broken)
            verdict.must(found.probes >= self.probes, f"A2: there was only enough for {found.probes} probes")
            began = time.process_time()
            swept = api_probing.sweep(world, self.probes, self.seed)
            spent = time.process_time() - began
            verdict.figures["A2 probes of API, /me and /open311"] = (
                f"{swept.probes} at {len(swept.slots)} places in {spent:.0f} s of processor time"
            )
            verdict.figures["A2 their answers"] = dict(sorted(swept.statuses.items()))
            verdict.zero("A2 answers with what is others', or other than to what is not there", swept.foreign)
            verdict.zero("A2 their answers of 500 and above", swept.broken)
            verdict.zero("A2 tables in which a row changed", swept.changed)
            verdict.zero("A2 owners who did not get theirs", swept.shut_out)
        finally:
            database.close()
        return verdict
