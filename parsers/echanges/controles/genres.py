"""What each kind is controlled for beyond what its description declares, in the order of steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from parsers.echanges.controles import ari, cert, dmc, rib, tdp
from parsers.echanges.controles.cles import AFFAIRES, check_keys
from parsers.echanges.controles.declares import apply_controles, read_controles
from parsers.echanges.controles.examen import Examen
from parsers.echanges.controles.identite import check_identities, with_employees

Controle = Callable[[Examen], None]
COHERENCE: Mapping[str, Controle] = {
    "CERT": cert.check_coherence,
    "DMC": dmc.check_coherence,
    "ARI": ari.check_coherence,
    "TDP": tdp.check_coherence,
}
AFFAIRE: Mapping[str, Controle] = {
    "CERT": cert.check_affaires,
    "DMC": dmc.check_affaires,
    "ARI": ari.check_affaires,
    "RIB": rib.check_affaires,
    "TDP": tdp.check_affaires,
}


def check_lines(examen: Examen) -> None:
    """Steps 7 to 9 on every line, then 10 and 11 on those that they do not refuse."""
    genre, constats = examen.genre, examen.constats
    _apply_declared(examen, affaires=False)
    siren = pl.col("entete_siren")
    for code, frame in examen.frames.items():
        check_identities(frame, genre.enregistrements[code], siren, constats)
    if genre.salaries:
        bloc = genre.ligne.code
        examen.frames[bloc] = with_employees(examen.lignes, bloc, constats)
    if genre.nom in COHERENCE:
        COHERENCE[genre.nom](examen)
    check_keys(examen, coherence=True)
    restent = examen.without_refused()
    _apply_declared(restent, affaires=True)
    AFFAIRE[genre.nom](restent)
    check_keys(restent, coherence=False)


def _apply_declared(examen: Examen, *, affaires: bool) -> None:
    for code, frame in examen.frames.items():
        enregistrement = examen.genre.enregistrements[code]
        declares = read_controles(examen.genre.nom, enregistrement, examen.liasse.forme)
        siens = tuple(c for c in declares if (c.etape >= AFFAIRES) == affaires)
        apply_controles(frame, code, siens, examen.constats)
