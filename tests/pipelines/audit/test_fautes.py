"""Every audit is silent on a right night, and sees each fault that is planted in it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from pipelines.metiers import METIERS
from pipelines.publication.audit import gather_audits
from specs.contrats import contrats
from tests.pipelines.audit.alterations import Alteration, add, change, double, lose, more
from tests.pipelines.audit.lignes_conges import FAUTES_CONGES

if TYPE_CHECKING:
    from tests.pipelines.audit.conftest import Nuit

AUDITS = gather_audits(METIERS)
PIPELINES = Path(__file__).parents[3] / "pipelines"


def suspend(etats: pl.DataFrame) -> pl.DataFrame:
    """Every mandate is suspended."""
    return etats.with_columns(etat=pl.lit("SUSPENDU"))


def move_between_centres(lignes: pl.DataFrame) -> pl.DataFrame:
    """A cent of weather assiette goes from a centre of a company to another."""
    meteo = lignes.filter(pl.col("cotisation") == "CI_GOTP", pl.col("base_centimes") > 0)
    mois = ["siren", "mois_rattachement"]
    de_plusieurs = meteo.filter(pl.col("cdg").n_unique().over(mois) > 1).sort(*mois, "cdg")
    premier, second = de_plusieurs["appel"].unique(maintain_order=True)[:2]
    for appel, sens in ((premier, 1), (second, -1)):
        ou = (pl.col("appel") == appel) & (pl.col("cotisation") == "CI_GOTP")
        lignes = change(ou, abattement_centimes=pl.col("abattement_centimes") + sens)(lignes)
    return lignes


def split_in_tranches(lignes: pl.DataFrame) -> pl.DataFrame:
    """A base of the professional contribution that is in both tranches, whole."""
    ligne = lignes.row(0, named=True) | {"abattement_centimes": 0, "base_centimes": 1_000}
    jumelles = [ligne | {"cotisation": c} for c in ("FNTP_T1", "FNTP_T2")]
    return pl.DataFrame(jumelles, lignes.schema)


def chain(liens: pl.DataFrame) -> pl.DataFrame:
    """Two links of which the second goes on from the first."""
    lies = [("A", "B"), ("B", "C")]
    lignes = [
        {"siren": "999000011", "identifiant": de, "salarie": vers, "etat": "LIE"}
        for de, vers in lies
    ]
    return pl.concat([liens, pl.DataFrame(lignes, liens.schema)])


OCTOBRE = pl.col("mois_appel") == "2026-10"
SEPTEMBRE = pl.col("mois_appel") == "2026-09"
METEO = pl.col("cotisation") == "CI_GOTP"
NOUVELLE = pl.col("date_arrete") == date(2026, 11, 10)
DE_LA_NUIT = pl.col("date_emission") == date(2026, 11, 10)
D_AVANT = pl.col("date_emission") < date(2026, 11, 10)
REMPLACEE = pl.col("motif") == "ANNULE_ET_REMPLACE"
DEPOT_EN_DOUBLE = {"depot": "D99999999", "rang_declaration": 1}
FACTURE = {
    "part": 0, "facture": "FRAC-1", "rang": 1, "siren": "999000011", "siret": "99900001100011",
    "cdg": "C0000101", "mois_appel": "2026-10", "mois_rattachement": "2026-09",
    "salarie": "0" * 32, "montant_centimes": 11_869,
}  # fmt: skip
RETOUR = {
    "part": 0, "depot": "D99999999", "rang": 2, "siren": "999000011", "siret": "99900001100011",
    "cdg": "C0000101", "mois_appel": "2027-01", "recu_le": "2027-02-01T00:00:00Z",
    "motif_dsn": "NR", "individus": 1, "telepaiement": False, "statut": "REMPLACEE",
}  # fmt: skip
BASE_RETOUR = {
    "part": 0, "depot": "D99999999", "ligne": 3, "releve": 2, "siren": "999000011",
    "siret": "99900001100011", "mois_appel": "2027-01", "mois_rattachement": "2027-01",
    "code_base": "20", "quantite": 100_000,
}  # fmt: skip
COMPTE = {
    "part": 0, "depot": "D99999999", "rang": 2, "siren": "999000011", "salarie": "0" * 32,
    "compte": "1" * 32, "iban_masque": "FR76…0189", "debut_demande": date(2027, 1, 1),
    "debut": date(2026, 12, 31), "recu_le": "2026-12-01T00:00:00Z", "etat": "VALABLE",
}  # fmt: skip
PERDU = {
    "part": 0, "siren": "999000011", "declaration": "AUDIT", "arret": "01", "salarie": "0" * 32,
    "date": date(2026, 11, 9), "perdues_centiemes": 700, "carence_centiemes": 100,
    "indemnisees_centiemes": 600, "premieres_centiemes": 600,
}  # fmt: skip
LONG = PERDU | {"perdues_centiemes": 1_100, "indemnisees_centiemes": 1_000}
COMPTEUR = {
    "part": 0, "siren": "999000011", "salarie": "0" * 32, "annee": 2026, "declarations": 1,
    "perdues_centiemes": 700, "carence_centiemes": 100, "indemnisees_centiemes": 600,
    "premieres_centiemes": 600,
}  # fmt: skip
# Three quarters of 16.0000 for six hours: 72.00.
PART = {
    "part": 0, "siren": "999000011", "declaration": "AUDIT", "salarie": "0" * 32, "annee": 2026,
    "campagne": "2026-27", "chaine": "D99999999", "canicule": False,
    "indemnisees_centiemes": 600, "premieres_centiemes": 600, "salaire_horaire": 160_000,
    "indemnite_calculee_centimes": 7_201, "indemnite_retenue_centimes": 7_201,
    "premieres_centimes": 7_201, "suivantes_centimes": 0, "remboursable_centimes": 7_201,
    "remboursable_premieres_centimes": 7_201,
}  # fmt: skip
RELANCE = {
    "part": 0, "siret": "99900001100011", "mois": "2026-09", "niveau": 1, "siren": "999000011",
    "adherent": "A00001", "cdg": "C0000101", "date": date(2026, 11, 10),
    "date_limite": date(2026, 10, 15), "etat": "ABSENTE",
}  # fmt: skip
DU = {
    "part": 0, "du": "INT-999000011-D1-261110-P", "nature": "INT", "siren": "999000011",
    "origine": "D1", "libelle": "-", "mode": "VIREMENT", "si_a_jour": True,
    "montant_centimes": 6_241, "date_arrete": date(2026, 11, 10),
}  # fmt: skip
VIREMENT = {
    "part": 0, "reglement": "V261110-999000011-01", "nature": "INT", "siren": "999000011",
    "origine": "INT-999000011-261110", "cle_paiement": "INT 999000011 CB-1",
    "montant_centimes": 6_241, "date_execution": date(2026, 11, 12), "compte": "CB-1",
    "compte_credite": "1" * 32, "etat": "EMIS", "a_remettre": False,
    "bout_en_bout": "V261110-999000011-01", "lot": "L", "remise": "R",
    "date_emission": date(2026, 11, 10),
}  # fmt: skip
RETENU = {
    "part": 0, "cle_paiement": "INT 999000011 CB-1", "nature": "INT", "siren": "999000011",
    "montant_centimes": 6_241, "raison": "PAS_A_JOUR", "cause": "-",
}  # fmt: skip
DEBITE = {
    "part": 0, "decaissement": "D99999999-1", "reglement": "V261110-999000011-01",
    "siren": "999000011", "nature": "VIREMENT", "date_operation": date(2026, 11, 12),
    "date_valeur": date(2026, 11, 12), "montant_centimes": -6_241, "frais_centimes": 0,
    "net_centimes": -6_241, "extourne": False,
}  # fmt: skip
# Each one: the audit, what is planted, in which table, how.
FAUTES: list[tuple[str, str, str, Alteration]] = [
    ("declarations_lues", "une déclaration perdue", "declarations", lose),
    ("declarations_lues", "une déclaration intégrée deux fois", "declarations", double),
    (
        "declarations_retenues",
        "deux dépôts comptent pour une déclaration",
        "declarations",
        change(REMPLACEE, statut="RETENUE", motif=None),
    ),
    (
        "declarations_retenues",
        "un ordre plus bas l'emporte",
        "declarations",
        change(REMPLACEE, ordre=99),
    ),
    ("bases_lues", "une base perdue", "bases", lose),
    ("bases_lues", "une base attribuée deux fois", "bases", double),
    ("bases_lues", "un centime de base perdu", "bases", more("quantite")),
    ("bases_lues", "une base écartée sans raison", "bases", change(statut="ECARTEE")),
    ("bases_lues", "une base d'un autre mois", "bases", change(mois_rattachement="2026-08")),
    ("bases_declaration", "une base d'un autre centre", "bases", change(cdg="C0000999")),
    (
        "bases_declaration",
        "une base d'un autre mois d'appel",
        "bases",
        change(mois_appel="2026-08"),
    ),
    ("releves_lus", "un retour de paie sans fichier", "releves_tdp", add(**RETOUR)),
    ("releves_lus", "une base sans retour de paie", "bases_tdp", add(**BASE_RETOUR)),
    ("bases_tdp", "le dernier retour dit remplacé", "releves_tdp", add(**RETOUR)),
    ("bases_tdp", "un retour à côté d'une DSN", "bases", change(source="TDP")),
    ("comptes_lignes", "un compte sans fichier", "comptes_salaries", add(**COMPTE)),
    ("comptes_jours", "un compte avant son jour", "comptes_salaries", add(**COMPTE)),
    ("salaries_bases", "un salarié sans nom dans la liste", "salaries", lose),
    ("salaries_bases", "une base d'un inconnu", "bases", change(salarie="0" * 32)),
    ("retenues_declarations", "un contrat de trop", "contrats", change(rang_declaration=99)),
    ("retenues_declarations", "une absence d'un autre mois", "absences", change(mois="2026-08")),
    ("retenues_declarations", "des contrats perdus", "contrats", pl.DataFrame.clear),
    ("liens_appliques", "un lien sans fin", "liens_salaries", chain),
    ("numeros_nus", "un NIR pour matricule", "salaries", change(matricule="1850699912310")),
    ("numeros_nus", "un NIR pour contrat", "contrats", change(contrat="X-185069991231097")),
    ("factures", "une facture sans base", "factures_fractionnement_avant", add(**FACTURE)),
    ("lignes_quantites", "un centime brut de trop", "lignes_appel", more("base_brute_centimes")),
    ("lignes_quantites", "un centime de base de trop", "lignes_appel", more("base_centimes")),
    ("lignes_quantites", "une ligne doublée", "lignes_appel", double),
    ("lignes_quantites", "une ligne perdue", "lignes_appel", lose),
    ("lignes_montants", "un centime perdu", "lignes_appel", more("montant_centimes")),
    (
        "lignes_montants",
        "un abattement qui ne donne pas le montant",
        "lignes_appel",
        change(METEO, abattement_centimes=pl.col("abattement_centimes") - 100_000),
    ),
    ("lignes_valeurs", "un taux d'un autre mois", "lignes_appel", more("taux_ppm", OCTOBRE)),
    ("campagnes", "un abattement de trop", "lignes_appel", more("abattement_centimes", METEO)),
    ("campagnes_parts", "un centime à un autre centre", "lignes_appel", move_between_centres),
    ("cumuls", "un cumul qui n'est pas la somme", "cumuls_cotisations", more("cumul_centimes")),
    ("cumuls", "un mois perdu", "cumuls_cotisations", lose),
    ("cumuls_lignes", "une assiette non appelée", "cumuls_cotisations", more("assiette_centimes")),
    ("tranches", "une base dans les deux tranches", "lignes_appel", split_in_tranches),
    ("appels_lignes", "un centime de trop sur un appel", "appels", more("montant_centimes")),
    ("appels_lignes", "un appel sans lignes", "appels", add(appel="C0000101-202610-09", rang=9)),
    ("appels_rangs", "un trou dans les rangs", "appels", more("rang")),
    ("appels_rangs", "un premier appel complémentaire", "appels", change(nature="COMPLEMENTAIRE")),
    (
        "appels_rangs",
        "une échéance d'un autre jour",
        "appels",
        change(OCTOBRE, date_exigibilite=date(2026, 11, 26)),
    ),
    ("appels_publies", "un appel publié perdu", "appels", lambda f: f.filter(OCTOBRE)),
    ("appels_publies", "un appel publié réécrit", "appels", more("montant_centimes", SEPTEMBRE)),
    (
        "appels_publies",
        "une ligne publiée réécrite",
        "lignes_appel",
        more("abattement_centimes", SEPTEMBRE),
    ),
    ("mouvements", "un mouvement perdu", "encaissements", lose),
    ("mouvements", "un mouvement qui attend perdu", "encaissements_non_affectes", lose),
    (
        "mouvements",
        "un mouvement d'un autre montant",
        "encaissements",
        more("net_centimes"),
    ),
    (
        "mouvements",
        "un mouvement inventé",
        "encaissements",
        add(encaissement="D99999999-1"),
    ),
    (
        "encaissements",
        "des frais qui ne se retrouvent pas",
        "encaissements",
        change(frais_centimes=9),
    ),
    ("encaissements", "un montant qui n'est pas prélevé", "prelevements", more("montant_centimes")),
    ("prelevements_montants", "un centime de trop", "prelevements", more("montant_centimes")),
    ("prelevements_montants", "un appel d'une autre", "prelevements_appels", change(siren="1")),
    (
        "prelevements_montants",
        "deux prélèvements un même jour",
        "prelevements",
        add(prelevement="P1"),
    ),
    (
        "prelevements_dus",
        "plus que ce qui reste dû",
        "prelevements_appels",
        more("montant_centimes", pl.col("prelevement").str.contains("20261112")),
    ),
    (
        "prelevements_dus",
        "un appel déjà en cours de prélèvement",
        "prelevements",
        change(pl.col("etat") == "REJETE", etat="REGLE"),
    ),
    ("prelevements_mandats", "le mandat d'une autre", "prelevements", change(DE_LA_NUIT, rum="X")),
    (
        "prelevements_mandats",
        "un préavis trop court",
        "prelevements",
        change(DE_LA_NUIT, date_echeance=date(2026, 10, 22)),
    ),
    ("prelevements_mandats", "un mandat suspendu", "etats_mandat", suspend),
    (
        "prelevements_publies",
        "un prélèvement publié réécrit",
        "prelevements",
        more("montant_centimes", D_AVANT),
    ),
    ("prelevements_publies", "un appel prélevé perdu", "prelevements_appels", lambda f: f.clear()),
    ("ecritures_equilibrees", "un centime perdu", "ecritures", more("debit_centimes")),
    ("ecritures_equilibrees", "une ligne doublée", "ecritures", double),
    ("ecritures_equilibrees", "un compte inconnu", "ecritures", change(compte="999")),
    ("ecritures_publiees", "une ligne publiée perdue", "ecritures", lambda f: f.clear()),
    (
        "ecritures_publiees",
        "une ligne publiée réécrite",
        "ecritures",
        change(pl.col("date_comptable") < date(2026, 11, 10), libelle="autre"),
    ),
    (
        "ecritures_publiees",
        "une ligne antidatée",
        "ecritures",
        add(ecriture="APP-1", date_comptable=date(2026, 1, 1)),
    ),
    (
        "appels_ecritures",
        "un appel porté à un autre compte",
        "ecritures",
        change(pl.col("cotisation") == "CP", compte="7562"),
    ),
    ("appels_ecritures", "un appel non porté en compte", "appels", add(appel="C1-202610-01")),
    (
        "encaissements_ecritures",
        "un règlement non porté en compte",
        "encaissements",
        more("net_centimes"),
    ),
    (
        "prelevements_ecritures",
        "un prélèvement non porté en compte",
        "ecritures",
        lambda f: f.filter(pl.col("journal") != "PRELEVEMENT"),
    ),
    ("intemperies_heures", "un jour que rien n'indemnise", "jours_intemperies", add(**PERDU)),
    ("intemperies_heures", "dix heures le même jour", "jours_intemperies", add(**LONG)),
    ("intemperies_heures", "un compteur inventé", "cumuls_intemperies", add(**COMPTEUR)),
    (
        "intemperies_montants",
        "une indemnité fausse d'un centime",
        "indemnites_intemperies",
        add(**PART),
    ),
    *FAUTES_CONGES,
    ("remboursements_dus", "une somme due sans remboursement", "dus_intemperies", add(**DU)),
    ("dus_ecritures", "une somme due non portée en compte", "dus_intemperies", add(**DU)),
    (
        "dus_ecritures",
        "une somme portée sans être due",
        "ecritures",
        add(journal="DU", origine="INT-1", compte="4661"),
    ),
    ("mouvements", "un débit inventé", "decaissements", add(**DEBITE)),
    ("reglements_dus", "un virement sans somme due", "reglements", add(**VIREMENT)),
    ("reglements_dus", "une somme due ni payée ni retenue", "dus_intemperies", add(**DU)),
    ("reglements_retenus", "une somme retenue à tort", "reglements_retenus", add(**RETENU)),
    ("reglements_comptes", "le compte d'une autre", "reglements", add(**VIREMENT)),
    ("reglements_publies", "un virement publié perdu", "reglements_avant", add(**VIREMENT)),
    ("decaissements", "un débit d'aucun virement", "decaissements", add(**DEBITE)),
    (
        "decaissements",
        "un virement revenu sans retour",
        "reglements",
        add(**VIREMENT | {"etat": "RETO"}),
    ),
    ("soldes_ecritures", "un solde faux d'un centime", "soldes", more("solde_centimes")),
    ("soldes_creances", "un avoir perdu", "soldes", more("avoir_centimes")),
    ("soldes_creances", "un âge faux", "soldes", more("echu_31_60_centimes")),
    ("soldes_creances", "un centre sans solde", "soldes", lambda f: f.clear()),
    ("creances_appels", "un reste faux d'un centime", "creances", more("reste_centimes")),
    ("creances_appels", "un appel sans créance", "creances", lose),
    (
        "creances_appels",
        "un appel dû dit soldé",
        "creances",
        change(pl.col("reste_centimes") > 0, etat="SOLDEE"),
    ),
    (
        "creances_appels",
        "une part obligatoire fausse",
        "creances",
        more("obligatoire_centimes"),
    ),
    ("imputations", "un règlement imputé deux fois", "imputations", double),
    ("imputations", "un règlement imputé à une autre", "imputations", change(siren="1")),
    ("attendues", "un mois oublié", "declarations_attendues", lose),
    ("attendues", "un mois reçu dit absent", "declarations_attendues", change(etat="ABSENTE")),
    ("attendues", "un mois estimé sans base", "declarations_attendues", change(estimee=True)),
    ("relances", "une relance d'un mois reçu", "relances", add(**RELANCE)),
    ("situations", "à jour à tort", "situations", change(a_jour=~pl.col("a_jour"))),
    ("situations", "un centime échu de trop", "situations", more("echu_centimes")),
    (
        "changements",
        "un changement oublié",
        "changements_situation",
        change(apres=~pl.col("apres")),
    ),
    ("changements", "un rang sauté", "changements_situation", more("rang")),
    ("attestations", "une preuve fausse", "attestations", more("dsn_recues", NOUVELLE)),
    ("attestations", "une attestation publiée perdue", "attestations", lambda f: f.clear()),
    (
        "attestations",
        "une attestation révoquée en règle",
        "attestations",
        change(revoquee_le=date(2026, 11, 9)),
    ),
]


def test_a_right_night_has_no_fault(nuit: Nuit) -> None:
    """The last night of the demonstration: no audit returns a row."""
    constats = nuit.audit(*AUDITS.audits)
    assert [constat.audit for constat in constats] == [audit.nom for audit in AUDITS.audits]
    assert {c.audit: c.fautes.rows() for c in constats if c.fautes.height} == {}


@pytest.mark.parametrize(
    ("audit", "table", "alter"),
    [pytest.param(a, t, f, id=f"{a} : {quoi}") for a, quoi, t, f in FAUTES],
)
def test_a_planted_fault_is_seen(nuit: Nuit, audit: str, table: str, alter: Alteration) -> None:
    """A cent lost, a line doubled, a published row rewritten: the audit returns it, and whose."""
    (requete,) = (a for a in AUDITS.audits if a.nom == audit)
    (constat,) = nuit.audit(requete, fautes={table: alter(nuit.read(table.removesuffix("_avant")))})
    assert constat.fautes.height > 0


def test_every_audit_has_its_fault() -> None:
    """An audit that no planted fault proves to see something is not one."""
    assert {audit for audit, *_ in FAUTES} == {audit.nom for audit in AUDITS.audits}


def test_every_request_is_listed() -> None:
    """A file of SQL that no business lists would never run."""
    listees = {requete.fichier for requete in (*AUDITS.audits, *AUDITS.sommes)}
    assert set(PIPELINES.glob("*/audits*/*.sql")) == listees
    noms = [requete.nom for requete in (*AUDITS.audits, *AUDITS.sommes)]
    assert len(noms) == len(set(noms))


def test_every_audit_says_what_it_proves() -> None:
    """Its first words say it, then the source of the rule."""
    for audit in AUDITS.audits:
        entete = audit.fichier.read_text("utf-8").partition("\n\n")[0]
        assert entete.startswith("-- Proves: "), audit.nom
        assert "Source: " in entete, audit.nom


def test_rows_bear_no_personal_value(nuit: Nuit) -> None:
    """A refusal is read by operators and kept: identifiers of companies and amounts alone."""
    colonnes = [colonne for contrat in contrats().values() for colonne in contrat.colonnes]
    # `compte` is also an account of the ledger.
    communes = {c.nom for c in colonnes if c.classe == "entreprise"}
    personnelles = {c.nom for c in colonnes if c.classe == "pseudonyme"} - communes | {
        "titulaire",
        "nom_masque",
        "compte_masque",
        "libelle",
        "raison_sociale",
    }
    for constat in nuit.audit(*AUDITS.audits):
        assert "siren" in constat.fautes.columns, constat.audit
        assert not personnelles & set(constat.fautes.columns), constat.audit
