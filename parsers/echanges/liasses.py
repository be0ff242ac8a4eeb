"""Several files of one kind and one form, controlled together: a bundle.

A frame of a few records costs what one of thousands does: small files are judged as one, each being
told what it would be alone. Their records follow one another, under ranks of the bundle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

import polars as pl

from parsers.echanges.ouverture import NomDepot
from parsers.echanges.zones import PIECE, RANG, Fichier, alone
from specs.echanges import Genre


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of a bundle, under the caller's number.

    `nom`: None when it has no name to be judged; `scelle`: SHA-256 of its content.
    """

    numero: int
    fichier: Fichier
    recu_le: datetime
    nom: NomDepot | None = None
    scelle: str | None = None


@dataclass(frozen=True, slots=True)
class Liasse:
    """Files of one kind and one form (`genre`: None when it is not known, of one file then).

    `enregistrements`: as those of `zones.Fichier`, with `piece` (rank of the file, from 0); `rang`
    is that in the bundle: `bases`, then the rank in the file.
    """

    genre: Genre | None
    forme: str
    pieces: tuple[Piece, ...]
    enregistrements: Mapping[str, pl.DataFrame]
    bases: tuple[int, ...]

    @property
    def fin(self) -> int:
        """A rank beyond all of them."""
        return self.bases[-1] + self.pieces[-1].fichier.nombre + 2


def list_bases(nombres: Sequence[int]) -> tuple[int, ...]:
    """Ranks after which those of each file begin; what is told after its trailer has one too."""
    return tuple(accumulate((nombre + 1 for nombre in nombres[:-1]), initial=0))


def bind_alone(piece: Piece) -> Liasse:
    """The bundle of one file."""
    fichier = piece.fichier
    return Liasse(fichier.genre, fichier.forme, (piece,), alone(fichier.enregistrements), (0,))


def unbound(frame: pl.DataFrame, liasse: Liasse, *rangs: str) -> pl.DataFrame:
    """Records with `fichier`, the caller's number, and these ranks as each file counts them."""
    numeros = pl.Series([p.numero for p in liasse.pieces], dtype=pl.UInt32)
    bases = pl.Series(liasse.bases, dtype=pl.Int64).gather(frame[PIECE])
    return frame.with_columns(
        numeros.gather(frame[PIECE]).alias("fichier"),
        *((frame[rang] - bases).alias(rang) for rang in (rangs or (RANG,))),
    ).drop(PIECE)
