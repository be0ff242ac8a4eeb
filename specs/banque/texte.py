"""A text in the characters that every bank of the SEPA area takes.

Letters are never dropped: they are transliterated (`lettres.yaml`), or `unwritable` names them and
the text must be refused. Signs that have no equivalent become blanks.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from specs.fichiers import read_yaml

_INTERDITS = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
_BLANCS = re.compile(r" +")


def sepa_text(texte: str, longueur: int) -> str:
    """The text in the SEPA character set, cut; for a text without `unwritable` characters.

    >>> sepa_text("Société d’Électricité & Cie, Łódź", 70)
    "Societe d'Electricite + Cie, Lodz"
    """
    propre = _BLANCS.sub(" ", _INTERDITS.sub(" ", _transliterate(texte))).strip()
    return propre[:longueur].strip()


def unwritable(texte: str) -> str:
    """Letters and digits of the text that the SEPA set has no way to write, each once, in order.

    >>> unwritable("Юрий & Cie")
    'Юри'
    """
    autres = (c for c in texte if not c.isascii() and any(map(_is_foreign, _transliterate(c))))
    return "".join(dict.fromkeys(autres))


def _transliterate(texte: str) -> str:
    """Known letters written otherwise, marks taken off the others."""
    remplace = texte.translate(_table())
    if remplace.isascii():
        return remplace
    decompose = unicodedata.normalize("NFKD", remplace).translate(_table())
    return "".join(c for c in decompose if not unicodedata.combining(c))


def _is_foreign(caractere: str) -> bool:
    """Whether it is a letter or a figure that is not a plain one."""
    return not caractere.isascii() and unicodedata.category(caractere)[0] in "LN"


@cache
def _table() -> dict[int, str]:
    lus = read_yaml(__package__, "lettres")
    return str.maketrans(lus["lettres"] | lus["signes"])
