"""A file from one form to another: fixed, XML, workbook, CSV; with the controls of a deposit.

What a file holds is written in any form as soon as it can be: a line that the controls refuse does
not stop it, a whole file that they refuse does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from parsers.anomalies import BLOQUANTE, anomalie, assemble
from parsers.echanges.composition import ValeurHorsZone
from parsers.echanges.ecriture import find_hors_charte, write_fixe
from parsers.echanges.ecriture_xml import write_xml
from parsers.echanges.lecteur import CONFORME, ILLISIBLE, LECTEURS, NON_CONFORME, judge
from parsers.echanges.ouverture import is_xml, open_contenu
from parsers.echanges.zones import FIXE, XML, Fichier
from pipelines.echanges.reponses.formes import format_paris
from pipelines.echanges.tableur.assemblage import assemble_fichier
from pipelines.echanges.tableur.contenu import list_naturels
from pipelines.echanges.tableur.ecriture_csv import write_csv
from pipelines.echanges.tableur.ecriture_xlsx import write_classeur
from pipelines.echanges.tableur.lecture_csv import read_csv
from pipelines.echanges.tableur.lecture_xlsx import is_classeur, read_classeur
from pipelines.echanges.tableur.tables import TableurIllisible
from specs.echanges import ENTETE

XLSX, CSV = "xlsx", "csv"
SUFFIXES: Mapping[str, str] = {FIXE: ".txt", XML: ".xml"}
GZIP = ".gz"
Lieux = Mapping[int, tuple[str, int]]
SORTANT = "F009"  # an answer of the fund is converted as well
EXEMPTS = ("MODE", "SIREN")  # of an answer, when the deposit did not give them readably


@dataclass(frozen=True, slots=True)
class Source:
    """A file to convert: None when it can't be read, or is refused whole (`anomalies` says why).

    `anomalies`: `parsers.anomalies.SCHEMA`; `lieux`: sheet and row of each record; None when
    it is no spreadsheet.
    """

    fichier: Fichier | None
    verdict: str
    anomalies: pl.DataFrame
    lieux: Lieux | None = None


def read_source(nom: str, octets: bytes, recu_le: datetime) -> Source:
    """Read and control a file in any form; `recu_le` is an instant with its time zone."""
    suffixe = nom.lower().rpartition(".")[2]
    classeur = is_classeur(octets) or suffixe == XLSX
    if not classeur and suffixe != CSV:
        return _read_forme(nom, octets, recu_le)
    try:
        tables = read_classeur(octets) if classeur else read_csv(octets)
    except TableurIllisible as erreur:
        refus = assemble([anomalie(0, erreur.code, **erreur.champs)])
        return Source(None, ILLISIBLE, refus, {})
    lue = assemble_fichier(0, tables, format_paris(recu_le.isoformat()))
    if lue.fichier is None:
        return Source(None, ILLISIBLE, lue.anomalies, {})
    return replace(_control(lue.fichier, lue.anomalies, recu_le), lieux=lue.lieux)


def _read_forme(nom: str, octets: bytes, recu_le: datetime) -> Source:
    """A file as it is deposited, compressed or not."""
    contenu = open_contenu(octets, compresse=nom.lower().endswith(GZIP))
    if isinstance(contenu, str):
        return Source(None, ILLISIBLE, assemble([anomalie(0, "F012", variante=contenu)]))
    lue = LECTEURS[XML if is_xml(contenu) else FIXE](0, contenu)
    if lue.fichier is None:
        return Source(None, ILLISIBLE, assemble([lue.anomalies]))
    return _control(lue.fichier, lue.anomalies, recu_le)


def _control(fichier: Fichier, structure: pl.DataFrame, recu_le: datetime) -> Source:
    lue = judge(0, fichier, structure, recu_le)
    if fichier.genre is None or fichier.genre.entrant:
        return Source(None if lue.refuse else fichier, lue.verdict, lue.anomalies)
    exempte = (pl.col("bloc") == ENTETE) & pl.col("rubrique").is_in(EXEMPTS)
    sue = (pl.col("code") == SORTANT) | (exempte & (pl.col("variante") == "absent"))
    restent = lue.anomalies.filter(~sue.fill_null(value=False))
    if (restent["severite"] == BLOQUANTE).any():
        return Source(None, NON_CONFORME, restent)
    return Source(fichier, CONFORME, restent)


def write_forme(source: Source, forme: str) -> tuple[bytes | None, Source]:
    """The file in a form, or why it can't be: the source with what stops it."""
    fichier = source.fichier
    if fichier is None or fichier.genre is None:
        return None, source
    if forme in (XLSX, CSV):
        write = write_classeur if forme == XLSX else write_csv
        return write(fichier.genre.nom, list_naturels(fichier)), source
    hors = find_hors_charte(0, fichier) if forme == FIXE else source.anomalies.clear()
    if len(hors):
        dites = assemble([source.anomalies, hors])
        return None, replace(source, verdict=NON_CONFORME, anomalies=dites)
    try:
        return (write_fixe if forme == FIXE else write_xml)(fichier), source
    except ValeurHorsZone:  # told by the controls, field by field
        return None, source


def compute_nom(source: Source, forme: str) -> str | None:
    """The name under which a file is deposited; None for a form that is not."""
    entete = source.fichier.entete if source.fichier else None
    if entete is None or forme not in (FIXE, XML):
        return None
    parties = (entete[champ] for champ in ("kind", "mode", "convention", "created"))
    return f"{'_'.join(parties)}_0001{SUFFIXES[forme]}"
