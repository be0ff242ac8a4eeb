"""The statement of account for people: a PDF composed from `specs/gabarits/releve.typ`."""

from __future__ import annotations

from pipelines.comptabilite.documents.mots import ETATS_CREANCE, JOURNAUX, TRANCHES
from pipelines.comptabilite.documents.valeurs import Creance, Majoration, Mouvement, Releve
from pipelines.editique.dessins import Dessin, compose_pdf
from pipelines.editique.mentions import describe_compte_caisse, describe_entreprise, describe_pied
from specs.typographie import (
    breakable,
    clip,
    format_date,
    format_entier,
    format_euros,
    format_jour,
    format_mois,
    format_taux,
    printable,
)


def compose_releve_pdf(releve: Releve) -> Dessin:
    """The statement as a PDF; the same statement always gives the same bytes."""
    return compose_pdf("releve", _describe_releve(releve), releve.date_arrete)


def _describe_releve(releve: Releve) -> dict[str, object]:
    periode = f"du {format_date(releve.debut)} au {format_date(releve.fin)}"
    dues = [c for c in releve.creances if c.reste_centimes or c.reste_majorations_centimes]
    return {
        "titre": "Relevé de compte",
        "sous_titre": periode,
        "pied": describe_pied("Relevé de compte", releve.date_arrete, releve.publication),
        "references": [
            ("Période", periode),
            ("Date d’arrêté", format_date(releve.date_arrete)),
            ("Mouvements", format_entier(len(releve.mouvements))),
        ],
        **describe_entreprise(releve.entreprise),
        **_describe_solde(releve),
        "anciennete": [
            {"nom": nom, "montant": format_euros(montant)}
            for nom, montant in list_tranches(releve)
            if montant or nom == TRANCHES["a_echoir"]
        ]
        + [{"nom": "Solde", "montant": format_euros(releve.anciennete.solde_centimes)}],
        **_describe_mouvements(releve),
        "remboursements": _describe_remboursements(releve),
        "virement": describe_compte_caisse(),
        "creances": [_describe_creance(creance) for creance in dues],
        "restes": {
            "principal": format_euros(sum(c.reste_centimes for c in dues)),
            "majorations": format_euros(sum(c.reste_majorations_centimes for c in dues)),
        },
        "majorations": [_describe_majoration(majoration) for majoration in releve.majorations],
        "majorations_regle": (
            "Les cotisations obligatoires payées après l’échéance portent, par mois de retard"
            " commencé, une majoration calculée sur ce qui restait dû. Un seul arrondi par appel."
        ),
        "majorations_total": format_euros(sum(m.montant_centimes for m in releve.majorations)),
    }


def list_tranches(releve: Releve) -> list[tuple[str, int]]:
    """What is owed by age, in words; the amounts add up to the balance."""
    age = releve.anciennete
    montants = {
        "a_echoir": age.a_echoir_centimes,
        "echu_0_30": age.echu_0_30_centimes,
        "echu_31_60": age.echu_31_60_centimes,
        "echu_61_90": age.echu_61_90_centimes,
        "echu_plus_90": age.echu_plus_90_centimes,
        "avoir": -age.avoir_centimes,
    }
    return [(TRANCHES[nom], montant) for nom, montant in montants.items()]


def _describe_solde(releve: Releve) -> dict[str, object]:
    solde = releve.cloture_centimes
    textes = {
        1: ("Solde dû à la caisse", f"au {format_date(releve.fin)}"),
        0: ("Compte soldé", f"rien n’est dû au {format_date(releve.fin)}"),
        -1: ("Solde en votre faveur", f"au {format_date(releve.fin)}"),
    }
    intitule, phrase = textes[(solde > 0) - (solde < 0)]
    return {
        "total_intitule": intitule,
        "echeance": phrase,
        "total_absolu": format_euros(abs(solde)),
        "credit": solde < 0,
    }


def _describe_mouvements(releve: Releve) -> dict[str, object]:
    soldes = releve.soldes_centimes
    debit = sum(m.debit_centimes for m in releve.mouvements)
    credit = sum(m.credit_centimes for m in releve.mouvements)
    return {
        "ouverture": {
            "date": format_jour(releve.debut),
            "solde": format_euros(releve.ouverture_centimes),
        },
        "mouvements": [
            _describe_mouvement(mouvement, solde)
            for mouvement, solde in zip(releve.mouvements, soldes, strict=True)
        ],
        "cloture": {
            "nom": f"Solde au {format_date(releve.fin)}",
            "debit": format_euros(debit),
            "credit": format_euros(credit),
            "solde": format_euros(releve.cloture_centimes),
        },
    }


def _describe_remboursements(releve: Releve) -> dict[str, object] | None:
    """What the fund owes the company, paid or not; nothing when it never owed anything."""
    dus = releve.remboursements
    if not (dus.mouvements or dus.ouverture_centimes):
        return None
    return {
        "ouverture": format_jour(releve.debut),
        "solde_ouverture": format_euros(dus.ouverture_centimes),
        "mouvements": [
            _describe_mouvement(mouvement, solde)
            for mouvement, solde in zip(dus.mouvements, dus.soldes_centimes, strict=True)
        ],
        "cloture": f"Reste à vous verser au {format_date(releve.fin)}",
        "solde": format_euros(dus.cloture_centimes),
    }


def _describe_mouvement(mouvement: Mouvement, solde: int) -> dict[str, str]:
    nature = JOURNAUX.get(mouvement.journal, mouvement.journal)
    valeur = f"valeur {format_jour(mouvement.date_valeur)}"
    details = (nature, mouvement.reference, f"centre {mouvement.cdg}", valeur)
    return {
        "date": format_jour(mouvement.date_comptable),
        "libelle": breakable(clip(mouvement.libelle, 120)),
        "precision": " · ".join(breakable(clip(detail, 60)) for detail in details if detail),
        "debit": format_euros(mouvement.debit_centimes) if mouvement.debit_centimes else "",
        "credit": format_euros(mouvement.credit_centimes) if mouvement.credit_centimes else "",
        "solde": format_euros(solde),
    }


def _describe_creance(creance: Creance) -> dict[str, str]:
    etat = ETATS_CREANCE.get(creance.etat, creance.etat)
    mois = format_entier(creance.mois_retard)
    retard = f", {mois} mois de retard" if creance.mois_retard else ""
    return {
        "appel": printable(creance.appel),
        "precision": f"{format_mois(creance.mois_appel)} · {printable(etat)}{retard}",
        "echeance": format_jour(creance.date_exigibilite),
        "montant": format_euros(creance.montant_centimes),
        "regle": format_euros(creance.regle_centimes),
        "reste": format_euros(creance.reste_centimes),
        "majorations": format_euros(creance.reste_majorations_centimes),
    }


def _describe_majoration(majoration: Majoration) -> dict[str, str]:
    base, taux, mois = majoration.base_centimes, majoration.taux_ppm, majoration.mois
    return {
        "appel": printable(majoration.appel),
        "libelle": breakable(clip(majoration.libelle, 120)),
        "base": "" if base is None else format_euros(base),
        "taux": "" if taux is None else format_taux(taux),
        "mois": "" if mois is None else format_entier(mois),
        "montant": format_euros(majoration.montant_centimes),
    }
