"""The mini-program, as far as it can be proved without WeChat: its own tests, held against the server."""

import json
import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from handlers.words import labels
from miniprogram import HERE, NODE, openapi, packages
from models.base.resources import resource


@pytest.fixture(scope="module", autouse=True)
def _packed() -> None:
    packages()


def node(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [NODE, *arguments],
        cwd=HERE,
        env={**os.environ, "NO_COLOR": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_its_own_tests_pass_against_the_server_s_own_document(tmp_path):
    tests = sorted(str(file.relative_to(HERE)) for file in (HERE / "test").glob("*.test.js"))
    done = node(
        "--test",
        "--test-reporter=tap",
        "--test-isolation=none",  # because each process would build, compile and draw anew
        *tests,
        HEMEI_OPENAPI=str(openapi(tmp_path)),
    )
    assert done.returncode == 0, failures(done.stdout + done.stderr)
    counted = {name: int(count) for name, count in re.findall(r"^# (\w+) (\d+)$", done.stdout, re.MULTILINE)}
    assert counted["pass"] == counted["tests"] > 50
    assert len(tests) >= 4


def failures(said: str) -> str:
    """What failed and why, without what passed."""
    parts = re.split(r"^(?=(?:not )?ok )", said, flags=re.MULTILINE)
    return "\n".join(part for part in parts if part.startswith("not ok"))[-6000:] or said[-3000:]


def test_its_types_fit():
    done = node("node_modules/typescript/bin/tsc", "-p", ".")
    assert done.returncode == 0, done.stdout


def test_it_is_built_for_the_server_of_the_configuration(tmp_path):
    done = node("tools/build.js", str(tmp_path / "app"), "https://town.example", "wx0123456789abcdef")
    assert done.returncode == 0, done.stderr
    assert "https://town.example" in (tmp_path / "app/config.js").read_text()
    assert '"appid": "wx0123456789abcdef"' in (tmp_path / "app/project.config.json").read_text()
    assert not list(Path(tmp_path / "app").rglob("*.d.ts"))


def test_it_names_a_state_as_the_server_does():
    """lib/story.js draws the way by the codes of the states."""
    drawn = (HERE / "src/lib/story.js").read_text(encoding="utf-8")
    for state in labels("case_states"):
        assert re.search(rf"\b{state}\b", drawn), state


def test_its_visit_form_knows_the_server_s_codes():
    said = (HERE / "src/work/visit/words.js").read_text(encoding="utf-8")
    for name, shelf in (("classes", "opinions"), ("results", "visit_results")):
        listed = re.search(rf"{name}: \[(\[.*?\])\]", said)
        assert listed is not None, name
        assert dict(re.findall(r"\['(\w+)', '([^']+)'\]", listed[1])) == labels(shelf)


def test_every_page_that_a_letter_opens_is_there():
    pages = json.loads((HERE / "src/app.json").read_text(encoding="utf-8"))["pages"]
    files = [file for file in resource("letters").iterdir() if file.name.endswith(".toml")]
    named = [
        (file.name, page)
        for file in files
        if (page := tomllib.loads(file.read_text(encoding="utf-8")).get("subscribe", {}).get("page"))
    ]
    assert named
    assert [one for one in named if one[1].partition("?")[0] not in pages] == []
