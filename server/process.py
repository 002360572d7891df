"""How a process of hemei begins: settings, keys, words, log, database."""

import gc
import os
from contextlib import suppress

from handlers import words
from models.base import privacy
from models.base.refusals import Unavailable
from models.duty.answering import answering
from models.place.gazetteer import town
from models.place.spot import NOWHERE
from models.understanding import own_words, understand
from server import logs
from server.config import Config, load
from server.database import Database

CONFIG_VARIABLE = "HEMEI_CONFIG"


def begin(config: Config, *, log: bool = True, grouped: bool = False) -> Database:
    """Readies this process and opens the database; the caller closes it. `grouped`: works share commits."""
    if log:
        logs.set_up(config)
    privacy.use_key(config.server.secret_key)
    words.use_base_url(config.server.base_url)
    own_words.use(config.own_words)
    return Database(config.database.url, pool_size=config.database.pool_size, grouped=grouped)


def warm(database: Database) -> None:
    """Reads lexicons, words and the town before the first visitor comes, who would wait a second for them."""
    with suppress(Unavailable), database.read():
        understand("", town().gazetteer)
        answering(NOWHERE, None)
    words.say("help")
    gc.collect()
    gc.freeze()  # because the town's names and the model's rows are there to stay: searching them costs 4 ms


def hand_over(config: Config) -> dict[str, str]:
    """The environment by which a child process finds the same configuration."""
    return os.environ | ({CONFIG_VARIABLE: str(config.path)} if config.path else {})


def inherited() -> Config:
    return load(None)
