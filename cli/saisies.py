"""What the options of a decision say, read but not checked yet, and how they are refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NoReturn

import typer

from specs.montants import PPM

DEMANDE_REFUSEE = 2
MONTANT = re.compile(r"(\d{1,12})(?:[.,](\d{1,2}))?", re.ASCII)
CENTIEME = PPM // 10_000  # of a per cent


@dataclass(frozen=True, slots=True)
class Saisie:
    """What the options say, read but not checked yet."""

    nature: str
    siren: str | None
    cdg: str | None
    appels: tuple[str, ...]
    mois: str | None
    montant_centimes: int | None
    echeances: tuple[str, ...]
    attestation: str | None
    mouvement: str | None
    depot: str | None
    compte: str | None
    certificat: str | None
    demande: str | None
    identifiant: str | None
    salarie: str | None
    a_blanc: bool
    saisie: str | None
    part_ppm: int | None
    protege_centimes: int | None
    fin: date | None


VIDE = Saisie(
    nature="",
    siren=None,
    cdg=None,
    appels=(),
    mois=None,
    montant_centimes=None,
    echeances=(),
    attestation=None,
    mouvement=None,
    depot=None,
    compte=None,
    certificat=None,
    demande=None,
    identifiant=None,
    salarie=None,
    a_blanc=False,
    saisie=None,
    part_ppm=None,
    protege_centimes=None,
    fin=None,
)


def parse_euros(texte: str) -> int:
    """Cents of an amount written `125,40`, `125.4` or `125`; a refusal otherwise."""
    lu = MONTANT.fullmatch(texte.replace(" ", ""))
    if lu is None:
        refuse(f"montant « {texte[:20]} » : des euros sont attendus, par exemple 125,40")
    return int(lu[1]) * 100 + int((lu[2] or "0").ljust(2, "0"))


def parse_part(texte: str) -> int:
    """Parts per million of a share written `10`, `12,5`, in per cent; a refusal otherwise."""
    lu = MONTANT.fullmatch(texte.replace(" ", ""))
    part = (int(lu[1]) * 100 + int((lu[2] or "0").ljust(2, "0"))) * CENTIEME if lu else 0
    if not 0 < part <= PPM:
        refuse(f"part « {texte[:20]} » : un pour cent entre 0 et 100 est attendu, par exemple 12,5")
    return part


def parse_jour(texte: str) -> date:
    """A day written `AAAA-MM-JJ`; a refusal otherwise."""
    try:
        return datetime.strptime(texte, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        refuse(f"date « {texte[:20]} » : AAAA-MM-JJ attendu")


def refuse(*raisons: str) -> NoReturn:
    """Say why, and stop."""
    for raison in raisons:
        typer.echo(f"Décision refusée : {raison}.", err=True)
    raise typer.Exit(DEMANDE_REFUSEE)
