"""templates/ as they are written, without what makes them readable: a phone does not pay for indentation."""

import re

from django.template.loaders import filesystem

_INDENTATION = re.compile(r"\n[ \t]+")


class Loader(filesystem.Loader):
    """Lines stay lines, so that an error names the right one. A sentence over several lines is `trimmed` anyway."""

    def get_contents(self, origin) -> str:
        contents = super().get_contents(origin)
        return _INDENTATION.sub("\n", contents) if origin.name.endswith(".html") else contents
