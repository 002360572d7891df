"""A2: twenty thousand addresses that other people's pages name, in every spelling, and what they bring."""

import time
from pathlib import Path

import probing
from rights_town import opened_town

from chaos_rig import oracle
from server import migrations


class Probing:
    """In this process, on a file of its own: what is asked is the application, not the way to it."""

    def __init__(self, folder: Path, *, probes: int, seed: int) -> None:
        self.folder, self.probes, self.seed = folder, probes, seed

    def run(self) -> oracle.Verdict:
        self.folder.mkdir(exist_ok=True)
        template = self.folder / "template.db"
        migrations.upgrade(f"sqlite:///{template}")
        verdict = oracle.Verdict()
        for world in opened_town(template, self.folder):
            began = time.process_time()
            found = probing.probe(world, self.probes, self.seed)
            spent = time.process_time() - began
            verdict.figures["A2 probes"] = f"{found.probes} in {spent:.0f} s of processor time"
            verdict.figures["A2 answers"] = dict(sorted(found.statuses.items()))
            verdict.zero("A2 foreign bytes", found.foreign)
            verdict.zero("A2 answers of 500 and above", found.broken)
            verdict.must(found.probes >= self.probes, f"A2: there was only enough for {found.probes} probes")
        return verdict
