"""What the codes of a DSN or of a certificate mean for leave: natures of absences, contracts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any

import polars as pl

from specs.fichiers import read_yaml

# Natures of a day, the first that fits first: C is leave paid by a fund.
ORDRE = ("C", "P", "A", "N", "M", "X", "I", "T")
ORIGINES = {"arrets": "ARRET", "suspensions": "SUSPENSION"}
AUTRE, TOUJOURS, JAMAIS = "X", date(1900, 1, 1), date(9999, 12, 31)
SCHEMA_NATURES = pl.Schema(
    {
        "nature": pl.String,
        "motif_absence": pl.String,
        "ordre": pl.Int8,
        "valable_du": pl.Date,
        "valable_au": pl.Date,
    }
)


@dataclass(frozen=True, slots=True)
class CodesConges:
    """See `conges.yaml`; `annulations` by nature of absence, and of ends of contract (`fins`)."""

    annulations: dict[str, str]
    annulation_fin: str
    fins_sans_certificat: tuple[str, ...]
    dispositifs_exclus: tuple[str, ...]
    natures_exclues: tuple[str, ...]
    duree_exclue_mois: int
    conventions_tp: tuple[str, ...]
    modalites_plein: tuple[str, ...]
    horaire_plein_centiemes: int


@cache
def read_codes() -> CodesConges:
    """The codes of the fund."""
    lu = _read()
    exclus = lu["contrats_exclus"]
    return CodesConges(
        annulations={ORIGINES[nom]: lu["annulations"][nom] for nom in ORIGINES},
        annulation_fin=lu["annulations"]["fins"],
        fins_sans_certificat=tuple(lu["fins_sans_certificat"]),
        dispositifs_exclus=tuple(exclus["dispositifs"]),
        natures_exclues=tuple(exclus["natures"]),
        duree_exclue_mois=exclus["duree_mois"],
        conventions_tp=tuple(lu["conventions_tp"]),
        modalites_plein=tuple(lu["temps_plein"]["modalites"]),
        horaire_plein_centiemes=lu["temps_plein"]["horaire_centiemes"],
    )


def read_natures() -> pl.DataFrame:
    """Each code with its nature and the days on which it has it (SCHEMA_NATURES).

    `nature`: of the absence (ARRET, SUSPENSION); `ordre`: rank in ORDRE. A code that is not there
    is AUTRE.
    """
    datees = sorted(
        (origine, code, entree["debut"], entree["nature"])
        for entree in _read()["natures"]
        for nom, origine in ORIGINES.items()
        for code in entree[nom]
    )
    lignes = []
    for (origine, code), valeurs in groupby(datees, key=itemgetter(0, 1)):
        suite = [(TOUJOURS, AUTRE), *((debut, nature) for _, _, debut, nature in valeurs)]
        fins = [debut - timedelta(1) for debut, _ in suite[1:]] + [JAMAIS]
        lignes += [
            (origine, code, ORDRE.index(nature), debut, fin)
            for (debut, nature), fin in zip(suite, fins, strict=True)
        ]
    return pl.DataFrame(lignes, SCHEMA_NATURES, orient="row")


def cite_nature(nature: str, jour: date) -> str:
    """Title of what says how a day of that nature counts; nothing for those that do not."""
    titres = [
        entree["source"]["titre"]
        for entree in _read()["natures"]
        if entree["nature"] == nature and entree["debut"] <= jour
    ]
    return str(titres[-1]) if titres else ""


def _read() -> dict[str, Any]:
    return read_yaml("specs", "conges")
