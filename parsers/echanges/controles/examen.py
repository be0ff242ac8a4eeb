"""A file whose envelope is right, under examination: its records, what is found, its lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import polars as pl

from parsers.echanges.constats import Constats
from parsers.echanges.controles.declares import SUIVI
from parsers.echanges.lignes import PORTEUR, refused_declarations, refused_lines
from parsers.echanges.valeurs import with_valeurs, zone_of
from parsers.echanges.zones import RANG, Fichier, colonne_of
from specs.echanges import Genre
from specs.echanges.regles import ARRET, DECLARATION


class Fait(NamedTuple):
    """Where `masque` is true, `code` is told on the field, `attendu` being what it should be."""

    code: str
    champ: str
    variante: str | None
    masque: pl.Expr
    attendu: pl.Expr | None = None


@dataclass(slots=True)
class Examen:
    """Records by code: zones, values (`v_...`), `ligne`, `declaration`, `porteur_...`.

    `recu_le` is an instant of UTC.
    """

    genre: Genre
    fichier: Fichier
    frames: dict[str, pl.DataFrame]
    constats: Constats
    recu_le: datetime

    @property
    def lignes(self) -> pl.DataFrame:
        """The records that bear the keys of the lines."""
        return self.frames[self.genre.ligne.code]

    def entete(self, champ: str) -> str:
        """A field of the header; "" when it is blank."""
        return (self.fichier.entete or {}).get(champ, "")

    def tell(self, frame: pl.DataFrame, bloc: str, *faits: Fait) -> None:
        """Judge the records of a type by these, all at once."""
        masques = frame.select(
            fait.masque.fill_null(value=False).alias(str(n)) for n, fait in enumerate(faits)
        )
        for fait, masque in zip(faits, masques.get_columns(), strict=True):
            if masque.any():
                attendu = pl.lit(None, pl.String) if fait.attendu is None else fait.attendu
                valeur = pl.col(fait.champ.lower()).alias("valeur")
                trouves = frame.select(RANG, valeur, attendu.alias("attendu")).filter(masque)
                self.constats.add(trouves, fait.code, bloc, fait.champ, fait.variante)

    def refused(self) -> pl.Series:
        """Ranks of the lines that are refused."""
        return refused_lines(self.genre, self.frames, self.constats)

    def without_refused(self) -> Examen:
        """The same file without its refused lines, nor the stops of refused declarations."""
        if not self.constats.has_faults:
            return self
        tombees = refused_declarations(self.frames, self.constats).implode()
        refusees = self.refused().implode()
        restent = {
            code: frame.filter(
                ~pl.col(DECLARATION).is_in(tombees)
                if code == ARRET
                else ~pl.col(PORTEUR).is_in(refusees)
            )
            for code, frame in self.frames.items()
        }
        return Examen(self.genre, self.fichier, restent, self.constats, self.recu_le)


def open_examen(
    fichier: Fichier,
    genre: Genre,
    frames: dict[str, pl.DataFrame],
    constats: Constats,
    recu_le: datetime,
) -> Examen:
    """The examination of records of `lignes.attach`, with values and zones of those they follow."""
    complets = {}
    for enregistrement in genre.details:
        frame = frames[enregistrement.code]
        if enregistrement.dans and enregistrement.liens:
            porteur = genre.enregistrements[enregistrement.dans]
            suivis = [
                zone_of(porteur.champ(nom)).alias(SUIVI + colonne_of(porteur.champ(nom)))
                for nom in enregistrement.liens
            ]
            suivie = frames[enregistrement.dans].select(pl.col(RANG).alias(PORTEUR), *suivis)
            frame = frame.join(suivie, on=PORTEUR, how="left", maintain_order="left")
        complets[enregistrement.code] = with_valeurs(enregistrement, frame)
    return Examen(genre, fichier, complets, constats, recu_le)
