"""A browser's own description of itself, in words that its owner recognises."""

from django.utils.translation import gettext, gettext_lazy

# The first one that is found; many browsers also name those they descend from.
_BROWSERS = (
    ("EdgA/", "Edge"),
    ("Edg/", "Edge"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("UCBrowser/", "UC Browser"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_MACHINES = (
    ("iPad", "iPad"),
    ("iPhone", "iPhone"),
    ("Android", gettext_lazy("an Android phone")),
    ("Windows", gettext_lazy("a Windows computer")),
    ("Macintosh", gettext_lazy("a Mac")),
    ("CrOS", gettext_lazy("a Chromebook")),
    ("Linux", gettext_lazy("a Linux computer")),
)


def in_words(user_agent: str) -> str:
    """`Chrome on an Android phone`; "Unknown device" for what nobody would recognise."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    machine = next((name for mark, name in _MACHINES if mark in user_agent), "")
    if browser and machine:
        return gettext("%(browser)s on %(machine)s") % {"browser": browser, "machine": machine}
    return browser or (str(machine) if machine else gettext("Unknown device"))
