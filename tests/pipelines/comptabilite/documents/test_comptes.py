"""Statement, summary and bases of employees: composed from frames, reconciled, read back."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from io import BytesIO, StringIO
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from pipelines.comptabilite.documents.releve_pdf import compose_releve_pdf
from pipelines.comptabilite.documents.releve_tableaux import compose_releve_tableaux
from pipelines.comptabilite.documents.releves import Comptes, compose_releve
from pipelines.comptabilite.documents.valeurs import Releve
from pipelines.cotisations.documents.recapitulatif_pdf import compose_recapitulatif_pdf
from pipelines.cotisations.documents.recapitulatif_tableaux import compose_recapitulatif_tableaux
from pipelines.cotisations.documents.recapitulatifs import compose_recapitulatif, list_periodes
from pipelines.declarations.documents.bases_tableaux import compose_bases_tableaux
from pipelines.declarations.documents.etats_bases import compose_etat_bases
from pipelines.editique.tableaux import Tableaux
from pipelines.editique.tableaux_csv import render_csv
from pipelines.editique.tableaux_xlsx import render_xlsx
from pipelines.editique.valeurs import Entreprise
from specs.contrats import read_contrat, schema_polars
from specs.periodes import Mois, PeriodeRefusee, parse_periode
from specs.plan_comptable import read_plan_comptable

ENTREPRISE = Entreprise("004217", "800000000", "Terrassements Éloïse Dûpré & Fils")
ARRETE = date(2026, 7, 1)
ADHERENTS = read_plan_comptable().adherents
A_PAYER = read_plan_comptable().dus["INT"].a_payer


def frame(table: str, lignes: list[dict[str, Any]]) -> pl.DataFrame:
    """Rows of a contract, whatever it also has being null."""
    schema = schema_polars(read_contrat(table))
    vide = dict.fromkeys(schema)
    return pl.DataFrame([vide | ligne for ligne in lignes], schema=schema)


def ecriture(numero: str, journal: str, jour: date, debit: int, credit: int) -> dict[str, Any]:
    """A line of the members' account; its counterpart is left to the ledger's own tests."""
    return {
        "ecriture": numero, "rang": 1, "cdg": "7501", "journal": journal, "compte": ADHERENTS,
        "date_comptable": jour, "date_valeur": jour, "appel": "C7501-202603-01",
        "debit_centimes": debit, "credit_centimes": credit, "libelle": f"Écriture {numero}",
        "origine": f"O-{numero}",
    }  # fmt: skip


def remboursements() -> list[dict[str, Any]]:
    """62.41 due on 20 January, paid on the 22nd; 10.00 to take back on 1 June."""
    du = {"cdg": None, "appel": None, "compte": A_PAYER}
    return [
        ecriture("DU-1", "DU", date(2026, 1, 20), 0, 6_241) | du,
        ecriture("VIR-1", "VIREMENT", date(2026, 1, 21), 6_241, 0) | du,
        ecriture("DU-2", "DU", date(2026, 6, 1), 1_000, 0) | du,
    ]


def comptes() -> Comptes:
    """A call of 1 000.00 (900.00 obligatory) due 25 April, 400.00 of it paid late on 30 May.

    Late increase on 1 July: 400.00 x 2 months + 500.00 x 3 months, at 1 % = 23.00.
    """
    creance = {
        "appel": "C7501-202603-01", "cdg": "7501", "mois_appel": "2026-03",
        "date_exigibilite": date(2026, 4, 25), "montant_centimes": 100_000,
        "obligatoire_centimes": 90_000, "regle_centimes": 40_000, "reste_centimes": 60_000,
        "reste_obligatoire_centimes": 50_000, "majorations_centimes": 2_300,
        "reste_majorations_centimes": 2_300, "mois_retard": 3, "etat": "ECHUE",
    }  # fmt: skip
    solde = {
        "cdg": "7501", "a_echoir_centimes": 0, "echu_0_30_centimes": 0,
        "echu_31_60_centimes": 0, "echu_61_90_centimes": 62_300, "echu_plus_90_centimes": 0,
        "avoir_centimes": 0,
    }  # fmt: skip
    paiement = {
        "appel": "C7501-202603-01", "rang": 1, "cdg": "7501", "poste": "OBLIGATOIRE",
        "date_valeur": date(2026, 5, 30), "montant_centimes": 40_000,
    }  # fmt: skip
    ecritures = [
        ecriture("E1", "APPEL", date(2026, 4, 5), 60_000, 0),
        ecriture("E1", "APPEL", date(2026, 4, 5), 40_000, 0) | {"rang": 2},
        ecriture("E2", "BANQUE", date(2026, 6, 1), 0, 40_000),
        ecriture("E3", "MAJORATION", date(2026, 7, 1), 2_300, 0),
        ecriture("E4", "BANQUE", date(2026, 6, 1), 40_000, 0) | {"compte": "512"},
        *remboursements(),
    ]
    return Comptes(
        frame("ecritures", ecritures),
        frame("creances", [creance]),
        frame("soldes", [solde]),
        frame("imputations", [paiement]),
    )


def releve(debut: date = date(2026, 1, 1)) -> Releve:
    """The statement of these accounts."""
    return compose_releve(comptes(), ENTREPRISE, debut, ARRETE, 42)


def read_pdf(octets: bytes) -> str:
    """Text of a PDF on one line, plain spaces and apostrophes."""
    pages = PdfReader(BytesIO(octets)).pages
    texte = " ".join(" ".join(page.extract_text() for page in pages).split())
    return texte.replace("’", "'")


def read_csv(document: Tableaux) -> list[dict[str, str]]:
    """Rows of a CSV by title."""
    texte = StringIO(render_csv(document).decode("utf-8-sig"), newline="")
    titres, *lignes = csv.reader(texte, delimiter=";")
    return [dict(zip(titres, ligne, strict=False)) for ligne in lignes]


def test_what_the_fund_owes_stands_apart() -> None:
    """Due, paid, taken back: a balance of its own, the same from whatever day it is asked."""
    dus = releve().remboursements
    assert dus.soldes_centimes == (6_241, 0, -1_000)
    assert releve(date(2026, 1, 21)).remboursements.ouverture_centimes == 6_241
    assert releve(date(2026, 6, 2)).remboursements.cloture_centimes == -1_000
    texte = read_pdf(compose_releve_pdf(releve()).draw())
    assert "Reste à vous verser au 1er juillet 2026 -10,00" in texte.replace("−", "-")
    feuille = compose_releve_tableaux(releve()).tableaux[3]
    assert "Ce que la caisse vous doit" in texte
    assert len(feuille.lignes) == 3


def test_a_statement_reconciles() -> None:
    """Opening, movements and closing agree with what is owed by age; a call is one movement."""
    lu = releve()
    assert lu.soldes_centimes == (100_000, 60_000, 62_300)
    assert lu.cloture_centimes == lu.anciennete.solde_centimes == 62_300
    plus_tard = releve(date(2026, 6, 1))
    assert plus_tard.ouverture_centimes == 100_000
    assert plus_tard.cloture_centimes == 62_300
    assert replace(lu, mouvements=()).cloture_centimes == 0


def test_late_increases_are_explained() -> None:
    """Each late payment and the remainder, months started, one rounding; nothing else."""
    parts = [
        (m.base_centimes, m.mois, m.taux_ppm, m.montant_centimes) for m in releve().majorations
    ]
    assert parts == [(40_000, 2, 10_000, 800), (50_000, 3, 10_000, 1_500)]


def test_lateness_is_told_from_the_refusal_of_a_debit() -> None:
    """Late from 2 June only: the payment of 30 May is in time, one month has started since."""
    lus = comptes()
    creances = lus.creances.with_columns(
        depart_retard=date(2026, 6, 2), majorations_centimes=pl.lit(500, pl.Int64)
    )
    ecritures = lus.ecritures.filter(pl.col("journal") != "MAJORATION")
    tardifs = replace(lus, creances=creances, ecritures=ecritures)
    parts = compose_releve(tardifs, ENTREPRISE, date(2026, 1, 1), ARRETE, 42).majorations
    assert [(m.base_centimes, m.mois, m.montant_centimes) for m in parts] == [(50_000, 1, 500)]


def test_remissions_and_plans_are_told_apart() -> None:
    """What the months do not give is a plan; what the entries lost is a remission."""
    lus = comptes()
    creances = lus.creances.with_columns(pl.lit(1_000, pl.Int64).alias("majorations_centimes"))
    ecritures = lus.ecritures.with_columns(
        pl.when(pl.col("journal") == "MAJORATION")
        .then(2_000)
        .otherwise("debit_centimes")
        .alias("debit_centimes")
    )
    remis = replace(lus, creances=creances, ecritures=ecritures)
    parts = compose_releve(remis, ENTREPRISE, date(2026, 1, 1), ARRETE, 42).majorations
    assert [(m.montant_centimes, m.base_centimes) for m in parts[2:]] == [
        (-300, None),
        (-1_000, None),
    ]
    assert sum(m.montant_centimes for m in parts) == 1_000


def test_the_statement_in_pdf() -> None:
    """Balance, ageing, movements with their balance, calls left, calculation of the increases."""
    texte = read_pdf(compose_releve_pdf(releve()).draw())
    for attendu in (
        "Solde dû à la caisse au 1er juillet 2026 623,00 €",
        "Échu, 61 à 90 jours Solde 0,00 € 623,00 € 623,00 €",
        "05/04/2026 Écriture E1 appel de cotisations · C7501-202603-01 · centre 7501",
        "1 000,00 € 1 000,00 €",
        "Solde au 1er juillet 2026 1 023,00 € 400,00 € 623,00 €",
        "C7501-202603-01 mars 2026 · échu, 3 mois de retard 25/04/2026",
        "Payé le 30 mai 2026 400,00 € 1 % 2 8,00 €",
        "Restant dû au 1er juillet 2026 500,00 € 1 % 3 15,00 €",
        "Total des majorations 23,00 €",
    ):
        assert attendu in texte


@pytest.mark.parametrize(
    ("ecart", "titre"), [(-62_300, "Compte soldé"), (-70_000, "Solde en votre faveur")]
)
def test_a_settled_or_creditor_statement(ecart: int, titre: str) -> None:
    """Nothing is asked of who owes nothing."""
    assert titre in read_pdf(compose_releve_pdf(replace(releve(), ouverture_centimes=ecart)).draw())


def test_the_statement_for_spreadsheets() -> None:
    """The CSV opens on the opening balance, keeps the running one, and ends on the closing one."""
    document = compose_releve_tableaux(releve(date(2026, 6, 1)))
    ouverture, reglement, majoration, total, *_ = read_csv(document)
    assert (ouverture["Date"], ouverture["Solde (€)"]) == ("01/06/2026", "1000,00")
    assert (reglement["Crédit (€)"], reglement["Solde (€)"]) == ("400,00", "600,00")
    assert majoration["Nature"] == "majoration de retard"
    assert (total["Date"], total["Solde (€)"]) == ("Total", "623,00")
    assert render_xlsx(document) == render_xlsx(compose_releve_tableaux(releve(date(2026, 6, 1))))


def appels() -> tuple[pl.DataFrame, pl.DataFrame]:
    """Two centres; a complementary call corrects March; one line belongs to another year."""
    montants = {"A1": 283_500, "A2": -2_520, "A3": 21_000}
    tetes = [
        {
            "appel": appel, "siren": "800000000", "cdg": "7502" if appel == "A3" else "7501",
            "mois_appel": "2026-03", "date_exigibilite": date(2026, 4, 25),
            "montant_centimes": montant,
        }
        for appel, montant in montants.items()
    ]  # fmt: skip
    detail = [
        ("A1", "7501", "2026-03", 1_300_000, 273_000),
        ("A1", "7501", "2025-12", 50_000, 10_500),
        ("A2", "7501", "2026-03", -12_000, -2_520),
        ("A3", "7502", "2026-03", 100_000, 21_000),
    ]
    lignes = [
        {
            "appel": appel, "cdg": cdg, "mois_rattachement": mois, "cotisation": "CP",
            "base_centimes": base, "abattement_centimes": 0, "montant_centimes": montant,
        }
        for appel, cdg, mois, base, montant in detail
    ]  # fmt: skip
    return frame("appels", tetes), pl.DataFrame(lignes)


def test_a_summary_reconciles_with_its_calls() -> None:
    """Lines by centre and month, complementary calls within; the parts of the calls add up."""
    tetes, lignes = appels()
    lu = compose_recapitulatif(tetes, lignes, ENTREPRISE, "2026", ARRETE, 42)
    assert [(li.cdg, li.base_centimes, li.montant_centimes) for li in lu.lignes] == [
        ("7501", 1_288_000, 270_480),
        ("7502", 100_000, 21_000),
    ]
    assert [(a.appel, a.montant_centimes, a.part_centimes) for a in lu.appels] == [
        ("A1", 283_500, 273_000),
        ("A2", -2_520, -2_520),
        ("A3", 21_000, 21_000),
    ]
    assert sum(a.part_centimes for a in lu.appels) == lu.montant_centimes == 291_480
    campagne = compose_recapitulatif(tetes, lignes, ENTREPRISE, "2025-26", ARRETE, 42)
    assert campagne.montant_centimes == 301_980
    centre = replace(ENTREPRISE, cdg="7502")
    seul = compose_recapitulatif(tetes, lignes, centre, "2026", ARRETE, 42)
    assert [(a.appel, a.part_centimes) for a in seul.appels] == [("A3", 21_000)]


def test_a_summary_is_printed() -> None:
    """Totals, centres, months and calls, in PDF and in the spreadsheet."""
    tetes, lignes = appels()
    lu = compose_recapitulatif(tetes, lignes, ENTREPRISE, "2025-26", ARRETE, 42)
    texte = read_pdf(compose_recapitulatif_pdf(lu).draw())
    for attendu in (
        "Total appelé pour la campagne 2025-26",
        "avril 2025 à mars 2026",
        "7502 1 000,00 € 1 000,00 € 210,00 €",
        "décembre 2025",
        "A2 7501 mars 2026 25/04/2026 −25,20 € −25,20 €",
        "Total de la période 3 019,80 €",
    ):
        assert attendu in texte
    *_, total, _, _ = read_csv(compose_recapitulatif_tableaux(lu))
    assert (total["Période"], total["Montant (€)"]) == ("Total", "3019,80")


@pytest.mark.parametrize(
    ("texte", "mois"), [("2026", ("2026-01", "2026-12")), ("1999-00", ("1999-04", "2000-03"))]
)
def test_periods(texte: str, mois: tuple[str, str]) -> None:
    """A civil year, or a campaign that may cross a century."""
    assert tuple(map(str, parse_periode(texte))) == mois


@pytest.mark.parametrize("texte", ["", "2026-26", "2025-2026", "26", "2026-03", "0000", "٢٠٢٦"])
def test_a_wrong_period_is_refused(texte: str) -> None:
    """Anything else is told in French."""
    with pytest.raises(PeriodeRefusee, match="période attendue"):
        parse_periode(texte)


def test_the_periods_of_a_month() -> None:
    """A month belongs to one civil year and one campaign, both of which hold it."""
    assert list_periodes(Mois(2026, 3)) == ("2026", "2025-26")
    assert list_periodes(Mois(2026, 4)) == ("2026", "2026-27")


def base(salarie: str, mois: str, code: str, centimes: int, ligne: int) -> dict[str, Any]:
    """One retained base."""
    return {
        "depot": "D00000001", "ligne": ligne, "siret": "80000000000010", "cdg": "7501",
        "mois_appel": mois, "mois_rattachement": mois, "salarie": salarie,
        "contrat": f"CT-{salarie[:2]}", "code_base": code, "quantite": centimes,
        "statut": "RETENUE",
    }  # fmt: skip


def test_the_bases_of_each_employee() -> None:
    """1 April - 31 March, by code; what is not retained, of a year before or no employee is out."""
    lignes = [
        base("bb" * 16, "2026-03", "20", 200_000, 7),
        base("aa" * 16, "2025-04", "20", 100_000, 5),
        base("aa" * 16, "2025-04", "34", 90_000, 6),
        base("aa" * 16, "2025-05", "20", -1_000, 8),
        base("aa" * 16, "2025-03", "20", 1, 1),
        base("aa" * 16, "2026-04", "20", 1, 2),
        base("aa" * 16, "2025-06", "20", 1, 3) | {"statut": "ECARTEE"},
        base("aa" * 16, "2025-06", "024", 1, 4) | {"salarie": None},
    ]
    depots = frame("depots", [{"depot": "D00000001", "nom": "paie.dsn"}])
    identites = pl.DataFrame(
        {"salarie": ["aa" * 16], "matricule": ["M1"], "nom_salarie": ["DURAND"],
         "prenoms": ["LEA"]}
    )  # fmt: skip
    etat = compose_etat_bases(
        frame("bases", lignes), identites, depots, ENTREPRISE, "2025-26", ARRETE, 42
    )
    document = compose_bases_tableaux(etat)
    lues = read_csv(document)[:-3]
    assert [(li["Salarié"], li["Ligne du fichier"], li["Montant (€)"]) for li in lues] == [
        ("aaaaaaaaaa", "5", "1000,00"),
        ("aaaaaaaaaa", "6", "900,00"),
        ("aaaaaaaaaa", "8", "-10,00"),
        ("bbbbbbbbbb", "7", "2000,00"),
    ]
    assert {li["Fichier"] for li in lues} == {"paie.dsn"}
    # Named for their employer; whom he never named is known by his contract.
    assert [(li["Matricule"], li["Nom"], li["Prénoms"]) for li in lues[2:]] == [
        ("M1", "DURAND", "LEA"), ("", "", ""),
    ]  # fmt: skip
    detail, mois, salaries = document.tableaux
    assert detail.total["montant"] == 389_000
    assert mois.total["base_20"] == salaries.total["base_20"] == 299_000
    assert salaries.lignes[0][:8] == (
        "aaaaaaaaaa", "M1", "DURAND", "LEA", "CT-aa", 2, 99_000, 0,
    )  # fmt: skip
    sommes = sum(v for n, v in salaries.total.items() if n.startswith("base_"))  # type: ignore[misc]
    assert sommes == detail.total["montant"]


@settings(max_examples=15)
@given(texte=st.text(max_size=200))
def test_no_text_stops_a_statement(texte: str) -> None:
    """Whatever the names and labels, the documents are composed."""
    lu = releve()
    mouvement = replace(lu.mouvements[0], libelle=texte, reference=texte, journal=texte)
    hostile = replace(
        lu,
        entreprise=replace(ENTREPRISE, raison_sociale=texte, cdg=texte),
        mouvements=(mouvement,),
        creances=(replace(lu.creances[0], etat=texte, appel=texte),),
        majorations=(replace(lu.majorations[0], libelle=texte),),
    )
    assert compose_releve_pdf(hostile).draw().startswith(b"%PDF-")
    assert render_xlsx(compose_releve_tableaux(hostile)).startswith(b"PK")
