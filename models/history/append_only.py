"""The database itself refuses to edit or remove a step, whoever asks and by whatever program."""

from sqlalchemy import DDL, event

from models.history.step import Step

SQLITE = (
    """CREATE TRIGGER steps_stay_update BEFORE UPDATE ON steps
BEGIN SELECT RAISE(ABORT, 'steps are appended, never edited'); END""",
    """CREATE TRIGGER steps_stay_delete BEFORE DELETE ON steps
BEGIN SELECT RAISE(ABORT, 'steps are appended, never removed'); END""",
)
POSTGRESQL = (
    """CREATE FUNCTION steps_stay() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'steps are appended, never edited or removed' USING ERRCODE = '23001'; END $$""",
    """CREATE TRIGGER steps_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON steps
FOR EACH STATEMENT EXECUTE FUNCTION steps_stay()""",
)

for _statement in SQLITE:
    event.listen(Step.__table__, "after_create", DDL(_statement).execute_if(dialect="sqlite"))
for _statement in POSTGRESQL:
    event.listen(Step.__table__, "after_create", DDL(_statement).execute_if(dialect="postgresql"))
event.listen(
    Step.__table__, "after_drop", DDL("DROP FUNCTION IF EXISTS steps_stay").execute_if(dialect="postgresql")
)
