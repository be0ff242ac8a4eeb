"""The registry and the decisions as tables of the lake, so that a publication pins them.

IBANs are masked there: the lake holds no account number.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipelines.nuit.reserves.tenues import held, put_back
from specs.contrats import read_contrat
from warehouse.decisions import read_decisions
from warehouse.maison import Maison
from warehouse.nuits import PRESENT, Vue
from warehouse.publications import read_table_publiee
from warehouse.registre import TABLES
from warehouse.registre.etat import LIENS

# Tables that a business publishes, completed by what it computes.
COMPLETEES = frozenset({"calendriers"})
DECISIONS = "decisions"


def list_inscrites() -> frozenset[str]:
    """Tables that `write_registre` writes: the registry, as a night sees it, and the decisions."""
    return frozenset(TABLES) - COMPLETEES | {DECISIONS}


def write_registre(
    maison: Maison, tenues: frozenset[str] = frozenset(), vue: Vue = PRESENT
) -> Mapping[str, int]:
    """Write the tables that changed since they were last written.

    Of the companies in `tenues` (SIREN), the rows are those that were last published.

    Returns:
        The new Delta version of each table written; none when nothing changed.
    """
    with maison.moteur.connect() as connexion:
        frames = {
            nom: read(connexion, vue.registre)
            for nom, read in TABLES.items()
            if nom not in COMPLETEES
        }
        frames[DECISIONS] = read_decisions(connexion, vue.decisions)
    if tenues:
        frames = {nom: _put_back(maison, nom, frame, tenues, vue) for nom, frame in frames.items()}
    return {
        nom: maison.lac.write(nom, frame, None)
        for nom, frame in frames.items()
        if not frame.equals(_last_written(maison, nom))
    }


def _last_written(maison: Maison, nom: str) -> pl.DataFrame:
    return maison.lac.read(nom).collect().sort(read_contrat(nom).cle)


def _put_back(
    maison: Maison, nom: str, frame: pl.DataFrame, tenues: frozenset[str], vue: Vue
) -> pl.DataFrame:
    """A table in which the companies held have their published rows."""
    publiees = read_table_publiee(maison, nom).collect()
    if "siren" in frame.columns:
        return put_back(frame, publiees, held(tenues)).sort(read_contrat(nom).cle)
    lien, table = next(((c, t) for c, t in LIENS.items() if c in frame.columns), (None, ""))
    if lien is None:  # of no company
        return frame
    with maison.moteur.connect() as connexion:
        sirens = TABLES[table](connexion, vue.registre).select(lien, "siren")
    liees, anciennes = (lignes.join(sirens, on=lien, how="left") for lignes in (frame, publiees))
    return (
        put_back(liees, anciennes, held(tenues)).select(frame.columns).sort(read_contrat(nom).cle)
    )
