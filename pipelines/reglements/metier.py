"""What the bank says, and what is asked of it."""

from __future__ import annotations

from pipelines.metier import Document, Etape, Liste, Metier, NatureFichier, Portee

REGLEMENTS = Metier(
    "reglements",
    etapes=(
        Etape(
            "rapprochement",
            Portee.CAISSE,
            titre="rapprochement bancaire",
            prepare="pipelines.reglements.etapes:prepare_rapprochement",
            temps="rapprocher",
            lit=("mouvements_banque", "appels"),
            ecrit=(
                "encaissements",
                "decaissements",
                "encaissements_non_affectes",
                "mouvements_ecartes",
            ),
        ),
        Etape(
            "reglements",
            Portee.PART,
            titre="comptes",
            prepare="pipelines.reglements.etapes:prepare_etats",
            plan="pipelines.nuit.parts:plan_membres",
            temps="tenir_comptes",
            lit=("appels", "encaissements", "mouvements_ecartes"),
            ecrit=("prelevements", "prelevements_appels", "etats_mandat"),
            regroupe=True,
        ),
        Etape(
            "prelevements",
            Portee.PART,
            prepare="pipelines.reglements.etapes:prepare_emissions",
            temps="tenir_comptes",
            apres=("comptabilite",),
            lit=(
                "appels",
                "creances",
                "prelevements",
                "etats_mandat",
                "encaissements",
                "mouvements_ecartes",
            ),
            ecrit=("prelevements", "prelevements_appels", "prelevements_ecartes"),
            regroupe=True,
        ),
    ),
    natures=(
        NatureFichier(
            "BANQUE",
            lit="pipelines.reglements.fichiers:read_depots_banque",
            reconnait="pipelines.reglements.reconnaissance:is_de_la_banque",
            tables=("mouvements_banque",),
            voiles=(("iban_tiers", "compte_tiers"),),
            definitif=True,
        ),
    ),
    documents=(
        Document(
            "remise_sepa", "pipelines.reglements.documents.lettres:compose_lettres", ensemble=True
        ),
    ),
    alertes="pipelines.reglements.alertes:read_alertes_reglements",
    gardes=("pipelines.reglements.etapes:check_sans_prelevement",),
    audits="pipelines.reglements.audits:AUDITS",
    decisions="pipelines.reglements.decisions:NATURES",
    listes=(
        Liste(
            "prelevements",
            "prelevements",
            "Prélèvements remis à la banque, et ce qu'elle en a dit.",
        ),
        Liste(
            "encaissements",
            "encaissements",
            "Mouvements de la banque affectés à un adhérent, ou qui attendent une décision.",
            autre=(
                "en-attente",
                "encaissements_non_affectes",
                "Ceux que personne n'a pu affecter, et pourquoi.",
            ),
        ),
    ),
)
