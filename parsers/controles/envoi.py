"""Judging messages piece by piece, as if each were in one piece.

What is below an individual is judged in its piece. A control that looks wider (see `larges`) waits
for the end of its message, and is judged on what is kept of every piece: the columns that it names,
once each of their values where that is enough. Memory is bounded by those, not by the file.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from parsers.anomalies import SCHEMA
from parsers.controles.arbre import Arbre
from parsers.controles.execution import check_coherence, placed
from parsers.controles.larges import narrow_of, wide_columns, wide_of, wide_values
from parsers.controles.lecture import controles_on
from parsers.controles.lieux import SCHEMA_LIEUX, Lignes, at_rubric, ranks
from parsers.dsn.blocs import REPERES
from parsers.dsn.grammaire import Grammaire
from parsers.textes import detached

PLACE = tuple(c for c in REPERES if c != "rang")
COMMUNS = ("fichier", "envoi", "rang_declaration")  # what the rows of a declaration share


class Coherence:
    """The controls of one version, on the pieces of messages that follow one another."""

    def __init__(self, grammaire: Grammaire) -> None:
        self._grammaire = grammaire
        self._commence = False
        self._forget()

    def check(
        self,
        blocs: Mapping[str, pl.DataFrame],
        en_tete: Mapping[str, pl.DataFrame],
        refuses: pl.DataFrame,
        lignes: Lignes,
        *,
        fin: bool,
    ) -> list[pl.DataFrame]:
        """Anomalies of a piece; `fin` when its last message ends with it.

        `en_tete`: headers of the pieces before; `refuses`: its anomalies of values and presence;
        `lignes`: where its rubrics stand.
        """
        version = self._grammaire.norme.version
        arbre = Arbre(self._grammaire, blocs, en_tete)
        if fin and not self._commence:
            ici = dict.fromkeys([*en_tete, *blocs])
            trouvees = check_coherence(arbre, refuses, controles_on(version, ici))
            return self._at_their_lines(trouvees, lignes)
        self._commence = not fin
        self._keep(blocs, refuses, lignes)
        refuses = pl.concat([refuses, *self._refuses_en_tete[:-1]])
        trouvees = check_coherence(arbre, refuses, narrow_of(version))
        placees = self._at_their_lines(trouvees, lignes)
        if fin:
            entier = {bloc: pl.concat(frames) for bloc, frames in self._blocs.items()}
            tout = Arbre(self._grammaire, entier)
            larges = check_coherence(tout, pl.concat(self._refuses), wide_of(version))
            places = pl.concat(self._places)
            placees += [at_rubric(frame, places, self._grammaire) for frame in larges]
            self._forget()
        return placees

    def _at_their_lines(self, trouvees: list[pl.DataFrame], lignes: Lignes) -> list[pl.DataFrame]:
        if not trouvees:
            return []
        tout = pl.concat(trouvees)
        places = lignes.places(ranks({*tout["rubrique"]}, self._grammaire))
        return [at_rubric(tout, places, self._grammaire)]

    def _keep(
        self, blocs: Mapping[str, pl.DataFrame], refuses: pl.DataFrame, lignes: Lignes
    ) -> None:
        version = self._grammaire.norme.version
        vus = {
            bloc: blocs[bloc].select(*PLACE, *colonnes)
            for bloc, colonnes in wide_columns(version).items()
            if bloc in blocs
        }
        for bloc, frame in vus.items():
            gardes = self._blocs.setdefault(bloc, [])
            gardes.append(frame)
            if bloc in wide_values(version):
                valeurs = [*COMMUNS, *wide_columns(version)[bloc]]
                tout = pl.concat(gardes).unique(valeurs, keep="first", maintain_order=True)
                gardes[:] = [tout]
            gardes[-1] = detached(gardes[-1])
        larges = {c.rubrique for cs in wide_of(version).values() for c in cs}
        self._places.append(lignes.places(ranks(larges, self._grammaire)))
        self._refuses.append(placed(refuses, Arbre(self._grammaire, vus)))
        self._refuses_en_tete.append(refuses.filter(pl.col("rang_individu").is_null()))

    def _forget(self) -> None:
        self._blocs: dict[str, list[pl.DataFrame]] = {}
        self._places = [SCHEMA_LIEUX.to_frame()]
        self._refuses = [SCHEMA.to_frame()]
        self._refuses_en_tete = [SCHEMA.to_frame()]
