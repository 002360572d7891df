"""The command line. Each command lives in a module of its own and is loaded when it is asked for.

Exit codes: 0 done, 1 refused (the reason is on stderr), 2 usage. With --json there is one object per line on
stdout, messages go to stderr.
"""

import sys
from importlib import import_module
from typing import Any

import click

# name → module, what --help says of it. The help stands here so that listing commands loads none of them.
COMMANDS = {
    "demo": ("server.cli.demo", "A small town, WeChat played beside it, in one command."),
    "serve": ("server.cli.serve", "The web service."),
    "work": ("server.cli.work", "The timetable and the senders."),
    "db": ("server.cli.db", "Migrate the database, or say whether it is current."),
    "admin": ("server.cli.admin", "The first administrator; accounts of staff who cannot get in."),
    "town": ("server.cli.town", "Bring a town in from a workbook, or take it out."),
    "code": ("server.cli.code", "Codes of the mini-program for a door, a bill or a case."),
    "understand": ("server.cli.understand", "What a sentence means."),
    "rung": ("server.cli.rung", "The chain: who holds which rung, deputies, leave."),
    "rota": ("server.cli.rota", "Duty rotas: shifts, swaps, hours that nobody covers."),
    "grid": ("server.cli.grid", "Grids: what lies in them on a day, and how they are cut anew."),
    "keeper": ("server.cli.keeper", "Keepers of buildings: whether all are kept, visits, hand-overs."),
    "management": ("server.cli.management", "Who manages how many buildings, its history and target."),
    "estate": ("server.cli.estate", "One ledger per estate, its copies of each quarter."),
    "calendar": ("server.cli.calendar", "Working days of a year, office hours of a community."),
    "limit": ("server.cli.limit", "How long each stage of a case may take, from a day on."),
    "clock": ("server.cli.clock", "What the clock does to cases that wait too long."),
    "problem": ("server.cli.problem", "Common and single problems, and what was put right."),
    "case": ("server.cli.case", "Look at cases."),
    "whistle": ("server.cli.whistle", "Departments that were called to a case, and both sides in figures."),
    "letter": ("server.cli.letter", "Look at letters and what became of them."),
    "enquiry": ("server.cli.enquiry", "Look at what people asked."),
    "notice": ("server.cli.notice", "Say something once to the right buildings."),
    "group": ("server.cli.group", "Building groups, and chats that are nobody's yet."),
    "bill": ("server.cli.bill", "Fees: make the bills of a period, look at them."),
    "offer": ("server.cli.offer", "Ways of paying that homes may agree to."),
    "contract": ("server.cli.contract", "What homes agreed on: a year, a trial, service first."),
    "relief": ("server.cli.relief", "Homes that pay less by a rule."),
    "service": ("server.cli.service", "Services beside the property fee, and who ordered them."),
    "proof": ("server.cli.proof", "The standard of an estate, and whether it was kept."),
    "exit": ("server.cli.exit", "A firm leaves an estate: what it hands over, what homes have back."),
    "fee": ("server.cli.fee", "Collection rates, arrears by age, homes that somebody goes to."),
    "payment": ("server.cli.payment", "Fees that came in over the counter or by bank transfer."),
    "reconcile": ("server.cli.reconcile", "Compare a bill file of WeChat Pay with the books."),
    "difference": ("server.cli.difference", "What they do not both say, and what became of it."),
    "order": ("server.cli.order", "Orders at WeChat Pay, and what became of them."),
    "refund": ("server.cli.refund", "Money that goes back over WeChat Pay."),
    "books": ("server.cli.books", "Open books: what money bought, what came in, a month put up."),
    "ledger": ("server.cli.ledger", "The books: begin them, prove them, seal a month, write them out."),
    "indicator": ("server.cli.indicator", "Figures by the standards' names, and the cases of each."),
    "mediation": ("server.cli.mediation", "Mediations: how many, never whose or about what."),
    "warning": ("server.cli.warning", "Colours of staff by rule, and the rules."),
    "star": ("server.cli.star", "Stewards of a quarter, closed once."),
    "goal": ("server.cli.goal", "Tasks with a measure and a target, and boards of them."),
    "report": ("server.cli.report", "Figures to hand on."),
    "audit": ("server.cli.audit", "Who looked at what: the log, and proof that it is whole."),
    "open311": ("server.cli.open311", "Keys of other programs that report and read by GeoReport v2."),
    "menu": ("server.cli.menu", "Put the menu under the service account's chat."),
    "qr": ("server.cli.qr", "QR sheets for unit doors, to print."),
    "doctor": ("server.cli.doctor", "What is wrong, each with a hint."),
    "backup": ("server.cli.backup", "Write everything into one encrypted file."),
    "restore": ("server.cli.restore", "Read it back, or release a restored service."),
}


class Table(click.Group):
    """Knows its commands by name and loads the one that is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = import_module(COMMANDS[cmd_name][0]).command
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])


@click.command(cls=Table, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="hemei", message="%(version)s")
def hemei() -> None:
    """hemei (和美家园): the WeChat backend of an old estate that keeps house together.

    Settings come from $HEMEI_CONFIG, else ./config.toml; config.example.toml explains each of them.
    """


def main(arguments: list[str] | None = None) -> Any:
    """The console script. Refusals become one line on stderr and exit code 1."""
    try:
        return hemei(arguments, prog_name="hemei")
    except Exception as trouble:  # noqa: BLE001 - what is not a refusal is raised again there
        from server.cli import refusing

        sys.exit(refusing.said(trouble))
