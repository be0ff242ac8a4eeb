"""The notices of a night: one letter a company, with the stops that are left to be declared."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import polars as pl

from pipelines.editique.dessins import Dessin, compose_pdf
from pipelines.editique.formes import Fichier
from pipelines.editique.lettres import Lettre
from pipelines.editique.mentions import describe_entreprise, describe_pied
from pipelines.editique.valeurs import Entreprise
from pipelines.intemperies.regles.echeances import HEURES
from pipelines.intemperies.regles.suivi_echeances import ANNONCEE, RAPPELEE, TABLE
from pipelines.publication.nuit import Nuit
from specs.contrats import valeurs_of
from specs.typographie import format_compte, format_date
from warehouse.maison import Maison
from warehouse.registre.lecture import read_adherents

CONSIGNES = (
    "Déclarez chaque arrêt par un fichier ARI, ou corrigez la DSN suivante s’il n’a pas eu lieu.",
    "Un fichier d’essai ne déclare rien : déposez-le en mode réel.",
)
SUITES = (
    "Passé l’échéance, les heures et les droits du salarié comptent, mais rien n’est remboursé.",
    "Une déclaration est due même si rien ne doit être remboursé.",
)


def compose_lettres(maison: Maison, nuit: Nuit) -> Iterator[Lettre]:
    """Letters to the companies that something new is told, or told again, tonight."""
    with maison.moteur.connect() as connexion:
        adherents = read_adherents(connexion, nuit.vue.registre)
    echeances = maison.lac.read(TABLE).filter(nuit.served()).collect()
    for entreprise, lignes in list_avis(echeances, adherents, nuit):
        yield Lettre(entreprise.adherent, partial(_draw, entreprise, lignes, nuit))


def list_avis(
    echeances: pl.DataFrame, adherents: pl.DataFrame, nuit: Nuit
) -> Iterator[tuple[Entreprise, pl.DataFrame]]:
    """Each company to be told, with all that it has left to declare, the nearest deadline first."""
    dites = (pl.col("annoncee_le") == nuit.date_arrete) | (
        pl.col("rappelee_le") == nuit.date_arrete
    )
    touchees = echeances.filter(dites).select("siren").unique()
    ouvertes = echeances.filter(pl.col("etat").is_in([ANNONCEE, RAPPELEE])).join(
        touchees, on="siren", how="semi"
    )
    noms = {
        siren: Entreprise(numero, siren, nom)
        for siren, numero, nom in adherents.select(
            "siren", "numero_adherent", "raison_sociale"
        ).iter_rows()
    }
    triees = ouvertes.sort("siren", "echeance", "evenement", "origine")
    for (siren,), siennes in triees.partition_by(
        "siren", as_dict=True, maintain_order=True
    ).items():
        if str(siren) in noms:
            yield noms[str(siren)], siennes


def _draw(entreprise: Entreprise, lignes: pl.DataFrame, nuit: Nuit) -> Iterator[Fichier]:
    nom = f"ECHEANCE_{entreprise.siren}_{nuit.date_arrete:%Y%m%d}.pdf"
    yield nom, compose_avis(entreprise, lignes, nuit)


def compose_avis(entreprise: Entreprise, lignes: pl.DataFrame, nuit: Nuit) -> Dessin:
    """The notice as a PDF."""
    premiere = format_date(lignes["echeance"].min())  # type: ignore[arg-type] # a column of dates
    donnees = {
        "titre": "Arrêts d’intempéries à déclarer",
        "sous_titre": f"à la date du {format_date(nuit.date_arrete)}",
        "pied": describe_pied("Avis d’échéance", nuit.date_arrete, nuit.numero),
        "references": [
            ("Date", format_date(nuit.date_arrete)),
            ("Première échéance", premiere),
        ],
        **describe_entreprise(entreprise),
        "constat": f"{format_compte(len(lignes), 'arrêt')} à déclarer",
        "reponse": f"La première échéance est le {premiere}, ce jour compris.",
        "arrets": [_describe(ligne) for ligne in lignes.iter_rows(named=True)],
        "consignes": list(CONSIGNES),
        "suites": list(SUITES),
    }
    return compose_pdf("echeances", donnees, nuit.date_arrete)


def _describe(ligne: dict[str, Any]) -> dict[str, str]:
    au_plus_tard = " au plus tard" if ligne["origine"] == HEURES else ""
    return {
        "origine": valeurs_of(TABLE, "origine")[ligne["origine"]],
        "evenement": f"{format_date(ligne['evenement'])}{au_plus_tard}",
        "salaries": str(ligne["salaries"]),
        "echeance": format_date(ligne["echeance"]),
        "rappel": "rappelé" if ligne["etat"] == RAPPELEE else "",
    }
