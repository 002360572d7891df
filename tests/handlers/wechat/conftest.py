"""A town that people write to."""

import pytest
from chat import Chat
from factories import a_town

from handlers.words import use_base_url
from server.database import Database


@pytest.fixture
def chat(db: Database) -> Chat:
    use_base_url("https://hemei.example")
    return Chat(db, db.write(a_town))
