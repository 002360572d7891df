"""All doors of the house, in one list. Each of them says who may come in (handlers/guards.py)."""

from collections.abc import Sequence

from flask import Blueprint

from handlers import pages
from handlers.api import door as api_door
from handlers.api.asking import Office as ApiOffice
from handlers.console import door as console_door
from handlers.guards import guard_all
from handlers.house import House
from handlers.me import door as me_door
from handlers.open311.door import blueprint as open311_blueprint
from handlers.pages.board import blueprint as board_blueprint
from handlers.pages.board.pages import BoardPrinter, BoardSheet
from handlers.pages.groups import JoinPrinter, JoinSheet
from handlers.pages.notice.groups import GroupSheet, Printer
from handlers.pages.people.printing import CardFacts, DoorFacts, Paper
from handlers.pay import door as pay_door
from handlers.wechat import door
from handlers.wechat.message import Channel
from models.base.resources import table
from models.media.files import Files
from models.media.parts import Parts
from server import callbacks, health, reports, tally
from server.allowance import allowance_of
from server.cashier import Cashier
from server.config import Config, Mini, Official, Work
from server.database import Database
from server.entering import Ways
from server.mini_door import MiniDoor
from server.page_door import PageDoor
from server.pay import notices as pay_notices
from server.pay import office
from server.pay.notices import Opener
from server.pay.office import Office
from server.paying import Paying
from server.wechat.alarm import RefusalAlarm
from server.wechat.channel import ChannelConfig


def blueprints(config: Config, database: Database) -> list[Blueprint]:
    desk = office.opened(config, database)
    paying = Paying(database, desk.merchant, config.fees.pay_minutes) if desk is not None else None
    cashier = Cashier(config, paying)
    doors = [
        health.blueprint(config, database),
        reports.blueprint(),
        _callbacks(config, database),
        pages.blueprint(
            database,
            house(config),
            Files(config.storage.dir),
            _printer(config),
            _joining(config),
            cashier,
            _paper(config),
        ),
        board_blueprint(database, house(config), Files(config.storage.dir), _board_printer(config)),
    ]
    doors.append(console_door.blueprint(database, Ways(config, database), config.console.password_rules))
    api = _api(config, database, cashier)
    doors += [api_door.blueprint(api), me_door.blueprint(api, PageDoor(config, database), cashier.bridge)]
    is_test = config.sandbox.enabled
    doors.append(open311_blueprint(database, house(config), config.server.base_url, is_test=is_test))
    if desk is not None:
        doors.append(_payments(desk, database))
    if config.sandbox.enabled:
        # Here and not above, because a real service never loads the simulator.
        from server.demo import stage

        doors.append(stage.blueprint(config, database))
    return doors


def _api(config: Config, database: Database, cashier: Cashier) -> ApiOffice:
    return ApiOffice(
        database,
        house(config),
        Files(config.storage.dir),
        Parts(config.storage.dir),
        MiniDoor(config, database),
        cashier,
        config.server.base_url,
    )


def _payments(desk: Office, database: Database) -> Blueprint:
    """Where WeChat Pay is off, its addresses are not there."""
    alarm = RefusalAlarm(lambda reason: tally.count("refused_callbacks", reason=f"pay_{reason}"))
    made = pay_door.blueprint(
        database, Opener(desk), pay_notices.quiet_for_probes(alarm), pay_notices.say_failed
    )
    return guard_all(made, "platform")


def _printer(config: Config) -> Printer:
    def printed(sheets: Sequence[GroupSheet]) -> bytes:
        # Here and not above, because paper is rare and what makes it is large.
        from server.print.fonts import chosen_font
        from server.print.notices import pdf

        return pdf(sheets, chosen_font(config.print.font_file))

    return printed


def _joining(config: Config) -> JoinPrinter:
    def printed(sheet: JoinSheet) -> bytes:
        from server.print.fonts import chosen_font
        from server.print.joining import pdf

        return pdf(sheet, chosen_font(config.print.font_file))

    return printed


def _paper(config: Config) -> Paper:
    base_url = config.server.base_url

    def of_doors(several: Sequence[DoorFacts]) -> bytes:
        from server.print.fonts import chosen_font
        from server.print.sheets import DoorSheet, Person, pdf

        roles = table("labels/roles.toml")
        sheets = [
            DoorSheet(
                url=f"{base_url}/q/{one.code}",
                mark=one.code[:6],
                community=one.community,
                estate=one.estate,
                building=one.building,
                unit=one.unit,
                people=tuple(Person(who.name, roles[who.role]["label"], who.phone) for who in one.people),
            )
            for one in several
        ]
        return pdf(sheets, chosen_font(config.print.font_file))

    def of_cards(several: Sequence[CardFacts], size: str) -> bytes:
        from server.print.cards import pdf
        from server.print.fonts import chosen_font

        return pdf(several, size, base_url, chosen_font(config.print.font_file))

    return Paper(of_doors, of_cards)


def _board_printer(config: Config) -> BoardPrinter:
    def printed(sheet: BoardSheet) -> bytes:
        from server.print.boards import pdf
        from server.print.fonts import chosen_font

        return pdf(sheet, chosen_font(config.print.font_file))

    return printed


def house(config: Config) -> House:
    rules = config.rules
    return House(
        place_wait_minutes=rules.place_wait_minutes,
        finish_window_minutes=rules.finish_window_minutes,
        silence_days=rules.silence_days,
        alarm_every_minutes=rules.alarm_every_minutes,
        keeper_amber_days=rules.keeper_amber_days,
        keeper_red_days=rules.keeper_red_days,
        second_person_above=rules.second_person_above,
        notice_delay_seconds=rules.notice_delay_seconds,
        notices_a_day=rules.notices_a_day,
        notice_rounds=rules.notice_rounds,
        quiet_from=rules.quiet_from,
        quiet_until=rules.quiet_until,
        group_allowance=allowance_of(config),
        group_limit=rules.group_limit,
        export_rows_a_day=config.audit.rows_a_day,
        export_people_alone=config.audit.people_alone,
        content_check=rules.content_check,
        operator=config.privacy.operator,
        contact=config.privacy.contact,
    )


def _callbacks(config: Config, database: Database) -> Blueprint:
    alarm = RefusalAlarm(lambda reason: tally.count("refused_callbacks", reason=reason))
    made = callbacks.blueprint(
        _channels(config),
        door.entrance(database, house(config)),
        max_age_seconds=config.wechat.max_age_seconds,
        on_refused=alarm,
    )
    return guard_all(made, "platform")


def _channels(config: Config) -> dict[Channel, ChannelConfig]:
    """A channel that is not configured has no callback address, nor has one without a token: anybody could
    sign for it."""
    wechat = config.wechat
    found: dict[Channel, ChannelConfig] = {}
    if wechat.official is not None and wechat.official.token:
        found["official"] = _account(wechat.official, wechat.official.app_id)
    if wechat.mini is not None and wechat.mini.token:
        found["mini"] = _account(wechat.mini, wechat.mini.app_id)
    if wechat.work is not None and wechat.work.token:
        found["work"] = _account(wechat.work, wechat.work.corp_id)
    return found


def _account(app: Official | Mini | Work, receive_id: str) -> ChannelConfig:
    return ChannelConfig(
        token=app.token,
        receive_id=receive_id,
        encoding_aes_key=app.encoding_aes_key or None,
        encoding_aes_key_previous=app.encoding_aes_key_previous or None,
    )
