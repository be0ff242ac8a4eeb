"""The statement of account as tables: movements with their balance, calls, increases, ageing."""

from __future__ import annotations

from pipelines.comptabilite.documents.mots import ETATS_CREANCE, JOURNAUX
from pipelines.comptabilite.documents.releve_pdf import list_tranches
from pipelines.comptabilite.documents.valeurs import (
    Creance,
    Majoration,
    Mouvement,
    Releve,
    Remboursements,
)
from pipelines.editique.tableaux import Cellule, Tableau, Tableaux, compose_tableau, identify
from specs.documents import read_modeles


def compose_releve_tableaux(releve: Releve) -> Tableaux:
    """The statement in the columns of `specs/documents/releve.yaml`."""
    tranches: list[dict[str, Cellule]] = [
        {"tranche": nom, "montant": montant} for nom, montant in list_tranches(releve)
    ]
    return Tableaux(
        modele=read_modeles()["releve"],
        identite=(
            *identify(releve.entreprise),
            ("Période", f"du {releve.debut:%d/%m/%Y} au {releve.fin:%d/%m/%Y}"),
        ),
        tableaux=(
            _compose_mouvements(releve),
            _compose_creances(releve),
            _compose_majorations(releve),
            _compose_remboursements(releve.remboursements),
            compose_tableau(
                "releve", "anciennete", tranches, {"montant": releve.anciennete.solde_centimes}
            ),
        ),
        date_arrete=releve.date_arrete,
        publication=releve.publication,
    )


def _compose_mouvements(releve: Releve) -> Tableau:
    """The opening balance, the movements, then the totals and the closing balance."""
    ouverture: dict[str, Cellule] = dict.fromkeys(
        read_modeles()["releve"].tables["lignes"].noms, None
    )
    ouverture |= {
        "date_comptable": releve.debut,
        "libelle": "Solde d'ouverture",
        "solde": releve.ouverture_centimes,
    }
    lignes = (
        _describe_mouvement(mouvement, solde)
        for mouvement, solde in zip(releve.mouvements, releve.soldes_centimes, strict=True)
    )
    total: dict[str, Cellule] = {
        "debit": sum(m.debit_centimes for m in releve.mouvements),
        "credit": sum(m.credit_centimes for m in releve.mouvements),
        "solde": releve.cloture_centimes,
    }
    return compose_tableau("releve", "lignes", [ouverture, *lignes], total)


def _compose_remboursements(dus: Remboursements) -> Tableau:
    """What the fund owes: what becomes due, what is paid, what is left to pay after each line."""
    lignes: list[dict[str, Cellule]] = [
        {
            "date_comptable": mouvement.date_comptable,
            "date_valeur": mouvement.date_valeur,
            "libelle": mouvement.libelle,
            "reference": mouvement.reference,
            "du": mouvement.credit_centimes,
            "verse": mouvement.debit_centimes,
            "reste": solde,
        }
        for mouvement, solde in zip(dus.mouvements, dus.soldes_centimes, strict=True)
    ]
    total: dict[str, Cellule] = {
        "du": sum(m.credit_centimes for m in dus.mouvements),
        "verse": sum(m.debit_centimes for m in dus.mouvements),
        "reste": dus.cloture_centimes,
    }
    return compose_tableau("releve", "remboursements", lignes, total)


def _describe_mouvement(mouvement: Mouvement, solde: int) -> dict[str, Cellule]:
    return {
        "date_comptable": mouvement.date_comptable,
        "date_valeur": mouvement.date_valeur,
        "nature": JOURNAUX.get(mouvement.journal, mouvement.journal),
        "cdg": mouvement.cdg,
        "libelle": mouvement.libelle,
        "reference": mouvement.reference,
        "debit": mouvement.debit_centimes,
        "credit": mouvement.credit_centimes,
        "solde": solde,
    }


def _compose_creances(releve: Releve) -> Tableau:
    total: dict[str, Cellule] = {
        "montant": sum(c.montant_centimes for c in releve.creances),
        "regle": sum(c.regle_centimes for c in releve.creances),
        "reste": sum(c.reste_centimes for c in releve.creances),
        "majorations": sum(c.majorations_centimes for c in releve.creances),
        "reste_majorations": sum(c.reste_majorations_centimes for c in releve.creances),
    }
    return compose_tableau("releve", "creances", map(_describe_creance, releve.creances), total)


def _describe_creance(creance: Creance) -> dict[str, Cellule]:
    return {
        "appel": creance.appel,
        "cdg": creance.cdg,
        "mois_appel": creance.mois_appel,
        "date_exigibilite": creance.date_exigibilite,
        "montant": creance.montant_centimes,
        "regle": creance.regle_centimes,
        "reste": creance.reste_centimes,
        "majorations": creance.majorations_centimes,
        "reste_majorations": creance.reste_majorations_centimes,
        "mois_retard": creance.mois_retard,
        "etat": ETATS_CREANCE.get(creance.etat, creance.etat),
    }


def _compose_majorations(releve: Releve) -> Tableau:
    total: dict[str, Cellule] = {"montant": sum(m.montant_centimes for m in releve.majorations)}
    lignes = map(_describe_majoration, releve.majorations)
    return compose_tableau("releve", "majorations", lignes, total)


def _describe_majoration(majoration: Majoration) -> dict[str, Cellule]:
    return {
        "appel": majoration.appel,
        "cdg": majoration.cdg,
        "libelle": majoration.libelle,
        "base": majoration.base_centimes,
        "taux": majoration.taux_ppm,
        "mois": majoration.mois,
        "montant": majoration.montant_centimes,
    }
