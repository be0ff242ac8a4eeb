"""The archive read again, once, when a business keeps something more of the DSN, or otherwise.

Every lot bears in the journal what was extracted of it. A lot that lacks an extraction, as it is
now defined, is read again for it alone: states, anomalies and the other tables stay as they are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace

import polars as pl
from sqlalchemy import Connection

from pipelines.controle.dsn import read_depots_dsn
from pipelines.controle.lignes import build_origines, compute_rows, pseudonymised
from pipelines.controle.natures import list_extractions
from pipelines.lots import fingerprint_lot
from pipelines.metier import Extraction, Metier
from pipelines.nuit.passage import Passage
from pipelines.recus import Recu
from specs.contrats import columns_of, read_contrat
from warehouse.journal import CleEtape, Depot, read_depots, read_portees, record_etape
from warehouse.lac import is_one_of
from warehouse.maison import Maison
from warehouse.pseudonymes import Pseudonymes
from warehouse.purges import read_purges

CONTROLE = "controle"
CONDENSE = 12  # hexadecimal digits


def plan_relectures(maison: Maison, _date: object, metiers: Sequence[Metier]) -> list[str]:
    """Lots of which something that is now kept was never extracted."""
    with maison.moteur.connect() as connexion:
        lots = read_portees(connexion, CONTROLE)
        manques = [lots - read_portees(connexion, _etape(e)) for e in list_extractions(metiers)]
    return sorted(set().union(*manques))


def relire(passage: Passage, lot: str) -> None:
    """Read the conforming DSN of a lot for what was never extracted of it."""
    maison = passage.maison
    with maison.moteur.connect() as connexion:
        manquantes = [
            extraction
            for extraction in list_extractions(passage.metiers)
            if lot not in read_portees(connexion, _etape(extraction))
        ]
        conformes = _read_conformes(connexion, maison, lot) if manquantes else []
        purges = read_purges(connexion)
    if not manquantes:
        return
    depots = [depot for depot in conformes if depot.sha256 not in purges]
    partis = [depot.depot for depot in conformes if depot.sha256 in purges]
    frames = _extract(maison, lot, depots, manquantes)
    for table, frame in frames.items():
        # What a file that is no longer kept said then is all that is known of it.
        connues = maison.lac.read(table).filter(pl.col("lot") == lot, is_one_of("depot", partis))
        maison.lac.write(table, pl.concat([frame, connues.collect()]), {"lot": lot})
    cle = CleEtape(CONTROLE, lot, fingerprint_lot(depot.sha256 for depot in depots), "", "")
    with maison.moteur.begin() as connexion:
        record_extractions(connexion, lot, cle, manquantes)


def record_extractions(
    connexion: Connection, lot: str, cle: CleEtape, extractions: Sequence[Extraction]
) -> None:
    """Write in the journal that these were done on the lot; `cle`: that of its control."""
    for extraction in extractions:
        faite = replace(cle, etape=_etape(extraction), portee=lot)
        record_etape(connexion, faite, resultat={}, empreinte="", duree_ms=0)


def _etape(extraction: Extraction) -> str:
    """Name of an extraction as it is defined now: another definition is another step."""
    colonnes = [(c.nom, c.type) for c in read_contrat(extraction.table).colonnes]
    definition = [extraction.edition, extraction.blocs, extraction.voiles, colonnes]
    condense = hashlib.sha256(json.dumps(definition).encode()).hexdigest()[:CONDENSE]
    return f"extraction {extraction.table} {condense}"


def _read_conformes(connexion: Connection, maison: Maison, lot: str) -> list[Depot]:
    """The conforming DSN of a lot, as the lake holds them."""
    lues = maison.lac.read("declarations_lues").filter(pl.col("lot") == lot, pl.col("conforme"))
    noms = set(lues.select("depot").collect()["depot"])
    return [depot for depot in read_depots(connexion) if depot.depot in noms]


def _extract(
    maison: Maison, lot: str, depots: Sequence[Depot], extractions: Sequence[Extraction]
) -> dict[str, pl.DataFrame]:
    """Rows of these tables for the lot; none is left out when the table has nothing of it."""
    recus = [Recu(d.numero, maison.archive.open(d.sha256)) for d in depots]
    lu = read_depots_dsn(recus, [Metier("relecture", extractions=tuple(extractions))])
    origines = build_origines(lot, depots).with_columns(conforme=pl.lit(value=True))
    sirens = lu.tables["declarations_lues"].select("fichier", "rang_declaration", "siren")
    frames, pseudonymes = {}, Pseudonymes(maison.cle_pseudonymes)
    for extraction in extractions:
        if extraction.table not in lu.tables:
            continue
        lignes = compute_rows(
            read_contrat(extraction.table), lu.tables[extraction.table], origines, sirens
        )
        cachees = pseudonymised(lignes, extraction.voiles, pseudonymes)
        frames[extraction.table] = cachees.select(columns_of(extraction.table))
    return frames
