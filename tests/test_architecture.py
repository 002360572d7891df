"""What holds for the whole tree and no single room can promise. The arrows themselves: `lint-imports`."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from server.cli import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("models", "handlers", "server", "templates")
HAN = re.compile("[\u3400-\u9fff]")
# What patterns are made of: the range of all characters, and three particles beside numbers and names.
GRAMMAR = re.compile("\u3400-\u9fff|[的号元]")
# Directories of somebody's machine: nothing here may depend on where it was written.
MACHINE = re.compile(r"(?<![\w.:}/])/(?:" + "home|root|work/main|work/shared|Users|mnt|tmp" + r")/[\w.-]+")
LONGEST = 500


def in_git(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        [
            "git",
            "-c",
            "safe.directory=*",
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
            "--",
            *patterns,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = (ROOT / name for name in listed.stdout.split("\0") if name)
    return sorted({file for file in found if file.is_file()})


def texts() -> Iterator[tuple[Path, str]]:
    for file in in_git():
        try:
            yield file.relative_to(ROOT), file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture


def code() -> list[Path]:
    return in_git(*(f"{package}/*.py" for package in PACKAGES))


def test_no_word_that_people_read_stands_in_code():
    """Comments and docstrings may quote a term of the trade; strings that run may not."""
    found = []
    for file in code():
        tree = ast.parse(file.read_text(encoding="utf-8"))
        explaining = {id(one) for one in _docstrings(tree)}
        for node in ast.walk(tree):
            said = node.value if isinstance(node, ast.Constant) and id(node) not in explaining else ""
            if isinstance(said, str) and HAN.search(GRAMMAR.sub("", said)):
                found.append(f"{file.relative_to(ROOT)}:{node.lineno} {said[:30]}")
    assert found == []


def _docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    """Docstrings of modules, classes, functions and of the fields below which they stand."""
    for node in ast.walk(tree):
        for one in getattr(node, "body", []) if not isinstance(node, ast.Lambda | ast.IfExp) else []:
            if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant):
                yield one.value


def test_no_file_is_too_long_to_be_read():
    """Lists that are data may be long: word lists, test data, lock files, the first schema."""
    data = re.compile(
        r"\.lock$|package-lock\.json$|^tests/data/|^training/(messages/|first)|^templates/(lexicon|demo)/|^models/migrations/versions/|^docs/"
    )
    long = {
        str(name): count
        for name, text in texts()
        if not data.search(str(name)) and (count := text.count("\n")) > LONGEST
    }
    assert long == {}


def test_nothing_names_a_directory_of_somebodys_machine():
    found = [f"{name}: {hit[0]}" for name, text in texts() if (hit := MACHINE.search(text))]
    assert found == []


def test_no_registry_is_named_where_packages_are_locked():
    for lock in in_git("requirements*.lock"):
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text, f"{lock.name} names an address"
        assert "--hash=sha256:" in text


def test_every_file_of_the_packages_is_inside_the_wheel(tmp_path):
    builder = WheelBuilder(str(ROOT))
    packed = {Path(one.distribution_path).as_posix() for one in builder.recurse_included_files()}
    wanted = {file.relative_to(ROOT).as_posix() for file in in_git(*(f"{name}/*" for name in PACKAGES))}
    assert sorted(wanted - packed) == []
    assert {"templates/replies/welcome.txt", "models/migrations/script.py.mako"} <= packed


def test_top_level_packages_are_those_that_are_packed():
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(told["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == set(PACKAGES)


def test_no_test_is_skipped_silently():
    """Only for want of a browser or a font (scripts/browser.sh says which), always with that reason."""
    found = []
    for file in in_git("tests/*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                reasons = [one.value for one in [*node.args, *(word.value for word in node.keywords)]
                           if isinstance(one, ast.Constant)]  # fmt: skip
                said = any("chromium" in str(one) or "font" in str(one) for one in reasons)
                if (node.func.attr in _SKIPS and not said) or node.func.attr in _NEVER:
                    found.append(f"{file.relative_to(ROOT)}:{node.lineno} {node.func.attr}")
    assert found == []


_SKIPS = {"skip", "skipif", "skipTest", "SkipTest"}
_NEVER = {"xfail", "importorskip"}


def test_tests_mirror_the_tree():
    """tests/models/case/test_x.py tests something of models/case."""
    folders = {file.parent.relative_to(ROOT / "tests") for file in in_git("tests/**/test_*.py")}
    for folder in folders - {Path("journeys"), Path("safety")}:  # these walk through the whole house
        assert (ROOT / folder).is_dir(), f"tests/{folder} mirrors nothing"


def test_the_makefile_says_what_it_can_do():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    promised = re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)[0].split()
    for target in promised:
        assert re.search(rf"^{target}:", text, re.MULTILINE), f"make {target} does nothing"
    for script in re.findall(r"scripts/[a-z_]+\.(?:py|sh)", text):
        assert (ROOT / script).is_file(), f"{script} is not there"


@pytest.mark.parametrize("page", in_git("*.md", "docs/*.md", "deploy/*.md"), ids=lambda page: page.name)
def test_what_the_documents_point_to_is_there(page):
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), f"{page.name} points to {target}"
    for path in re.findall(
        r"`((?:server|handlers|models|templates|tests|docs|deploy|scripts)/[^`\s<>]+)`", text
    ):
        assert list(ROOT.glob(path.rstrip("/"))) or (ROOT / f"{path}.py").exists(), (
            f"{page.name} names {path}"
        )


def test_every_command_that_the_documents_show_is_there():
    for page in in_git("*.md", "docs/**/*.md", "deploy/*"):
        text = page.read_text(encoding="utf-8")
        shown = re.findall(r"`(?:\.venv/bin/)?hemei ([a-z0-9]+)", text)
        shown += re.findall(r"(?m)^(?:ExecStart\w*=)?\S*/bin/hemei ([a-z0-9]+)", text)
        assert set(shown) <= set(COMMANDS), f"{page.name} shows {set(shown) - set(COMMANDS)}"
