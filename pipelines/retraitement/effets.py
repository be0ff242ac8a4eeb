"""What an act would change: the same night in two twins of the house, one with it, one without.

    effet = compute_effet(maison, METIERS, lambda c: ..., maintenant, date_arrete)

Both twins are thrown away. What is due on that date without the act is in neither column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

import polars as pl
from pydantic import TypeAdapter
from sqlalchemy import Connection

from pipelines.metier import Metier
from pipelines.nuit.passage import Passage, is_nuit_en_cours, run_nuit
from specs.contrats import PART, Contrat, Lecteur, contrats
from warehouse.jumelle import open_jumelle
from warehouse.maison import Maison
from warehouse.publications import read_publication
from warehouse.remises import read_noms_publies

Jeu: TypeAlias = Callable[[Maison], None]
SANS_EFFET = frozenset({PART, "lot"})  # how the fund, and its deposits, were cut
NON_COMPAREES = frozenset({"fichiers_emis", "decisions"})
ARGENT = ("prelevements", "reglements")  # orders given to a bank
RECEPTION = frozenset({"recevoir", "remettre"})  # tasks that look at the boxes


class RetraitementRefuse(RuntimeError):  # noqa: N818 - named in French
    """The effect can't be computed now, or the act can't be done. Message in French."""


@dataclass(frozen=True, slots=True)
class Changement:
    """Rows of a table that change, of a company (None: of employees, or of the fund).

    `plus`, `moins`: rows that appear, that disappear; `autres`: rows of the same key that are not
    the same. `montants`: total of each column of amounts before and after, in centimes, when they
    differ.
    """

    table: str
    siren: str | None
    plus: int
    moins: int
    autres: int
    montants: Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Effet:
    """What would change, on the last publication `publication`, the night of `date_arrete`.

    `documents`: files that would be given besides (box, name); `retenus`: that would not any more.
    """

    publication: int
    date_arrete: date
    changements: tuple[Changement, ...]
    documents: tuple[tuple[str, str], ...]
    retenus: tuple[tuple[str, str], ...]

    @property
    def nul(self) -> bool:
        """Whether nothing would change."""
        return not (self.changements or self.documents or self.retenus)

    @property
    def argent(self) -> tuple[Changement, ...]:
        """The changes that are orders given to a bank."""
        return tuple(c for c in self.changements if c.table in ARGENT)


_EFFET: TypeAdapter[Effet] = TypeAdapter(Effet)


def format_effet(effet: Effet) -> bytes:
    """An effect as JSON."""
    return _EFFET.dump_json(effet)


def parse_effet(octets: bytes) -> Effet:
    """What `format_effet` wrote."""
    return _EFFET.validate_json(octets)


def compute_effet(
    maison: Maison,
    metiers: Sequence[Metier],
    agit: Callable[[Connection], None],
    maintenant: datetime,
    date_arrete: date,
) -> Effet:
    """What the night would publish otherwise, were `agit` done before it.

    Raises:
        RetraitementRefuse: a night is running.
    """

    def play(jumelle: Maison) -> None:
        run_nuit(Passage(jumelle, date_arrete, maintenant, tuple(metiers)), sauf=RECEPTION)

    def play_acte(jumelle: Maison) -> None:
        with jumelle.moteur.begin() as connexion:
            agit(connexion)
        play(jumelle)

    check_calme(Passage(maison, date_arrete, maintenant, tuple(metiers)))
    return compare_jeux(maison, date_arrete, play, play_acte)


def check_calme(passage: Passage) -> None:
    """RetraitementRefuse while a night is running."""
    if is_nuit_en_cours(passage):
        raise RetraitementRefuse("une nuit est en cours : attendre sa fin")


def compare_jeux(maison: Maison, date_arrete: date, sans: Jeu, avec: Jeu) -> Effet:
    """What two ways to play a night, each in a twin of the house, publish differently."""
    with maison.moteur.connect() as connexion:
        derniere = read_publication(connexion)
    numero = derniere.numero if derniere else 0
    with open_jumelle(maison) as premiere, open_jumelle(maison) as seconde:
        sans(premiere)
        avec(seconde)
        changements = [
            changement
            for contrat in contrats().values()
            if contrat.publie and contrat.nom not in NON_COMPAREES
            for changement in _compare(premiere, seconde, contrat)
        ]
        avant, apres = (read_documents(jumelle, numero) for jumelle in (premiere, seconde))
    return Effet(
        numero,
        date_arrete,
        tuple(changements),
        tuple(sorted(cle for cle in apres if apres[cle] != avant.get(cle))),
        tuple(sorted(avant.keys() - apres.keys())),
    )


def read_documents(maison: Maison, apres: int) -> dict[tuple[str, str], str]:
    """SHA-256 of the files, to be drawn or not, that the publication after `apres` gives."""
    with maison.moteur.connect() as connexion:
        return read_noms_publies(connexion, apres + 1)


def _compare(avant: Maison, apres: Maison, contrat: Contrat) -> Iterator[Changement]:
    """The changes of a table, by company, as the night leaves it, published or not."""
    sans = {*SANS_EFFET, contrat.datee}
    vues = [c for c in contrat.seen_by(Lecteur.EXPLOITANT).colonnes if c.nom not in sans]
    colonnes = [c.nom for c in vues]
    ici, ailleurs = (
        maison.lac.read(contrat.nom).select(colonnes).collect() for maison in (avant, apres)
    )
    moins = ici.join(ailleurs, on=colonnes, how="anti", nulls_equal=True)
    plus = ailleurs.join(ici, on=colonnes, how="anti", nulls_equal=True)
    centimes = [c.nom for c in vues if c.type == "centimes"]
    cle = [nom for nom in contrat.cle if nom in colonnes]
    for siren in _sirens(moins, plus):
        avant_lui, apres_lui = (_of(frame, siren) for frame in (moins, plus))
        autres = avant_lui.join(apres_lui, on=cle, how="semi", nulls_equal=True).height
        totaux = {nom: (int(avant_lui[nom].sum()), int(apres_lui[nom].sum())) for nom in centimes}
        yield Changement(
            contrat.nom,
            siren,
            apres_lui.height - autres,
            avant_lui.height - autres,
            autres,
            {nom: (a, b) for nom, (a, b) in totaux.items() if a != b},
        )


def _sirens(*frames: pl.DataFrame) -> list[str | None]:
    """Companies of these rows, sorted; None for rows without one."""
    if "siren" not in frames[0].columns:
        return [None] if any(frame.height for frame in frames) else []
    sirens = {s for frame in frames for s in frame["siren"].to_list()}
    return sorted(sirens, key=lambda siren: (siren is None, siren or ""))


def _of(frame: pl.DataFrame, siren: str | None) -> pl.DataFrame:
    if "siren" not in frame.columns:
        return frame
    return frame.filter(pl.col("siren").eq_missing(pl.lit(siren)))
