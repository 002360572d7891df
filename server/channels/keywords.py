"""Which value of a letter goes under which keyword of an account's template."""

from collections.abc import Mapping

from handlers.words import labels


def by_keyword(values: Mapping[str, str], mapped: Mapping[str, str]) -> dict[str, str]:
    """`mapped` is the configuration's value name → keyword ("number" → "character_string1").

    Without it the recommended keywords of labels/keywords.toml hold. A value that a letter does not have is
    left empty, because a template wants all of its keywords.
    """
    if mapped:
        return {keyword: values.get(name, "") for name, keyword in mapped.items()}
    return {keyword: values.get(name, "") for keyword, name in labels("keywords")["default"].items()}
