"""/api/v1: what the mini-program and the service account's pages speak.

A route is a line of one table, and everything else follows from it: who may come, what is taken and
answered, how often, and its place in `GET /api/v1/openapi.json`. Each area is a module with its own acts and
its `ROUTES`:

    def shown(ask: Ask, given: None) -> CaseShown:
        \"\"\"One case, with its story.\"\"\"           # the first line becomes the summary in the document
        ...

    ROUTES = (
        Route("GET", "/cases/<id>", Need.PERSON, shown, gives=CaseShown),
        Route("POST", "/reports", Need.PERSON, report, takes=Said, gives=CaseShown, once=True, limit=REPORTS),
    )

and `handlers/api/door.py` lists the areas. Rules of the house for an act:

- It finds the thing through what `ask.visitor` may see, calls one verb, and answers with a Struct
  (`handlers/api/shapes.py`: `Shape`). What is not visible is `NotFound`, the same as what is not there.
- A GET runs inside a view of the database, anything else inside one transaction that may run twice. Whoever
  must ask a platform first says `runs=Runs.ALONE` and opens its own with `ask.office.database`.
- What is wrong is a `Refused`: `Invalid("code")` 422, `NotAllowed` 409, `NotFound` 404; `wrong("code",
  "field")` names the field. Words: templates/labels/api_errors.toml, or refusals.toml.
- Ids in answers: `signed_id("table", number)`, back by `ask.number("table", text)`, which raises NotFound.
  Times: `clock(moment)`. Money: whole fen in fields that end in `_fen`. Lists: `Page`, by `paged(…)`.
- An example of what each route takes stands in templates/api/examples.toml, under "POST /reports".
- Each route has a row in docs/rights.md; tests hold every answer against the document (tests/api_client.py).
"""
