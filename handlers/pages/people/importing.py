"""/console/import: the town's workbook in the browser: uploaded, looked through, taken; with errors
it is given back marked. For an administrator, and for a community's desk of its own community."""

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import Access
from handlers.pages.chain.acting import acted
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.front import Front, back_to, download, show
from handlers.pages.links import Done, once_key, only_once
from handlers.pages.notice.progress import answer
from handlers.wording.problems import sentence, spoken
from handlers.words import labels, refusal
from models.base.refusals import Invalid, NotFound, Refused
from models.person.arriving import Visitor
from models.place.gazetteer import town
from models.town import archive, bringing_in
from models.town.marking import write_marked
from models.town.reading import read
from models.town.shape import title
from models.town.tables import TownImport
from models.town.xlsx import write_template

PAGE = "import"
SHOWN = 200  # problems on a page; all of them are in the marked file
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def shown(front: Front, access: Access, status: int = 200, *, error: str | None = None) -> Response:
    with front.database.read():
        visitor = staff_of_link(access)
        own = bringing_in.scope_of(visitor)
        facts = {
            "own": town().communities.get(own) if own is not None else None,
            "several": [_line(one) for one in bringing_in.mine(visitor)],
        }
    return show("people/import.html", status, access=access, page=facts, error=error)


def upload(front: Front, access: Access) -> AnyResponse:
    """A workbook comes in, to be looked through."""
    with front.database.read():
        bringing_in.scope_of(staff_of_link(access))  # before any file is looked at
    try:
        data, name = _file()
        key = once_key(str(access.link.person_id))
        done = front.database.write(partial(_received, access, data, name, key))
    except NotFound:
        raise
    except Refused as refused:
        return shown(front, access, refused.status, error=refusal(refused))
    return back_to(f"{access.base}/{PAGE}/{done.facts['key']}", done.code)


def opened(
    front: Front, access: Access, key: str, status: int = 200, *, error: str | None = None
) -> Response:
    """What would become of it, or what is wrong with it."""
    with front.database.read():
        one = bringing_in.find(key, staff_of_link(access))
        facts = {
            **_line(one),
            "sheets": [{"title": title(code), **told} for code, told in (one.told or {}).items()],
            "problems": [spoken(problem) for problem in bringing_in.problems_of(one)[:SHOWN]],
            "more": max(0, one.problem_count - SHOWN),
            "stamp": _stamp(one),
            "live": _moves(one),
        }
    return show("people/import_one.html", status, access=access, page=facts, error=error)


def progress(front: Front, access: Access, key: str) -> Response:
    """How far it has come, as the page asks again while something moves."""
    with front.database.read():
        one = bringing_in.find(key, staff_of_link(access))
        state = labels("import_states")[one.state]
        return answer({"live": _moves(one), "stamp": _stamp(one), "says": {"state": state}})


def act(front: Front, access: Access, key: str, verb: str) -> AnyResponse:
    """It is taken, or given up."""

    def take(visitor: Visitor) -> Done:
        return Done("import_wanted" if bringing_in.want(key, visitor) else "import_wanted_already", {})

    def give_up(visitor: Visitor) -> Done:
        return Done("import_ended" if bringing_in.give_up(key, visitor) else "import_ended_already", {})

    verbs = {"take": take, "end": give_up}
    if verb not in verbs:
        raise NotFound("page_not_found")

    def again(refused: Refused) -> AnyResponse:
        return opened(front, access, key, refused.status, error=refusal(refused))

    return acted(front, access, f"{PAGE}/{key}", f"import_{verb}", verbs[verb], again)


def marked(front: Front, access: Access, key: str) -> Response:
    """The same workbook, with each problem at its cell."""
    with front.database.read():
        one = bringing_in.find(key, staff_of_link(access))
        data, problems = bringing_in.file_of(one), bringing_in.problems_of(one)
        name = Path(one.name).stem
    if not problems:
        raise NotFound("page_not_found")
    workbook = read(data)
    with TemporaryDirectory(prefix="hemei-marked-") as folder:
        path = Path(folder) / "marked.xlsx"
        write_marked(workbook, problems, path, sentence)
        said = labels("import_words")["marked"].format(name=name)
        return download(path.read_bytes(), EXCEL, f"{said}.xlsx")


def template(front: Front, access: Access) -> Response:
    """The blank workbook."""
    with front.database.read():
        bringing_in.scope_of(staff_of_link(access))
    with TemporaryDirectory(prefix="hemei-template-") as folder:
        path = Path(folder) / "blank.xlsx"
        write_template(path)
        return download(path.read_bytes(), EXCEL, f"{labels('import_words')['template']}.xlsx")


def _file() -> tuple[bytes, str]:
    sent = request.files.get("book")
    data = sent.stream.read(archive.FILE_LIMIT + 1) if sent is not None else b""
    if sent is None or not data:
        raise Invalid("import_no_file")
    return data, "".join(sign for sign in sent.filename or "" if sign.isprintable())


def _received(access: Access, data: bytes, name: str, key: str) -> Done:
    visitor = staff_of_link(access)

    def work() -> Done:
        return Done("import_received", {"key": bringing_in.receive(data, name, visitor)})

    return only_once(key, str(visitor.person_id), "import_upload", work)


def _line(one: TownImport) -> dict[str, Any]:
    return {
        "key": one.public_id,
        "name": one.name,
        "at": one.at,
        "state": one.state,
        "rows": one.rows,
        "wrong": one.problem_count,
    }


def _moves(one: TownImport) -> bool:
    return one.state in (bringing_in.WAITING, bringing_in.WANTED)


def _stamp(one: TownImport) -> str:
    return f"{one.id}{one.state}"
