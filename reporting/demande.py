"""What a reader asks of the reporting layer: a format, filters, a publication.

Standard library only: the command line imports this module at start-up.

Example: ``parse_filtres(["cdg=012"])`` is ``{"cdg": "012"}``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

NUMERO_MAX = 2**31 - 1
PARIS = ZoneInfo("Europe/Paris")


class DemandeRefusee(ValueError):  # noqa: N818 - a French word, as every domain name
    """A request that cannot be answered; its French message is for the reader."""


class Introuvable(DemandeRefusee):
    """What is asked for does not exist: unknown table or unknown publication."""


class DejaLa(DemandeRefusee):
    """What is given is there already, under this name."""


class DemandeEnTrop(DemandeRefusee):
    """Too much is asked at once: the same is answered later."""


class Format(StrEnum):
    """How a table is written out."""

    TEXTE = "texte"
    CSV = "csv"
    JSON = "json"
    XLSX = "xlsx"
    PARQUET = "parquet"

    @property
    def binaire(self) -> bool:
        """True when a terminal cannot show it."""
        return self in {Format.XLSX, Format.PARQUET}

    @property
    def type_mime(self) -> str:
        """Media type of the bytes."""
        return _TYPES_MIME[self]


_TYPES_MIME = {
    Format.TEXTE: "text/plain; charset=utf-8",
    Format.CSV: "text/csv; charset=utf-8",
    Format.JSON: "application/json",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.PARQUET: "application/vnd.apache.parquet",
}


def parse_format(texte: str) -> Format:
    """Read a format name.

    Raises:
        DemandeRefusee: the name is not one of ours.
    """
    try:
        return Format(texte)
    except ValueError:
        connus = ", ".join(Format)
        raise DemandeRefusee(f"Format inconnu : « {texte} ». Possibles : {connus}.") from None


def parse_publication(texte: str | None) -> int | None:
    """Read a publication number; None asks for the last one.

    Raises:
        DemandeRefusee: not a whole number from 1 on.
    """
    if texte is None:
        return None
    # Ten digits hold every number a database column can; longer ones would overflow it.
    chiffres = texte.isascii() and texte.isdecimal() and len(texte) <= len(str(NUMERO_MAX))
    if not chiffres or not 1 <= int(texte) <= NUMERO_MAX:
        raise DemandeRefusee(f"Numéro de publication illisible : « {texte} ».")
    return int(texte)


def parse_jour(texte: str | None) -> date:
    """Read a day; None asks for today, in Paris.

    Raises:
        DemandeRefusee: not a date.
    """
    if texte is None:
        return datetime.now(PARIS).date()
    try:
        return date.fromisoformat(texte)
    except ValueError:
        raise DemandeRefusee(f"Date illisible : « {texte} ». Écrire AAAA-MM-JJ.") from None


def parse_filtres(demandes: Iterable[str]) -> dict[str, str]:
    """Read ``COLONNE=VALEUR`` filters into {column: text of the value}.

    Raises:
        DemandeRefusee: no ``=``, no column, or the same column twice.
    """
    filtres: dict[str, str] = {}
    for demande in demandes:
        colonne, egal, valeur = demande.partition("=")
        if not egal or not colonne:
            raise DemandeRefusee(f"Filtre illisible : « {demande} ». Écrire COLONNE=VALEUR.")
        if colonne in filtres:
            raise DemandeRefusee(f"La colonne « {colonne} » est filtrée deux fois.")
        filtres[colonne] = valeur
    return filtres
