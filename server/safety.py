"""What hemei refuses to serve with (O5). http beyond this machine is refused by server/config.py already."""

from server.config import EMBEDDED_KEY, Config, beyond_loopback, is_real
from server.settings import BadConfig

SHORTEST_KEY = 16
WELL_KNOWN = ("changeme", "change-me", "secret", "password", "hemei", "insecure")


def require_safe(config: Config) -> None:
    """Raises BadConfig with every reason. Commands that only look at things do not ask."""
    problems = [*_key(config), *_mixed(config), *_open_file(config), *_unable(config)]
    if config.server.debug and beyond_loopback(config.server.base_url):
        problems.append("[server] debug is on, and base_url is not this machine")
    if problems:
        raise BadConfig(problems)


def _key(config: Config) -> list[str]:
    key = config.server.secret_key
    if key in ("", EMBEDDED_KEY):
        return ["[server] secret_key is missing: everything that is sealed hangs on it"]
    if len(key) < SHORTEST_KEY:
        return [f"[server] secret_key is shorter than {SHORTEST_KEY} characters"]
    if key.lower().strip(" .-_!") in _stretched():
        return ["[server] secret_key can be guessed: make one at random"]
    return []


def _stretched() -> list[str]:
    """Well-known words, also repeated until they are long enough."""
    return [word * times for word in WELL_KNOWN for times in range(1, 9)]


def _mixed(config: Config) -> list[str]:
    if not config.sandbox.enabled:
        return []
    keys = {f"[wechat.{name}] api_base_url": address for name, address in config.wechat.addresses().items()}
    if config.gateway.url:
        keys["[gateway] url"] = config.gateway.url
    return [
        f"[sandbox] is enabled beside the real address of {key}: choose one"
        for key, address in keys.items()
        if is_real(address) or beyond_loopback(address)
    ]


def _unable(config: Config) -> list[str]:
    return [*_nobody_to_check(config), *_open_gateway(config)]


def _open_gateway(config: Config) -> list[str]:
    if config.gateway.url and beyond_loopback(config.gateway.url) and not config.gateway.token:
        return ["[gateway] token is missing: without it anybody could send messages through the bridge"]
    return []


def _nobody_to_check(config: Config) -> list[str]:
    if config.rules.content_check and config.wechat.mini is None:
        return ["[rules] content_check is on, but [wechat.mini] is off: only a mini-program may ask for it"]
    return []


def _open_file(config: Config) -> list[str]:
    """Asked where the service is meant for the world; on one's own machine files may lie as they like."""
    real = any(is_real(address) for address in config.wechat.addresses().values())
    if not (config.path and config.secrets_in_file and real and beyond_loopback(config.server.base_url)):
        return []
    if config.path.stat().st_mode & 0o004:
        named = ", ".join(config.secrets_in_file)
        return [f"{config.path} holds {named} and is readable by everybody on this machine: chmod 600"]
    return []
