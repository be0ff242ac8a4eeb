"""What may be shown of an IBAN, and how to see that a text holds one.

>>> mask_iban("FR7699999000010000000000114")
'FR76…0114'
"""

from __future__ import annotations

import re

from stdnum import iban

VISIBLES = 4
# Two letters, two digits, then eleven to thirty characters, spaced or not.
_FORME = re.compile(r"(?<![0-9A-Z])[A-Z]{2}[0-9]{2}(?:[ .-]?[0-9A-Z]){11,30}", re.IGNORECASE)


def mask_iban(numero: str) -> str:
    """Its first and last four characters."""
    return f"{numero[:VISIBLES]}…{numero[-VISIBLES:]}"


def contains_iban(texte: str) -> bool:
    """Whether an IBAN with a right key can be read in the text."""
    return any(iban.is_valid(re.sub(r"[ .-]", "", m[0])) for m in _FORME.finditer(texte))
