"""What the fund pays: amounts due, whoever says them, transfers, what the bank answers."""

from __future__ import annotations

from pipelines.metier import Document, Etape, Liste, Metier, Portee, Recit

BANQUE = ("decaissements", "mouvements_ecartes")
COMPTES = ("etats_mandat", "comptes_salaries", "identites_echange")
PAIEMENTS = Metier(
    "paiements",
    etapes=(
        Etape(
            "etats_virements",
            Portee.PART,
            prepare="pipelines.reglements.etapes_virements:prepare_etats",
            plan="pipelines.nuit.parts:plan_membres",
            temps="tenir_comptes",
            lit=("*dus", *BANQUE, *COMPTES),
            ecrit=("reglements", "reglements_dus"),
            regroupe=True,
        ),
        Etape(
            "virements",
            Portee.PART,
            prepare="pipelines.reglements.etapes_virements:prepare_emissions",
            plan="pipelines.nuit.parts:plan_membres",
            temps="tenir_comptes",
            apres=("attestations",),
            lit=("*dus", *BANQUE, *COMPTES, "situations", "reglements"),
            ecrit=("reglements", "reglements_dus", "reglements_retenus"),
            regroupe=True,
        ),
    ),
    documents=(
        Document(
            "virements", "pipelines.reglements.documents.virements:compose_lettres", ensemble=True
        ),
        Document("reg", "pipelines.reglements.documents.reg:compose_lettres_reg"),
    ),
    recits=(Recit("reglements", "pipelines.reglements.recits:tell_reglement"),),
    alertes="pipelines.reglements.alertes_virements:read_alertes_virements",
    gardes=("pipelines.reglements.etapes_virements:check_sans_virement",),
    audits="pipelines.reglements.audits_virements:AUDITS",
    listes=(
        Liste(
            "reglements",
            "reglements",
            "Virements de la caisse, de l'ordre au débit, et ce que la banque en a dit.",
            autre=(
                "retenus",
                "reglements_retenus",
                "Sommes dues que la nuit n'a pas pu payer, et pourquoi.",
            ),
        ),
    ),
)
