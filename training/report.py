"""The figures of docs/understanding.md: per class, confusions, the worst errors, how sure is sure."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from messages import INTENTS, Labelled

from models.understanding import Understanding
from models.understanding.category import codes

PAGE = Path(__file__).resolve().parents[1] / "docs" / "understanding.md"
WORST = 100
_BEGIN, _END = "<!-- figures: begin -->\n", "<!-- figures: end -->"


def category(seen: Understanding) -> str:
    return seen.category or "-"


def is_right(seen: Understanding, message: Labelled) -> bool:
    return seen.intent == message.intent and category(seen) == message.category


def write(seen: Sequence[Understanding], messages: Sequence[Labelled]) -> None:
    """Puts the figures between the marks of the page and prints the short ones."""
    pairs = list(zip(seen, messages, strict=True))
    parts = [
        _summary(pairs),
        _classes("Intent", pairs, INTENTS, lambda s: s.intent, lambda m: m.intent),
        _classes("Category", pairs, ("-", *codes()), category, lambda m: m.category),
        _confusions("Intents taken for others", pairs, lambda s: s.intent, lambda m: m.intent),
        _confusions("Categories taken for others", pairs, category, lambda m: m.category),
        _sources(pairs),
        _worst(pairs),
    ]
    print(parts[0])
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(_BEGIN)
    after = rest.partition(_END)[2]
    PAGE.write_text("".join((before, _BEGIN, "\n", "\n".join(parts), "\n", _END, after)), encoding="utf-8")


Pairs = Sequence[tuple[Understanding, Labelled]]


def share(part: int, whole: int) -> str:
    """A rate with its numerator and denominator."""
    return f"{part / whole:.3f} ({part} of {whole})" if whole else "—"


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
    lines += [f"| {' | '.join(str(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def _summary(pairs: Pairs) -> str:
    whole = len(pairs)
    emergencies = [s for s, m in pairs if m.urgency == "emergency"]
    normal = [s for s, m in pairs if m.urgency == "normal"]
    sure = [(s, m) for s, m in pairs if s.confidence >= 0.9]
    named = sum(len(s.also) for s, _ in pairs)
    wanted = sum(len(m.also) for _, m in pairs)
    both = sum(len(set(s.also) & set(m.also)) for s, m in pairs)
    return _table(
        ("figure", "right"),
        [
            ("intent", share(sum(s.intent == m.intent for s, m in pairs), whole)),
            ("category", share(sum(category(s) == m.category for s, m in pairs), whole)),
            ("urgency", share(sum(s.urgency == m.urgency for s, m in pairs), whole)),
            (
                "emergencies found",
                share(sum(s.urgency == "emergency" for s in emergencies), len(emergencies)),
            ),
            ("false alarms among normal", share(sum(s.urgency == "emergency" for s in normal), len(normal))),
            ("second categories: named rightly", share(both, named)),
            ("second categories: found", share(both, wanted)),
            ("confidence ≥ 0.9: right", share(sum(is_right(s, m) for s, m in sure), len(sure))),
            ("confidence ≥ 0.9: of all", share(len(sure), whole)),
        ],
    )


def _classes(
    title: str,
    pairs: Pairs,
    labels: Sequence[str],
    told: Callable[[Understanding], str],
    wanted: Callable[[Labelled], str],
) -> str:
    rows = []
    for label in labels:
        named = sum(told(s) == label for s, _ in pairs)
        true = sum(wanted(m) == label for _, m in pairs)
        both = sum(told(s) == label == wanted(m) for s, m in pairs)
        if true:
            rows.append((f"`{label}`", share(both, true), share(both, named)))
    return f"\n### {title}\n\n" + _table(("label", "found", "named rightly"), rows)


def _confusions(
    title: str, pairs: Pairs, told: Callable[[Understanding], str], wanted: Callable[[Labelled], str]
) -> str:
    taken = Counter((wanted(m), told(s)) for s, m in pairs if told(s) != wanted(m))
    rows = [(f"`{one}`", f"`{other}`", times) for (one, other), times in taken.most_common(40)]
    return f"\n### {title}\n\n" + _table(("is", "was taken for", "times"), rows)


def _sources(pairs: Pairs) -> str:
    rows = []
    for source in sorted({m.source for _, m in pairs}):
        here = [(s, m) for s, m in pairs if m.source == source]
        intent = sum(s.intent == m.intent for s, m in here)
        about = sum(category(s) == m.category for s, m in here)
        rows.append((source, share(intent, len(here)), share(about, len(here))))
    return "\n### By part\n\n" + _table(("part", "intent", "category"), rows)


def _worst(pairs: Pairs) -> str:
    """Those that were surest and wrong."""
    wrong = sorted(
        (pair for pair in pairs if not is_right(*pair)), key=lambda pair: (-pair[0].confidence, pair[1].text)
    )
    rows = [
        (
            m.text.replace("|", "¦"),
            f"{m.intent} {m.category}",
            f"{s.intent} {category(s)}",
            f"{s.confidence:.2f}",
        )
        for s, m in wrong[:WORST]
    ]
    return f"\n### The {WORST} worst errors\n\n" + _table(("message", "is", "was taken for", "sure"), rows)
