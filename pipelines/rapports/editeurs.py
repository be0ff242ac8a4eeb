"""The published anomalies by payroll software, as the files themselves name it."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from parsers.dsn.enveloppe import TETE_OCTETS, Logiciel, parse_logiciel
from pipelines.rapports.regles.editeurs import LOGICIEL, group_anomalies
from warehouse.archive import Archive
from warehouse.lac import is_one_of
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee
from warehouse.purges import read_purges

DSN = "DSN"


def read_anomalies_editeurs(maison: Maison, editeur: str = "") -> pl.DataFrame:
    """Contract `anomalies_editeurs`, of the last publication.

    `editeur`: words that the name of the editor or of the software holds, in any case; all of them
    when it is empty.
    """
    anomalies = read_table_publiee(maison, "anomalies").collect()
    fautifs = pl.col("depot").is_in(anomalies["depot"].unique().implode())
    with maison.moteur.connect() as connexion:
        gardes = ~is_one_of("sha256", read_purges(connexion))
    lus = read_table_publiee(maison, "depots").filter(fautifs, gardes, pl.col("nature") == DSN)
    depots = lus.collect()
    logiciels = _read_logiciels(maison.archive, depots.select("depot", "sha256").iter_rows())
    groupes = group_anomalies(anomalies, depots.select("depot", "adherent"), logiciels)
    nommes = pl.concat_str("editeur", "logiciel", separator=" ").str.to_lowercase()
    return groupes.filter(nommes.str.contains(editeur.lower(), literal=True))


def _read_logiciels(archive: Archive, depots: Iterable[tuple[str, str]]) -> pl.DataFrame:
    """depot, editeur, logiciel, version_logiciel: what the first lines of each file say."""
    lus = [(depot, _read_logiciel(archive, sha256)) for depot, sha256 in depots]
    lignes = [(depot, lu.editeur, lu.nom, lu.version) for depot, lu in lus]
    return pl.DataFrame(lignes, dict.fromkeys(("depot", *LOGICIEL), pl.String), orient="row")


def _read_logiciel(archive: Archive, sha256: str) -> Logiciel:
    return parse_logiciel(archive.read_tete(sha256, TETE_OCTETS))
