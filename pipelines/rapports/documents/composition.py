"""From the frames of the night to the reports of conformity: one value a deposit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

import polars as pl

from parsers.anomalies import by_kind
from pipelines.controle.declarations_lues import SCHEMA_DECLARATIONS
from pipelines.controle.lecture import Lecture
from pipelines.controle.natures import Bilan
from pipelines.declarations.regles.depots import ANNULE_ET_REMPLACE, MOTIF_REMPLACE
from pipelines.rapports.documents.valeurs import (
    GroupeAnomalies,
    LigneAnomalie,
    LigneDeclaration,
    Rapport,
    Verdict,
)
from specs.messages import read_message
from specs.octets import Octets, fingerprint
from warehouse.instants import format_instant
from warehouse.journal import Depot

CHAMPS_ANOMALIE = tuple(LigneAnomalie.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Origine:
    """Where a file comes from, for the head of its report."""

    depot: str
    nom: str
    adherent: str
    raison_sociale: str
    sha256: str
    octets: int
    recu_le: str


def locate(depot: Depot, raisons_sociales: Mapping[str, str]) -> Origine:
    """Of a deposit; `raisons_sociales`: by member number, none for a box that is no member's."""
    return Origine(
        depot=depot.depot,
        nom=depot.nom,
        adherent=depot.adherent,
        raison_sociale=raisons_sociales.get(depot.adherent, ""),
        sha256=depot.sha256,
        octets=depot.octets,
        recu_le=depot.recu_le,
    )


def rapport_hors_depot(
    nom: str, octets: Octets, bilan: Bilan, lecture: Lecture, maintenant: datetime
) -> Rapport:
    """Report of a file that was not deposited (`caisse verifier`)."""
    instant = format_instant(maintenant)
    condense = fingerprint(octets)
    origine = Origine("hors dépôt", nom, "hors dépôt", "", condense, len(octets), instant)
    return compose_controle(origine, bilan, lecture, maintenant.date())


def compose_controle(
    origine: Origine, bilan: Bilan, lecture: Lecture, date_arrete: date
) -> Rapport:
    """What the control alone says of a file that was read."""
    return next(compose_controles_lus(lecture, [(origine, bilan, date_arrete)]))


def compose_controles_lus(
    lecture: Lecture, controles: Iterable[tuple[Origine, Bilan, date]]
) -> Iterator[Rapport]:
    """The same of many files that were read together, each as of its day."""
    lues = lecture.tables.get("declarations_lues", SCHEMA_DECLARATIONS.to_frame())
    dites = lecture.anomalies
    par_fichier, anomalies = (
        frame.partition_by("fichier", as_dict=True) for frame in (lues, dites)
    )
    sans_declaration, sans_anomalie = lues.clear(), dites.clear()
    for origine, bilan, jour in controles:
        fichier = (bilan.fichier,)
        yield compose_rapport(
            origine,
            bilan,
            declarations=par_fichier.get(fichier, sans_declaration),
            anomalies=anomalies.get(fichier, sans_anomalie),
            verdict=bilan.verdict,
            motif=None,
            date_arrete=jour,
        )


def compose_rapport(
    origine: Origine,
    bilan: Bilan,
    *,
    declarations: pl.DataFrame,
    anomalies: pl.DataFrame,
    verdict: str,
    motif: str | None,
    date_arrete: date,
) -> Rapport:
    """The report without its effect on the calls; blocking anomalies first, then by line."""
    triees = anomalies if anomalies.is_empty() else anomalies.sort("severite", "rang")
    groupes = () if triees.is_empty() else by_kind(triees).iter_rows(named=True)
    return Rapport(
        depot=origine.depot,
        nom=origine.nom,
        adherent=origine.adherent,
        raison_sociale=origine.raison_sociale,
        sha256=origine.sha256,
        octets=origine.octets,
        recu_le=origine.recu_le,
        essai=bilan.essai,
        version=bilan.version,
        verdict=cast("Verdict", verdict),
        motif=motif,
        lignes=bilan.lignes,
        declarations=tuple(map(_declaration, declarations.iter_rows(named=True))),
        anomalies=tuple(_anomalies(triees.iter_rows(named=True), origine.depot)),
        anomalies_bloquantes=bilan.anomalies_bloquantes,
        anomalies_signalees=bilan.anomalies_signalees,
        effets=(),
        date_arrete=date_arrete,
        groupes=tuple(GroupeAnomalies(**groupe) for groupe in groupes),
    )


def _declaration(ligne: Mapping[str, Any]) -> LigneDeclaration:
    return LigneDeclaration(
        rang=ligne["rang_declaration"],
        siret=ligne["siret"],
        mois=ligne["mois_appel"],
        nature=ligne["nature"],
        type=ligne["type"],
        fraction=ligne["fraction"],
        ordre=ligne["ordre"],
        individus=ligne["individus"],
        statut=ligne.get("statut"),
        motif=_explained(ligne.get("motif")),
    )


def _explained(motif: str | None) -> str | None:
    """The reason of a status in words: replaced, or the title of the anomaly that it names."""
    if motif is None:
        return None
    return MOTIF_REMPLACE if motif == ANNULE_ET_REMPLACE else read_message(motif).titre


def _anomalies(lignes: Iterable[Mapping[str, Any]], depot: str) -> Iterable[LigneAnomalie]:
    for ligne in lignes:
        connus = {champ: ligne[champ] for champ in CHAMPS_ANOMALIE if champ in ligne}
        yield LigneAnomalie(**{"lot": "", **connus, "depot": depot})
