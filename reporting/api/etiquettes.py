"""What an answer is known by (ETag), so that the same is not sent again (304)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from http import HTTPStatus

from fastapi import Request, Response

from reporting.espace.droits import Acces

FAIBLE = "W/"


def describe_droits(acces: Acces) -> str:
    """The rights of a reader, as a text that another reader with the same rights has."""
    droits = sorted((d.service, d.categorie, d.cdg) for d in acces.droits)
    boites = sorted(acces.boites)
    return f"{acces.siren} {boites} {droits}"


def compute_etiquette(*dites: object) -> str:
    """An ETag from what an answer is made of."""
    texte = "\x1f".join(map(str, dites))
    return f'"{hashlib.sha256(texte.encode()).hexdigest()[:32]}"'


def label_octets(octets: bytes) -> str:
    """An ETag from the bytes of an answer."""
    return f'"{hashlib.sha256(octets).hexdigest()[:32]}"'


def is_known(requete: Request, etiquette: str) -> bool:
    """Whether the caller has this answer already."""
    connues = requete.headers.get("if-none-match", "")
    return any(mot.strip().removeprefix(FAIBLE) in (etiquette, "*") for mot in connues.split(","))


def render_connue(etiquette: str) -> Response:
    """The answer that the caller has already."""
    return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=tell_etiquette(etiquette))


def render_octets(
    requete: Request, octets: bytes, nature: str, entetes: Mapping[str, str] | None = None
) -> Response:
    """Bytes known by themselves; 304 for who has them."""
    etiquette = label_octets(octets)
    if is_known(requete, etiquette):
        return render_connue(etiquette)
    dits = {**(entetes or {}), **tell_etiquette(etiquette)}
    return Response(octets, media_type=nature, headers=dits)


def tell_etiquette(etiquette: str) -> dict[str, str]:
    """Headers of an answer that may be kept, if it is asked for again each time."""
    return {
        "ETag": etiquette,
        "Cache-Control": "private, no-cache",
        "Vary": "Authorization, Accept",
    }
