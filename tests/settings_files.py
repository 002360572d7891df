"""Configurations for tests: written as an operator would write them, then read."""

import json
from pathlib import Path
from typing import Any

from server.config import Config, load

KEY = "a secret key for tests, at least thirty-two characters"


def configuration(folder: Path, url: str | None = None, **sections: dict[str, Any]) -> Config:
    """Writes `folder`/config.toml and loads it: `configuration(tmp_path, db.url, rules={"silence_days": 3})`.

    A section of wechat is written `wechat_official={…}`.
    """
    wanted: dict[str, dict[str, Any]] = {
        "server": {"secret_key": KEY},
        "storage": {"dir": "files"},
        "backup": {"dir": "backups"},
    }
    if url is not None:
        wanted["database"] = {"url": str(url)}
    for name, values in sections.items():
        wanted.setdefault(name.replace("wechat_", "wechat."), {}).update(values)
    lines = []
    for name, values in wanted.items():
        lines.append(f"[{name}]")
        lines += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    file = folder / "config.toml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    file.chmod(0o600)
    return load(file, {})


def plain_url(database: Any) -> str:
    """The address of a Database, with what SQLAlchemy hides when it prints one."""
    return str(database.url.render_as_string(hide_password=False))
