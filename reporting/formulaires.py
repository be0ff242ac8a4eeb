"""What a form sends, read whole: texts by name, no file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Request

CHAMPS_MAX = 400  # of a form


async def read_textes(requete: Request) -> Mapping[str, str]:
    """What a form sent, texts alone."""
    envoye = await requete.form(max_files=0, max_fields=CHAMPS_MAX)
    return {nom: texte for nom, texte in envoye.items() if isinstance(texte, str)}


Textes = Annotated[Mapping[str, str], Depends(read_textes)]
