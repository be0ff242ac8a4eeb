"""Exchange files: what companies send, test and real, and what they are answered."""

from __future__ import annotations

from pipelines.metier import Document, Etape, Liste, Metier, NatureFichier, Portee

ECHANGE = NatureFichier(
    "ECHANGE",
    lit="pipelines.echanges.fichiers:read_depots_echange",
    reconnait="pipelines.echanges.reconnaissance:is_echange",
    entier="pipelines.echanges.fichiers:is_whole",
    mode="pipelines.echanges.fichiers:parse_mode",
    accuse="pipelines.echanges.reponses.ack:compose_acks",
    admet="pipelines.echanges.admission:admit_echanges",
    repond="pipelines.echanges.reponses.crt:compose_crts",
    redit="pipelines.echanges.reponses.redites:repeat_reponses",
    corrige="pipelines.echanges.fichiers:correct_depot",
    tables=(
        "envois_lus",
        "lignes_lues",
        "certificats_lus",
        "absences_certificat_lues",
        "reports_lus",
        "demandes_lues",
        "arrets_lus",
        "salaries_arret_lus",
        "jours_lus",
        "comptes_lus",
        "releves_lus",
        "bases_relevees",
        "identites_echange",
    ),
    voiles=(("clair", "salarie"), ("iban", "compte")),
)
SUITES = ("lignes_echange", "constats_echange", "valeurs_echange")
ECHANGES = Metier(
    "echanges",
    natures=(ECHANGE,),
    etapes=(
        Etape(
            "lignes",
            Portee.PART,
            titre="lignes des fichiers d'échange",
            prepare="pipelines.echanges.etapes:prepare_lignes",
            plan="pipelines.echanges.etapes:plan_echanges",
            temps="integrer",
            apres=("liens",),
            lit=("lignes_lues", "tranches_rangees"),
            ecrit=("lignes_en_vigueur", "tranches_rangees"),
            en_essai=True,
        ),
    ),
    etats="pipelines.echanges.etats:read_etats",
)
# What becomes of the lines is told once every business has judged them.
BILANS = Metier(
    "bilans",
    etapes=(
        Etape(
            "bilans",
            Portee.PART,
            prepare="pipelines.echanges.bilans:prepare_bilans",
            plan="pipelines.echanges.etapes:plan_echanges",
            temps="tenir_comptes",
            lit=("lignes_en_vigueur", "*constats", "*valeurs", *SUITES, "tranches_jugees"),
            ecrit=(*SUITES, "tranches_jugees"),
            en_essai=True,
        ),
    ),
    documents=(Document("crm", "pipelines.echanges.reponses.crm:compose_crms", par_depot=True),),
    essai="pipelines.echanges.reponses.crm:compose_essai",
    listes=(
        Liste(
            "lignes-echange",
            "lignes_echange",
            "Lignes des fichiers d'échange, et la suite donnée à chacune.",
            autre=("constats", "constats_echange", "Ce qui a été dit de chacune."),
        ),
    ),
)
# What companies agreed with the fund, and when it puts files at their disposal.
CALENDRIERS = Metier(
    "calendriers",
    etapes=(
        Etape(
            "calendriers",
            Portee.CAISSE,
            prepare="pipelines.echanges.calendriers:prepare_calendriers",
            temps="rapprocher",
            apres=("rapprochement", "retraits"),
            lit=("calendriers", "productions_rcp"),
            ecrit=("productions_rcp", "calendriers"),
        ),
    ),
    documents=(Document("rcp", "pipelines.echanges.documents.rcp:compose_lettres"),),
    listes=(
        Liste("conventions", "conventions", "Conventions des entreprises, et qui les administre."),
        Liste(
            "calendriers",
            "calendriers",
            "Dates de mise à disposition des fichiers, et leur état.",
        ),
    ),
)
