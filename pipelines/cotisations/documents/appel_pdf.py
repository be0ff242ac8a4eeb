"""The contribution call for people: a PDF composed from `specs/gabarits/appel.typ`."""

from __future__ import annotations

from pipelines.cotisations.documents.lignes_pdf import describe_ligne
from pipelines.cotisations.documents.mots import NATURES
from pipelines.cotisations.documents.phrases import explain_ligne, explain_taux
from pipelines.cotisations.documents.valeurs import (
    Appel,
    AppelGroupe,
    DepotOrigine,
    GroupePaiement,
    LigneAppel,
    Prelevement,
)
from pipelines.editique.codes_qr import build_virement
from pipelines.editique.dessins import Dessin, compose_pdf
from pipelines.editique.mentions import describe_compte_caisse, describe_pied
from specs.caisse import read_caisse
from specs.typographie import (
    breakable,
    clip,
    format_compte,
    format_date,
    format_de_mois,
    format_euros,
    format_instant,
    format_mois,
    format_siren,
    printable,
)

DEPOTS_IMPRIMES = 20
ETABLISSEMENTS_IMPRIMES = 6
# What a wage return says of the debit of its call, when there is none.
REFUS_TELEPAIEMENT = {
    True: (
        "Votre télédéclaration (TDP) demande un prélèvement, qui n’a lieu que le jour de"
        " l’échéance : aucun n’est prévu ce jour-là, faute de mandat actif ou de délai."
    ),
    False: "Votre télédéclaration (TDP) ne demande pas de prélèvement : il n’y en aura pas.",
}


def compose_appel_pdf(appel: Appel) -> Dessin:
    """The call as a PDF; the same call always gives the same bytes."""
    return compose_pdf("appel", _describe_appel(appel), appel.date_arrete)


def _describe_appel(appel: Appel) -> dict[str, object]:
    mois = format_mois(appel.mois_appel)
    reste = len(appel.depots) - DEPOTS_IMPRIMES
    return {
        "titre": "Appel de cotisations",
        "sous_titre": f"{mois} · centre de gestion {printable(appel.cdg)}",
        "pied": describe_pied(f"Appel {appel.appel}", appel.date_arrete, appel.publication),
        "references": _describe_references(appel),
        "raison_sociale": breakable(clip(appel.raison_sociale, 200)),
        "adherent": _describe_adherent(appel),
        **_describe_total(appel),
        "estimation": _describe_estimation(appel),
        "complement_titre": f"Centre de gestion {printable(appel.cdg)}, {mois}",
        "complement": _describe_complement(appel),
        "lignes": [describe_ligne(ligne) for ligne in appel.lignes],
        "lignes_total": "Total de l’appel",
        "explications": [_describe_explication(ligne) for ligne in appel.lignes],
        "taux": list(dict.fromkeys(map(explain_taux, appel.lignes))),
        **_describe_reglement(appel),
        "origine": _describe_origine(appel),
        "depots": [_describe_depot(depot) for depot in appel.depots[:DEPOTS_IMPRIMES]],
        "depots_reste": f"et {format_compte(reste, 'autre dépôt')}." if reste > 0 else "",
    }


def _describe_references(appel: Appel) -> list[tuple[str, str]]:
    rang = f", rang {appel.rang}" if appel.rang > 1 else ""
    return [
        ("Référence", printable(appel.appel)),
        ("Mois d’appel", format_mois(appel.mois_appel)),
        ("Nature", f"appel {NATURES[appel.nature]}{rang}"),
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
        1: ("Total à régler", _describe_echeance(appel)),
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


def _describe_echeance(appel: Appel) -> str:
    """When to pay; a month declared late is called after its due date."""
    if appel.prelevement is not None:
        return f"prélevé le {format_date(appel.prelevement.date_echeance)}"
    echeance = format_date(appel.date_exigibilite)
    if _is_past(appel):
        return f"échéance passée depuis le {echeance} : à régler sans attendre"
    return f"à régler au plus tard le {echeance}"


def _describe_complement(appel: Appel) -> list[tuple[str, str]]:
    if appel.nature != "COMPLEMENTAIRE":
        return []
    total = appel.deja_appele_centimes + appel.montant_centimes
    return [
        ("Déjà appelé", format_euros(appel.deja_appele_centimes)),
        ("Cet appel complémentaire", format_euros(appel.montant_centimes)),
        ("Nouveau total du mois", format_euros(total)),
    ]


def _describe_estimation(appel: Appel) -> dict[str, str]:
    """Why the call is an estimation and what ends it; nothing for the other calls."""
    if appel.nature != "ESTIME":
        return {}
    mois = format_de_mois(appel.mois_appel)
    imprimes = ", ".join(map(format_siren, appel.etablissements_estimes[:ETABLISSEMENTS_IMPRIMES]))
    reste = len(appel.etablissements_estimes) - ETABLISSEMENTS_IMPRIMES
    autres = f" et {format_compte(reste, 'autre')}" if reste > 0 else ""
    concernes = f" ({imprimes}{autres})" if imprimes else ""
    return {
        "titre": f"Appel estimé : la DSN {mois} n’est pas arrivée",
        "texte": (
            f"Faute de DSN exploitable{concernes}, la caisse a estimé les bases de ce mois."
            " Déposez la DSN : un appel complémentaire remplacera aussitôt l’estimation, par"
            " différence, en plus ou en moins. Ce qui est appelé ici reste dû en attendant."
        ),
    }


def _describe_explication(ligne: LigneAppel) -> dict[str, object]:
    return {
        "titre": f"{printable(ligne.libelle)}, {format_mois(ligne.mois_rattachement)}",
        "phrases": list(explain_ligne(ligne)),
    }


def _describe_reglement(appel: Appel) -> dict[str, object]:
    prelevement = appel.prelevement
    return {
        "reference": printable(appel.reference),
        "deja_regle": _describe_deja_regle(appel),
        "prelevement": _describe_prelevement(prelevement) if prelevement else {},
        "virement": _describe_virement(appel),
        "virement_qr": _encode_virement(appel),
        "mandat_inutilise": _describe_mandat_inutilise(appel),
        "groupe": _describe_groupe(appel.groupe) if appel.groupe else {},
    }


def _describe_deja_regle(appel: Appel) -> dict[str, object]:
    """What payments and credits leave to pay, when it is not what is called."""
    reste = appel.a_payer_centimes
    appele = appel.groupe.montant_centimes if appel.groupe else appel.montant_centimes
    if reste == appele:
        return {}
    return {
        "regle": format_euros(appele - reste),
        "reste": format_euros(reste),
        "solde": reste <= 0,
    }


def _describe_prelevement(prelevement: Prelevement) -> dict[str, str]:
    return {
        "date": format_date(prelevement.date_echeance),
        "montant": format_euros(prelevement.montant_centimes),
        "compte": printable(prelevement.compte)[-4:],
        "rum": printable(prelevement.rum),
    }


def _describe_virement(appel: Appel) -> list[tuple[str, str]]:
    echeance = format_date(appel.date_exigibilite)
    return [
        ("Montant", format_euros(appel.a_payer_centimes)),
        ("À recevoir", "sans attendre" if _is_past(appel) else f"le {echeance} au plus tard"),
        *describe_compte_caisse(),
        ("Référence", printable(appel.reference)),
    ]


def _encode_virement(appel: Appel) -> str:
    """The text of its QR code; empty when nothing is to be paid by transfer."""
    if appel.montant_centimes <= 0 or appel.prelevement is not None:
        return ""
    return build_virement(read_caisse().creancier, appel.a_payer_centimes, appel.reference)


def _describe_mandat_inutilise(appel: Appel) -> str:
    """Why a mandate does not pay the call, and what would make it pay; empty without mandate."""
    if appel.telepaiement is not None:
        return REFUS_TELEPAIEMENT[appel.telepaiement]
    if not appel.mandat_actif:
        return ""
    raison = (
        "Vous avez un mandat de prélèvement, mais il ne sert pas pour cet appel : seules les"
        " échéances postérieures au mandat sont prélevées, et seulement si aucun autre appel échu"
        " n’est impayé."
    )
    if _is_past(appel):
        return raison
    suite = " Si les appels échus sont réglés avant l’échéance, celui-ci sera prélevé."
    return raison + suite


def _is_past(appel: Appel) -> bool:
    return appel.date_exigibilite < appel.date_arrete


def _describe_groupe(groupe: GroupePaiement) -> dict[str, object]:
    return {
        "nom": f"{printable(groupe.groupe)} ({breakable(clip(groupe.libelle, 80))})",
        "appels": [_describe_membre(appel) for appel in groupe.appels],
        "total": format_euros(groupe.montant_centimes),
    }


def _describe_membre(appel: AppelGroupe) -> tuple[str, str, str]:
    return (printable(appel.appel), printable(appel.cdg), format_euros(appel.montant_centimes))


def _describe_origine(appel: Appel) -> str:
    if not appel.depots:
        return "Aucun dépôt de DSN n’a été pris en compte pour cet appel."
    salaries = format_compte(appel.salaries, "salarié")
    depots = "le fichier" if len(appel.depots) == 1 else "les fichiers"
    mois = format_de_mois(appel.mois_appel)
    return f"Cet appel porte sur {salaries}. Il vient de vos déclarations {mois}, dans {depots} :"


def _describe_depot(depot: DepotOrigine) -> dict[str, str]:
    return {
        "depot": printable(depot.depot),
        "nom": breakable(clip(depot.nom, 120)),
        "recu_le": format_instant(depot.recu_le),
    }
