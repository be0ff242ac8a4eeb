"""The contribution call for people: a PDF composed from `specs/gabarits/appel.typ`."""

from __future__ import annotations

from pipelines.publication.documents.composition import render_pdf
from pipelines.publication.documents.formats import (
    breakable,
    clip,
    format_compte,
    format_date,
    format_euros,
    format_instant,
    format_mois,
    format_siren,
    printable,
)
from pipelines.publication.documents.lignes_pdf import describe_ligne, describe_pied
from pipelines.publication.documents.valeurs import Appel, DepotOrigine

DEPOTS_IMPRIMES = 20
ETABLISSEMENTS_IMPRIMES = 6


def render_appel_pdf(appel: Appel) -> bytes:
    """The call as a PDF; the same call always gives the same bytes."""
    return render_pdf("appel", _describe_appel(appel), appel.date_arrete)


def _describe_appel(appel: Appel) -> dict[str, object]:
    mois = format_mois(appel.mois_appel)
    reste = len(appel.depots) - DEPOTS_IMPRIMES
    return {
        "titre": "Appel de cotisations",
        "sous_titre": f"{mois} · centre de gestion {printable(appel.cdg)}",
        "pied": describe_pied(f"Appel {appel.appel}", appel.date_arrete, appel.publication),
        "reference": printable(appel.appel),
        "references": _describe_references(appel),
        "raison_sociale": breakable(clip(appel.raison_sociale, 200)),
        "adherent": _describe_adherent(appel),
        **_describe_total(appel),
        "complement_titre": f"Centre de gestion {printable(appel.cdg)}, {mois}",
        "complement": _describe_complement(appel),
        "lignes": [describe_ligne(ligne) for ligne in appel.lignes],
        "lignes_total": "Total de l’appel",
        "origine": _describe_origine(appel),
        "depots": [_describe_depot(depot) for depot in appel.depots[:DEPOTS_IMPRIMES]],
        "depots_reste": f"et {format_compte(reste, 'autre dépôt')}." if reste > 0 else "",
    }


def _describe_references(appel: Appel) -> list[tuple[str, str]]:
    nature = "initial" if appel.nature == "INITIAL" else f"complémentaire, rang {appel.rang}"
    return [
        ("Référence", printable(appel.appel)),
        ("Mois d’appel", format_mois(appel.mois_appel)),
        ("Nature", f"appel {nature}"),
        ("Centre de gestion", printable(appel.cdg)),
        ("Date d’arrêté", format_date(appel.date_arrete)),
        ("Échéance", format_date(appel.date_exigibilite)),
    ]


def _describe_adherent(appel: Appel) -> list[tuple[str, str]]:
    imprimes = [format_siren(siret) for siret in appel.etablissements[:ETABLISSEMENTS_IMPRIMES]]
    reste = len(appel.etablissements) - ETABLISSEMENTS_IMPRIMES
    if reste > 0:
        imprimes.append(f"et {format_compte(reste, 'autre')}")
    return [
        ("Adhérent", printable(appel.adherent)),
        ("SIREN", format_siren(appel.siren)),
        ("Établissements" if len(imprimes) > 1 else "Établissement", "\n".join(imprimes)),
    ]


def _describe_total(appel: Appel) -> dict[str, object]:
    echeance = format_date(appel.date_exigibilite)
    textes = {
        1: ("Total à régler", f"à régler au plus tard le {echeance}"),
        0: ("Total à régler", "rien à payer"),
        -1: ("Somme en votre faveur", f"portée à votre crédit à l’échéance du {echeance}"),
    }
    montant = appel.montant_centimes
    intitule, phrase = textes[(montant > 0) - (montant < 0)]
    return {
        "total_intitule": intitule,
        "echeance": phrase,
        "total": format_euros(montant),
        "total_absolu": format_euros(abs(montant)),
        "credit": montant < 0,
        "nul": montant == 0,
    }


def _describe_complement(appel: Appel) -> list[tuple[str, str]]:
    if appel.nature == "INITIAL":
        return []
    total = appel.deja_appele_centimes + appel.montant_centimes
    return [
        ("Déjà appelé", format_euros(appel.deja_appele_centimes)),
        ("Cet appel complémentaire", format_euros(appel.montant_centimes)),
        ("Nouveau total du mois", format_euros(total)),
    ]


def _describe_origine(appel: Appel) -> str:
    salaries = format_compte(appel.salaries, "salarié")
    if not appel.depots:
        return f"Cet appel porte sur {salaries}."
    depots = format_compte(len(appel.depots), "dépôt")
    participe = "reçu" if len(appel.depots) == 1 else "reçus"
    return f"Cet appel porte sur {salaries}. Il est calculé à partir de {depots} {participe}."


def _describe_depot(depot: DepotOrigine) -> dict[str, str]:
    return {
        "depot": printable(depot.depot),
        "nom": breakable(clip(depot.nom, 120)),
        "recu_le": format_instant(depot.recu_le),
    }
