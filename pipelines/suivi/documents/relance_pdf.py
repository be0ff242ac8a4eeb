"""The reminder of missing declarations: a PDF composed from `specs/gabarits/relance.typ`."""

from __future__ import annotations

from itertools import groupby

from pipelines.editique.dessins import Dessin, compose_pdf
from pipelines.editique.mentions import describe_entreprise, describe_pied
from pipelines.suivi.documents.mots import ETATS_DECLARATION
from pipelines.suivi.documents.valeurs import DeclarationManquante, Relance
from specs.typographie import format_compte, format_date, format_mois, format_siren, printable


def compose_relance_pdf(relance: Relance) -> Dessin:
    """The reminder as a PDF; the same reminder always gives the same bytes."""
    return compose_pdf("relance", _describe_relance(relance), relance.date_arrete)


def _describe_relance(relance: Relance) -> dict[str, object]:
    reponse, numero = format_date(relance.date_reponse), printable(relance.relance)
    par_siret = groupby(sorted(relance.manquantes, key=_cle), key=lambda m: m.siret)
    nombre = format_compte(len(relance.manquantes), "déclaration manquante")
    return {
        "titre": "Déclarations manquantes",
        "sous_titre": f"relance n°\u00a0{relance.rang}",
        "pied": describe_pied(f"Relance {numero}", relance.date_arrete, relance.publication),
        "references": [
            ("Référence", numero),
            ("Relance", f"n°\u00a0{relance.rang}"),
            ("Date", format_date(relance.date_arrete)),
            ("À régulariser avant le", reponse),
        ],
        **describe_entreprise(relance.entreprise),
        "constat": nombre,
        "reponse": f"À déposer au plus tard le {reponse}.",
        "etablissements": [
            _describe_etablissement(siret, list(manquantes)) for siret, manquantes in par_siret
        ],
        "consignes": _list_consignes(relance),
        "suites": _list_suites(relance),
    }


def _cle(manquante: DeclarationManquante) -> tuple[str, str]:
    return (manquante.siret, manquante.mois)


def _describe_etablissement(
    siret: str, manquantes: list[DeclarationManquante]
) -> dict[str, object]:
    centre = printable(manquantes[0].cdg)
    return {
        "nom": f"Établissement {format_siren(siret)}, centre de gestion {centre}",
        "mois": [
            {
                "nom": format_mois(manquante.mois),
                "limite": format_date(manquante.date_limite),
                "etat": ETATS_DECLARATION[manquante.etat],
            }
            for manquante in manquantes
        ],
    }


def _list_consignes(relance: Relance) -> list[str]:
    etats = {manquante.etat for manquante in relance.manquantes}
    consignes = [
        "Déposez la DSN de chaque mois ci-dessus, en mode réel, dans votre boîte de dépôt."
    ]
    if "INUTILISABLE" in etats:
        consignes.append(
            "Pour un mois dont la DSN n’est pas exploitable, ouvrez le rapport de conformité du"
            " dépôt : il dit ce qui bloque et comment le corriger."
        )
    if "PARTIELLE" in etats:
        consignes.append("Pour un mois incomplet, déposez les fractions qui manquent.")
    consignes.append(
        "Si un établissement n’a plus de salarié ou a quitté la caisse, dites-le à la caisse : la"
        " déclaration ne sera plus attendue."
    )
    return consignes


def _list_suites(relance: Relance) -> list[str]:
    estime = (
        "Un appel de cotisations estimé est émis pour chaque mois manquant ; la DSN, quand elle"
        " arrive, le remplace par différence."
    )
    return [
        *([estime] if relance.appel_estime else []),
        "Les cotisations restent exigibles à leur date : le retard porte majoration.",
        "L’attestation de cotisations à jour pour les marchés publics ne peut pas être délivrée.",
    ]
