"""The control totals of a file: counts, sums, in the writing of their zones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from parsers.echanges.valeurs import valeur_of, with_valeurs, zone_of
from parsers.echanges.zones import PIECE, alone
from specs.echanges import CONTROLE, Champ, Genre, read_enveloppe

SOMMES = ("SUM_1", "SUM_2", "SUM_HOURS")


def compute_totaux(
    genre: Genre, frames: Mapping[str, pl.DataFrame], nombre: int = 1
) -> list[dict[str, int]]:
    """Counts and sums of the trailer of each file by field, in the order of `piece`.

    `frames`: zones and values (`with_valeurs`), with `piece`; `nombre`: how many files they are of.
    What is blank, or not of its form, counts 0.
    """
    details, salaries = [0] * nombre, [0] * nombre
    for frame in frames.values():
        _add(details, frame, pl.len())
    _count_employees(genre, frames, salaries)
    sommes = {total: [0] * nombre for total in SOMMES}
    for total, par_fichier in sommes.items():
        for _, champ, frame in iter_summed(genre, total, frames):
            _add(par_fichier, frame, valeur_of(champ).sum())
    return [
        {
            "N_RECORDS": details[piece] + 2,
            "N_DETAIL": details[piece],
            "N_EMP": salaries[piece],
            **{total: par_fichier[piece] for total, par_fichier in sommes.items()},
        }
        for piece in range(nombre)
    ]


def render_totaux(genre: Genre, zones: Mapping[str, pl.DataFrame]) -> dict[str, str]:
    """Zones of the trailer by column, its hash apart, from the zones of the records of a file."""
    (totaux,) = render_tous_totaux(genre, alone(zones), 1)
    return totaux


def render_tous_totaux(
    genre: Genre, zones: Mapping[str, pl.DataFrame], nombre: int
) -> list[dict[str, str]]:
    """The same of so many files, from their records with `piece`."""
    lues = {code: with_valeurs(genre.enregistrements[code], f) for code, f in zones.items()}
    controle = read_enveloppe(CONTROLE)
    return [
        {nom.lower(): render_nombre(controle.champ(nom), valeur) for nom, valeur in totaux.items()}
        for totaux in compute_totaux(genre, lues, nombre)
    ]


def iter_summed(
    genre: Genre, total: str, frames: Mapping[str, pl.DataFrame]
) -> Iterator[tuple[str, Champ, pl.DataFrame]]:
    """Record, field and lines of each sum of a total."""
    for code, noms in genre.totaux.get(total, {}).items():
        enregistrement, frame = genre.enregistrements[code], frames[code]
        if genre.partage and total in SOMMES[:2]:
            partage = zone_of(enregistrement.champ(genre.partage["champ"]))
            premier = partage.is_in(genre.partage[SOMMES[0]]).fill_null(value=False)
            frame = frame.filter(premier if total == SOMMES[0] else ~premier)
        if genre.sans_extourne and total == SOMMES[2]:
            extourne = valeur_of(enregistrement.champ(genre.sans_extourne)) < 0
            frame = frame.filter(~extourne.fill_null(value=False))
        for nom in noms:
            yield code, enregistrement.champ(nom), frame


def render_nombre(champ: Champ, valeur: int) -> str:
    """A number as its zone writes it: zeros on the left, the sign last (it may be too long).

    >>> from specs.echanges import read_enveloppe
    >>> render_nombre(read_enveloppe("99").champ("SUM_1"), -12)
    '00000000000012-'
    """
    if champ.type == "S":
        return f"{abs(valeur):0{champ.longueur - 1}}{'-' if valeur < 0 else '+'}"
    return f"{valeur:0{champ.longueur}}"


def _count_employees(genre: Genre, frames: Mapping[str, pl.DataFrame], comptes: list[int]) -> None:
    if not genre.salaries:
        return
    frame = frames[genre.salaries]
    if genre.compte_enregistrements:
        _add(comptes, frame, pl.len())
        return
    sans_nir = frame.filter(pl.col("nir").is_null())
    for connus, nom in ((frame, "nir"), (sans_nir, "matricule")):
        _add(comptes, connus, pl.col(nom).drop_nulls().n_unique())


def _add(comptes: list[int], frame: pl.DataFrame, compte: pl.Expr) -> None:
    """Add to each file what its records count."""
    for piece, valeur in frame.group_by(PIECE).agg(compte.alias("compte")).iter_rows():
        comptes[piece] += int(valeur)
