"""hemei understand --explain"""

import json

from click.testing import CliRunner, Result

from server.cli import hemei


def run(*args: str, **kwargs: str) -> Result:
    return CliRunner().invoke(hemei, list(args), prog_name="hemei", **kwargs)


def test_the_answer_is_the_same_with_its_why_beside_it(tmp_path):
    estates = tmp_path / "estates.csv"
    estates.write_text("estate,aliases\n东风家园,东风|老东风\n", encoding="utf-8")
    plain = json.loads(run("understand", "老东风四搂的登不亮", "--estates", str(estates)).output)
    told = json.loads(run("understand", "老东风四搂的登不亮", "--estates", str(estates), "--explain").output)
    why = told.pop("why")
    assert told == plain
    assert why["read"] == "老东风四楼的灯不亮"
    assert ["搂", "楼"] in why["put_right"]
    assert "四楼" in "".join(why["place"])
    assert next(iter(why["category"]["ranked"])) == plain["category"]


def test_every_line_of_many_is_explained(tmp_path):
    estates = tmp_path / "estates.csv"
    estates.write_text("estate,aliases\n", encoding="utf-8")
    lines = '{"text": "着火了"}\n{"text": "谢谢"}\n'
    done = run("understand", "--jsonl", "--explain", "--estates", str(estates), input=lines)
    dangers = [json.loads(line)["why"]["danger"] for line in done.output.splitlines()]
    assert dangers == ["fire", None]


def test_corrections_have_no_why():
    assert run("understand", "--corrections", "--explain").exit_code == 2
