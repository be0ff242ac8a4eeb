"""Files whose envelope is right, under examination: their records, what is found, their lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from parsers.echanges.constats import Constats
from parsers.echanges.controles.declares import SUIVI
from parsers.echanges.liasses import Liasse
from parsers.echanges.lignes import PORTEUR, refused_declarations, refused_lines
from parsers.echanges.valeurs import with_valeurs, zone_of
from parsers.echanges.zones import PIECE, RANG, colonne_of
from specs.echanges import Genre
from specs.echanges.regles import ARRET, DECLARATION

DE_ENTETE = "entete_"  # of the zones of the header, beside those of each record


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

    Of the file of each: `piece`, and of its header `entete_siren`, `entete_created`.
    """

    genre: Genre
    liasse: Liasse
    frames: dict[str, pl.DataFrame]
    constats: Constats

    @property
    def lignes(self) -> pl.DataFrame:
        """The records that bear the keys of the lines."""
        return self.frames[self.genre.ligne.code]

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

    def without_files(self) -> Examen:
        """The same without the files that are refused whole."""
        refuses = sorted(self.constats.refuses)
        if not refuses:
            return self
        restent = {c: f.filter(~pl.col(PIECE).is_in(refuses)) for c, f in self.frames.items()}
        return Examen(self.genre, self.liasse, restent, self.constats)

    def without_refused(self) -> Examen:
        """The same files without their refused lines, nor the stops of refused declarations."""
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
        return Examen(self.genre, self.liasse, restent, self.constats)


def open_examen(
    liasse: Liasse, genre: Genre, frames: dict[str, pl.DataFrame], constats: Constats
) -> Examen:
    """The examination of records of `lignes.attach`, with values and zones of those they follow."""
    complets = {}
    entetes = {
        champ: pl.Series(
            DE_ENTETE + champ,
            [(piece.fichier.entete or {}).get(champ, "") for piece in liasse.pieces],
            pl.String,
        )
        for champ in ("siren", "created")
    }
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
        frame = frame.with_columns(dits.gather(frame[PIECE]) for dits in entetes.values())
        complets[enregistrement.code] = with_valeurs(enregistrement, frame)
    return Examen(genre, liasse, complets, constats).without_files()
