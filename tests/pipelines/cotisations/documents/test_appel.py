"""The call explains itself: estimation, réfaction, abatement, payment, group, rates and sources."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from pipelines.cotisations.documents.appel_pdf import compose_appel_pdf
from pipelines.cotisations.documents.mots import ABATTEMENT, TRANCHE
from pipelines.cotisations.documents.phrases import explain_ligne, explain_taux, format_produit
from pipelines.cotisations.documents.valeurs import (
    Appel,
    AppelGroupe,
    Cumul,
    DejaAppele,
    DepotOrigine,
    GroupePaiement,
    LigneAppel,
    Prelevement,
)
from pipelines.editique.codes_qr import MARGE
from pipelines.editique.dessins import Dessin
from specs.caisse import read_caisse
from specs.montants import PPM, round_half_away

CP = LigneAppel(
    "2026-03", "CP", "Congés payés", 1350000, 210000, 283500, 3, 5,
    code_base="20", depots=("D00000123",), taux_depuis="2026-01", taux_source="Avis du conseil",
)  # fmt: skip
INTEMPERIES = LigneAppel(
    "2026-03", "CI_GOTP", "Chômage-intempéries", 1350005, 6800, 1020, 3, 5,
    abattement_centimes=1200000, code_base="34",
    depots=tuple(f"D{rang:08d}" for rang in range(9)),
    cumul=Cumul(ABATTEMENT, "2025-26", 10704000, 9504000, 9504000),
)  # fmt: skip
INTERIM = LigneAppel(
    "2026-03", "OPPBTP_INT", "OPPBTP, intérimaires", 1789200, 1100, 1968, None, 2,
    heures_centiemes=120000, code_base="024", salaire_reference_centimes=1491,
)  # fmt: skip
APPEL = Appel(
    appel="C7501-202603-01",
    adherent="004217",
    raison_sociale="Terrassements Éloïse Dûpré & Fils",
    siren="800000000",
    cdg="7501",
    etablissements=("80000000000010",),
    mois_appel="2026-03",
    rang=1,
    nature="INITIAL",
    date_arrete=date(2026, 4, 3),
    date_exigibilite=date(2026, 4, 25),
    lignes=(CP, INTEMPERIES, INTERIM),
    salaries=3,
    depots=(DepotOrigine("D00000123", "DSN_2026_03.dsn", "2026-04-03T20:04:11+00:00"),),
    montant_centimes=286488,
    deja_appele_centimes=0,
    publication=42,
)


def read_appel(appel: Appel) -> str:
    """Text of the call."""
    return read_pdf(compose_appel_pdf(appel).draw())


def read_modules(pdf: bytes, cote: int) -> list[list[bool]]:
    """The dark modules of the code of the first page: the runs that its picture strokes."""
    contenu = PdfReader(BytesIO(pdf)).pages[0].get_contents().get_data().decode("latin-1")
    image = contenu.partition("Code QR du virement")[2].partition("EMC")[0]
    noirs = [[False] * cote for _ in range(cote)]
    for trait in re.finditer(r"(\d+) (\d+)\.5 m (\d+) \2\.5 l", image):
        debut, ligne, fin = (int(nombre) - MARGE for nombre in trait.groups())
        noirs[ligne][debut:fin] = [True] * (fin - debut)
    return noirs


def read_pdf(pdf: bytes) -> str:
    """Text of a PDF on one line, every kind of space a plain one."""
    pages = PdfReader(BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def plain(phrases: str) -> str:
    """A text with plain spaces."""
    return " ".join(phrases.split())


def test_the_lines_show_abatement_and_assiette() -> None:
    """Columns « Abattement » and « Assiette » subtract before the reader's eyes."""
    texte = read_appel(APPEL)
    assert "Base Abattement Assiette Taux Montant" in texte
    assert "13 500,05 € −12 000,00 € 1 500,05 € 0,68 % 10,20 €" in texte
    assert "1 200,00 h d'intérim" in texte.replace("’", "'")
    assert "Total de l’appel 2 864,88 €" in texte
    assert "Abattement" not in read_appel(replace(APPEL, lignes=(CP,), montant_centimes=283500))


def test_the_call_says_why() -> None:
    """Base, deposits, abatement, reference wage, rate, source and rounding are all printed."""
    texte = read_appel(APPEL)
    for attendu in (
        "Base 20 (congés payés), 3 salariés, 5 lignes de DSN (dépôt D00000123) : 13 500,00 €.",
        "13 500,00 € × 21 % = 2 835,00 €.",
        "D00000003 et 5 autres)",
        "Abattement de la campagne 2025-26 : 12 000,00 € pour cette ligne.",
        "a consommé 95 040,00 € d'un droit de 95 040,00 € à ce mois",
        "Assiette : 13 500,05 € − 12 000,00 € = 1 500,05 €.",
        "1 500,05 € × 0,68 % = 10,20034 €, arrondi à 10,20 €.",
        "1 200,00 h d'intérim au salaire horaire de référence de 14,91 € : 17 892,00 €.",
        "Congés payés : 21 %, en vigueur depuis janvier 2026 (Avis du conseil).",
    ):
        assert attendu in texte.replace("’", "'")


def test_a_complementary_line_is_a_difference_of_two_totals() -> None:
    """What is owed today, what was called, and what is left, to the centime."""
    deja = DejaAppele(1350000, 0, 283500)
    ligne = replace(CP, base_centimes=-12000, montant_centimes=-2520, deja=deja)
    phrases = plain(" ".join(explain_ligne(ligne)))
    assert "13 380,00 € aujourd'hui, 13 500,00 € déjà appelés" in phrases
    assert "13 380,00 € × 21 % = 2 809,80 €, moins 2 835,00 € déjà appelés : −25,20 €." in phrases


def test_a_refaction_is_told() -> None:
    """The share kept and the base before it."""
    ligne = replace(CP, base_brute_centimes=1687500, refaction_ppm=800_000)
    phrases = plain(" ".join(explain_ligne(ligne)))
    assert "Activité mixte : 80 % de la base brute de 16 875,00 €, soit 13 500,00 €." in phrases
    assert "80 % de 16 875,00 €" in read_appel(replace(APPEL, lignes=(ligne,)))


def test_a_tranche_is_told() -> None:
    """A cumul that is no abatement gives the bases of the year and the ceiling."""
    ligne = replace(CP, cumul=Cumul(TRANCHE, "2026", 5_000_000, 200_000_000, 5_000_000))
    phrases = plain(" ".join(explain_ligne(ligne)))
    assert "cumulées de l'entreprise en 2026 : 50 000,00 €, pour une première tranche" in phrases


def test_an_estimated_call_is_labelled() -> None:
    """The banner names the month and the establishment, and says what ends the estimation."""
    estime = replace(
        APPEL,
        nature="ESTIME",
        lignes=(replace(CP, estimation_centimes=1350000, lignes_dsn=0, salaries=0, depots=()),),
        depots=(),
        etablissements_estimes=("80000000000010",),
    )
    texte = read_appel(estime)
    assert "Appel estimé : la DSN de mars 2026 n’est pas arrivée" in texte
    assert "(800 000 000 00010)" in texte
    assert "un appel complémentaire remplacera" in texte
    assert "Dont 13 500,00 € estimés, faute de DSN exploitable." in texte
    assert "Aucun dépôt de DSN" in texte
    assert "estimé" not in read_appel(APPEL)


def test_an_automatic_debit_asks_for_nothing() -> None:
    """Day of the debit, last figures of the account, and no word of a transfer."""
    debit = Prelevement(date(2026, 4, 27), "CNETP-004217-01", "FR76…1234", 286_488)
    texte = read_appel(replace(APPEL, prelevement=debit, mandat_actif=True))
    assert "2 864,88 € seront prélevés le 27 avril 2026" in texte
    assert "sur le compte se terminant par 1234" in texte
    assert "CNETP-004217-01" in texte
    assert "irement" not in texte


def test_a_transfer_says_where_and_under_which_reference() -> None:
    """Amount, day, account of the fund, reference: nothing else is needed to pay."""
    texte = read_appel(replace(APPEL, reference_paiement="GOUEST-202603-01"))
    for attendu in (
        "Montant 2 864,88 €",
        "À recevoir le 25 avril 2026 au plus tard",
        "FR76 3000 6000 0112 3456 7890 189",
        "BIC EXEMFRPPXXX",
        "Référence GOUEST-202603-01",
    ):
        assert attendu in texte
    assert "rélèvement" not in texte


def test_a_transfer_has_its_code_with_the_amount_that_is_left() -> None:
    """The code that is drawn, read back module by module, says what the text beside it says."""
    appel = replace(APPEL, reference_paiement="GOUEST-202603-01", reste_centimes=186_488)
    dessin = compose_appel_pdf(appel)
    texte = dessin.contenu["donnees"]["virement_qr"]
    assert texte.split("\n")[6:] == [
        "FR7630006000011234567890189", "EUR1864.88", "", "", "GOUEST-202603-01",
    ]  # fmt: skip
    attendu = segno.make(texte, error="m", boost_error=False, micro=False, mode="byte")
    noirs = [[bool(module) for module in rangee] for rangee in attendu.matrix]
    assert read_modules(dessin.draw(), len(noirs)) == noirs
    assert "À scanner avec l’application de votre banque" in read_appel(appel)


@pytest.mark.parametrize(
    "changes",
    [
        {"montant_centimes": 0},
        {"montant_centimes": -2520},
        {"reste_centimes": 0},
        {"prelevement": Prelevement(date(2026, 4, 27), "RUM", "FR76…1234", 286_488)},
    ],
)
def test_what_is_not_transferred_has_no_code(changes: dict[str, object]) -> None:
    """A credit, a call that is settled, one that is debited: nothing to scan."""
    appel = replace(APPEL, **changes)  # type: ignore[arg-type]
    assert compose_appel_pdf(appel).contenu["donnees"]["virement_qr"] == ""
    assert "scanner" not in read_appel(appel)


def test_a_call_composed_before_codes_is_still_drawn() -> None:
    """A drawing that waits from a former engine has no text of a code."""
    dessin = compose_appel_pdf(APPEL)
    donnees = {n: v for n, v in dessin.contenu["donnees"].items() if n != "virement_qr"}
    ancien = Dessin(dessin.forme, {**dessin.contenu, "donnees": donnees})
    assert "scanner" not in read_pdf(ancien.draw())


def test_a_company_knows_whom_to_ask() -> None:
    """The contact of the fund stands at the foot of the call."""
    contact = read_caisse().contact
    texte = read_appel(APPEL)
    assert contact.telephone in texte
    assert contact.courriel in texte


def test_a_call_after_its_due_date_is_to_be_paid_at_once() -> None:
    """Nobody is asked to pay before a day that is past."""
    texte = read_appel(replace(APPEL, date_arrete=date(2026, 6, 3)))
    assert "échéance passée depuis le 25 avril 2026 : à régler sans attendre" in texte
    assert "À recevoir sans attendre" in texte
    assert "au plus tard" not in texte


def test_a_mandate_that_is_not_debited_says_why() -> None:
    """With an active mandate and no debit, the transfer is asked for, with the reason."""
    texte = read_appel(replace(APPEL, mandat_actif=True))
    assert "Vous avez un mandat de prélèvement, mais il ne sert pas pour cet appel" in texte
    assert "celui-ci sera prélevé" in texte
    tardif = read_appel(replace(APPEL, mandat_actif=True, date_arrete=date(2026, 6, 3)))
    assert "celui-ci sera prélevé" not in tardif


def test_what_is_already_paid_is_not_asked_twice() -> None:
    """The amount to transfer is what payments and credits leave; none left, nothing to pay."""
    texte = read_appel(replace(APPEL, reste_centimes=186_488))
    assert "Montant 1 864,88 €" in texte
    assert "1 000,00 € sont déjà réglés" in texte
    solde = read_appel(replace(APPEL, reste_centimes=0))
    assert "couvre cet appel" in solde
    assert "IBAN" not in solde


def test_a_group_pays_once() -> None:
    """Every call of the group, and their total."""
    groupe = GroupePaiement(
        "OUEST",
        "Agences de l'Ouest",
        (
            AppelGroupe("C7501-202603-01", "7501", 286488, 286488),
            AppelGroupe("C7502", "7502", -88, -88),
        ),
    )
    texte = read_appel(replace(APPEL, groupe=groupe, reference_paiement="GOUEST-202603-01"))
    assert "en une seule fois, sous la référence GOUEST-202603-01" in texte
    assert "C7502 7502 −0,88 €" in texte
    assert "Total à régler pour le groupe 2 864,00 €" in texte


def test_a_rate_is_given_once() -> None:
    """Lines of one rate share one sentence on it."""
    lignes = tuple(replace(CP, mois_rattachement=f"2026-{mois:02d}") for mois in range(1, 13))
    assert read_appel(replace(APPEL, lignes=lignes)).count("Avis du conseil") == 1
    sans_source = replace(CP, taux_depuis=None, taux_source=None)
    assert plain(explain_taux(sans_source)) == "Congés payés : 21 %."


@given(base=st.integers(-(10**13), 10**13), taux=st.integers(0, PPM))
def test_the_printed_product_rounds_to_the_amount(base: int, taux: int) -> None:
    """The exact product that is printed, read back and rounded, is the amount of the line."""
    produit = format_produit(base, taux).replace("\u2212", "-").removesuffix("\u202f€")
    entier, decimales = produit.replace("\u202f", "").split(",")
    lu = int(entier.lstrip("-")) * 10**8 + int(decimales.ljust(8, "0"))
    signe = -1 if produit.startswith("-") else 1
    assert round_half_away(signe * lu, PPM) == round_half_away(base * taux, PPM)


@settings(max_examples=15)
@given(texte=st.text(max_size=200))
def test_no_text_stops_a_call(texte: str) -> None:
    """Whatever the names, sources and references, the PDF is composed."""
    ligne = replace(INTEMPERIES, libelle=texte, taux_source=texte, depots=(texte,), code_base=texte)
    groupe = GroupePaiement(texte, texte, (AppelGroupe(texte, texte, 1, 1),))
    hostile = replace(
        APPEL,
        lignes=(ligne,),
        groupe=groupe,
        reference_paiement=texte,
        prelevement=Prelevement(date(2026, 4, 27), texte, texte, 1),
    )
    assert compose_appel_pdf(hostile).draw().startswith(b"%PDF-")
    assert compose_appel_pdf(replace(hostile, prelevement=None)).draw().startswith(b"%PDF-")


@pytest.mark.parametrize("nombre", [1, 60])
def test_long_calls_keep_every_amount(nombre: int) -> None:
    """Sixty lines of large amounts, a long name, hundreds of establishments: nothing is lost."""
    lignes = tuple(
        replace(INTEMPERIES, base_centimes=121_500_000_000 + rang, montant_centimes=rang)
        for rang in range(nombre)
    )
    sirets = tuple(f"800000000{rang:05d}" for rang in range(300))
    nom = "Société Méridionale d'Entreprise de Travaux Publics et de Construction " * 3
    long = replace(APPEL, lignes=lignes, etablissements=sirets, raison_sociale=nom)
    texte = read_appel(long)
    assert "et 294 autres" in texte
    for rang in range(nombre):
        assert f"1 215 000 000,{rang:02d} €" in texte


def test_the_debit_day_stands_at_the_top() -> None:
    """Beside the total, a call that is debited says the day of the debit, not a day to pay."""
    debit = Prelevement(date(2026, 4, 27), "RUM", "FR76…1234", 286_488)
    texte = read_appel(replace(APPEL, prelevement=debit))
    assert "Total à régler prélevé le 27 avril 2026 2 864,88 €" in texte
    assert "régler au plus tard" not in texte
