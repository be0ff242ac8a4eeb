"""What the options of a decision say, read but not checked yet, and how they are refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NoReturn

import typer

DEMANDE_REFUSEE = 2
MONTANT = re.compile(r"(\d{1,12})(?:[.,](\d{1,2}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Saisie:
    """What the options say, read but not checked yet."""

    nature: str
    siren: str | None = None
    cdg: str | None = None
    appels: tuple[str, ...] = ()
    mois: str | None = None
    montant_centimes: int | None = None
    echeances: tuple[str, ...] = ()
    attestation: str | None = None
    mouvement: str | None = None
    depot: str | None = None
    compte: str | None = None
    certificat: str | None = None
    demande: str | None = None
    identifiant: str | None = None
    salarie: str | None = None
    a_blanc: bool = False
    saisie: str | None = None
    part_ppm: int | None = None
    protege_centimes: int | None = None
    fin: date | None = None
    heritiers: tuple[str, ...] = ()


VIDE = Saisie("")


def parse_euros(texte: str) -> int:
    """Cents of an amount written `125,40`, `125.4` or `125`; a refusal otherwise."""
    centimes = _parse_centiemes(texte)
    if centimes is None:
        refuse(f"montant « {texte[:20]} » : des euros sont attendus, par exemple 125,40")
    return centimes


def parse_part(texte: str) -> int:
    """Parts per million of a share written `10`, `12,5`, in per cent; a refusal otherwise."""
    from specs.montants import PPM

    part = (_parse_centiemes(texte) or 0) * PPM // 10_000  # hundredths of a per cent
    if not 0 < part <= PPM:
        refuse(f"part « {texte[:20]} » : un pour cent entre 0 et 100 est attendu, par exemple 12,5")
    return part


def _parse_centiemes(texte: str) -> int | None:
    """Hundredths of a number of two decimals at most; None of anything else."""
    lu = MONTANT.fullmatch(texte.replace(" ", ""))
    return None if lu is None else int(lu[1]) * 100 + int((lu[2] or "0").ljust(2, "0"))


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
