"""What may be shown of an IBAN, and how to see that a text holds one.

>>> mask_iban("FR7699999000010000000000115")
'FR76…0115'
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from stdnum import iban

VISIBLES = 4
LONGUEURS = range(15, 35)
# Two letters, two digits, then eleven characters at least, spaced or not.
_FORME = re.compile(r"(?<![0-9A-Z])[A-Z]{2}[0-9]{2}(?:[ .-]?[0-9A-Z]){11,}", re.IGNORECASE)


def mask_iban(numero: str) -> str:
    """Its first and last four characters."""
    return f"{numero[:VISIBLES]}…{numero[-VISIBLES:]}"


def contains_iban(texte: str) -> bool:
    """Whether an IBAN with a right key can be read in the text."""
    return any(iban.is_valid(candidat) for candidat in _candidats(texte))


def resembles_iban(texte: str) -> bool:
    """Whether the text has the look of an IBAN, its key being right or not."""
    return _FORME.search(texte) is not None


def _candidats(texte: str) -> Iterator[str]:
    for trouve in _FORME.finditer(texte):
        caracteres = re.sub(r"[ .-]", "", trouve[0])
        yield from (caracteres[:n] for n in LONGUEURS if n <= len(caracteres))
