"""A language that nobody speaks: every text in brackets, with accents, and half as long again. It shows what breaks."""

import re

from babel.support import NullTranslations

_CODE = re.compile(r"(`[^`]*`|</?\w[^>]*>|&\w+;|\{\w*\}|%\(\w+\)s)")
_ACCENTS = str.maketrans("aeiouycnsAEIOUYCNS", "àéîöûÿçñšÀÉÎÖÛŸÇÑŠ")
_LONGER = 0.4
_FILLING = " ôñè tŵò"


def pseudo(text: str) -> str:
    parts = _CODE.split(text)
    told = "".join(part if at % 2 else part.translate(_ACCENTS) for at, part in enumerate(parts))
    wanted = round(len(text) * _LONGER)
    return f"[{told}{(_FILLING * (wanted // len(_FILLING) + 1))[:wanted]}]"


class Pseudo(NullTranslations):
    def gettext(self, message: str) -> str:
        return pseudo(message) if message.strip(" ,") else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return pseudo(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:  # noqa: ARG002  (as it is called)
        return self.gettext(message)
