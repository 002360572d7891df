"""A10: ten thousand codes of bills and cases, altered, made up and taken back."""

from every_page import everything_on
from scene_codes import try_codes

from chaos_rig import oracle
from chaos_rig.inside import Inside, Spent


class Coding(Inside):
    """Each is opened at the API, beneath the limit that a guesser would meet first."""

    def run(self) -> oracle.Verdict:
        verdict = oracle.Verdict()
        with self.database() as database:
            spent = Spent()
            tried = try_codes(everything_on(self.folder, database), database, self.many, self.seed)
        verdict.figures["A10 codes"] = f"{tried.made}, {tried.guesses} guesses in {spent}"
        verdict.figures["A10 answers to guesses"] = dict(sorted(tried.statuses.items()))
        verdict.zero("A10 codes twice", tried.twice)
        verdict.zero("A10 codes of fewer than 128 bits", tried.short)
        verdict.zero("A10 bits that are known beforehand", tried.lopsided)
        verdict.zero("A10 codes found by a guess", tried.found)
        verdict.zero("A10 codes that open another thing or say more than which", tried.wrong)
        verdict.zero("A10 codes that open something after they were taken back", tried.alive)
        verdict.zero("A10 codes that do not open theirs", tried.dead)
        return verdict
