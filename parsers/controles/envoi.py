"""Judging messages piece by piece, as if each were in one piece.

What is below an individual is judged in its piece. A control that looks wider (see `analyse`) waits
for the end of its message, and is judged on the columns that it names, kept from every piece:
memory is bounded by those columns.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

import polars as pl

from parsers.anomalies import SCHEMA
from parsers.controles.analyse import looks_wide, names_of
from parsers.controles.arbre import Arbre, short_name
from parsers.controles.execution import check_coherence
from parsers.controles.lecture import Controle, controles_of, controles_on
from parsers.controles.lieux import SCHEMA_LIEUX, Lignes, at_rubric, ranks
from parsers.dsn.blocs import REPERES
from parsers.dsn.grammaire import Grammaire, read_grammaire

PLACE = tuple(c for c in REPERES if c != "rang")
_NOM = re.compile(r"\b(r\d\d_\d{3}|b\d\d)\b")
ParBloc = dict[str, tuple[Controle, ...]]


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
        for bloc, colonnes in wide_columns(self._grammaire.norme.version).items():
            if bloc in blocs:
                self._blocs.setdefault(bloc, []).append(blocs[bloc].select(*PLACE, *colonnes))
        larges = {c.rubrique for cs in wide_of(self._grammaire.norme.version).values() for c in cs}
        self._places.append(lignes.places(ranks(larges, self._grammaire)))
        self._refuses.append(refuses)
        self._refuses_en_tete.append(refuses.filter(pl.col("rang_individu").is_null()))

    def _forget(self) -> None:
        self._blocs: dict[str, list[pl.DataFrame]] = {}
        self._places = [SCHEMA_LIEUX.to_frame()]
        self._refuses = [SCHEMA.to_frame()]
        self._refuses_en_tete = [SCHEMA.to_frame()]


@cache
def wide_of(version: str) -> ParBloc:
    """Controls of a version that wait for the end of the message, by block."""
    return _split(version, large=True)


@cache
def narrow_of(version: str) -> ParBloc:
    """The others, that a piece is enough to judge."""
    return _split(version, large=False)


def _split(version: str, *, large: bool) -> ParBloc:
    grammaire = read_grammaire(version)
    tries = {
        bloc: tuple(c for c in controles if looks_wide(c, grammaire) == large)
        for bloc, controles in controles_of(version).items()
    }
    return {bloc: controles for bloc, controles in tries.items() if controles}


@cache
def wide_columns(version: str) -> dict[str, tuple[str, ...]]:
    """Rubrics that the controls of `wide_of` read, by block, with the blocks above them."""
    grammaire = read_grammaire(version)
    blocs = names_of(version)
    rubriques = {short_name(r): r for rs in grammaire.rubriques_du_bloc.values() for r in rs}
    lus: dict[str, set[str]] = {"S20.G00.05": {"S20.G00.05.007"}}  # when it was made
    for controle in (c for controles in wide_of(version).values() for c in controles):
        textes = (controle.si, controle.alors, controle.sinon, controle.fautif, *controle.lit)
        nommes = set(_NOM.findall(" ".join(t for t in textes if t)))
        nommes.add(short_name(controle.rubrique))
        for nom in nommes & blocs.keys():
            lus.setdefault(blocs[nom], set()).update(r for r in [rubriques.get(nom)] if r)
        lus.setdefault(controle.bloc, set())
    for bloc in list(lus):
        for ancetre in grammaire.path(bloc):
            lus.setdefault(ancetre, set())
    return {bloc: tuple(sorted(noms)) for bloc, noms in lus.items()}
