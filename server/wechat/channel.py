"""What one callback address needs to know about its account."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ChannelConfig:
    """token and encoding_aes_key as in the account's console; receive_id is the app id or the corp id.

    Without encoding_aes_key bodies are plain, and only the query is signed. encoding_aes_key_previous is
    accepted too while a key changes.
    """

    token: str = field(repr=False)
    receive_id: str
    encoding_aes_key: str | None = field(default=None, repr=False)
    encoding_aes_key_previous: str | None = field(default=None, repr=False)
