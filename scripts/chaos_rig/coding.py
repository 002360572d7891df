"""A10: ten thousand codes of bills and cases, altered, made up and taken back."""

import time
from pathlib import Path

from every_page import everything_on
from scene_codes import try_codes
from settings_files import KEY

from chaos_rig import oracle
from models.base import privacy
from server import migrations
from server.database import Database


class Coding:
    """In this process: each is opened at the API, beneath the limit that a guesser would meet first."""

    def __init__(self, folder: Path, url: str, *, codes: int, seed: int) -> None:
        self.folder, self.url, self.codes, self.seed = folder, url, codes, seed

    def run(self) -> oracle.Verdict:
        self.folder.mkdir(exist_ok=True)
        privacy.use_key(KEY)
        migrations.upgrade(self.url)
        database, verdict = Database(self.url), oracle.Verdict()
        began = time.process_time()
        try:
            tried = try_codes(everything_on(self.folder, database), database, self.codes, self.seed)
        finally:
            database.close()
        spent = time.process_time() - began
        verdict.figures["A10 codes"] = (
            f"{tried.made}, {tried.guesses} guesses in {spent:.0f} s of processor time"
        )
        verdict.figures["A10 answers to guesses"] = dict(sorted(tried.statuses.items()))
        verdict.zero("A10 codes twice", tried.twice)
        verdict.zero("A10 codes of fewer than 128 bits", tried.short)
        verdict.zero("A10 bits that are known beforehand", tried.lopsided)
        verdict.zero("A10 codes found by a guess", tried.found)
        verdict.zero("A10 codes that open another thing or say more than which", tried.wrong)
        verdict.zero("A10 codes that open something after they were taken back", tried.alive)
        verdict.zero("A10 codes that do not open theirs", tried.dead)
        return verdict
