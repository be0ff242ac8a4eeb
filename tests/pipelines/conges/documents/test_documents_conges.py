"""What an employee reads of his leave: each amount of the story, with the words that explain it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from pipelines.conges.documents.attestation_fiscale_pdf import compose_attestation_fiscale_pdf
from pipelines.conges.documents.decompte_pdf import compose_decompte_pdf
from pipelines.conges.documents.droits_pdf import compose_droits_pdf
from pipelines.conges.documents.phrases import (
    format_temps,
)
from pipelines.conges.documents.valeurs import (
    AttestationFiscale,
    Beneficiaire,
    Compteur,
    Decompte,
    Exercice,
    LigneRetenue,
    Methodes,
    Releve,
)
from specs.typographie import format_jours

LUI = Beneficiaire("BASILE VOYAGEUR", "M00207", "TERRASSEMENTS DU SUD", "999090020")
DECOMPTE = Decompte(
    beneficiaire=LUI,
    decompte="999090020-Y1-2025-0",
    exercice=2025,
    nature="CP",
    motif="PAIEMENT",
    annule=None,
    debut=date(2025, 8, 4),
    fin=date(2025, 8, 23),
    jours_centiemes=1_700,
    mois_emploi=12,
    mois_payes=12,
    methode="A",
    indemnite_exercice_centimes=284_878,
    indemnite_due_centimes=161_431,
    indemnite_centimes=161_431,
    prime_due_centimes=48_429,
    prime_centimes=48_429,
    brut_centimes=209_860,
    mode_retraite="E",
    net_imposable_centimes=180_520,
    net_centimes=169_306,
    reste_centiemes=1_300,
    date_paiement=date(2025, 8, 1),
    date_arrete=date(2025, 7, 7),
    publication=12,
    lignes=(
        LigneRetenue("VPLA", 209_860, 69_000, 14_480),
        LigneRetenue("VDEP", 209_860, 4_000, 839),
        LigneRetenue("CSGD", 206_187, 68_000, 14_021),
        LigneRetenue("CSGN", 206_187, 24_000, 4_948),
        LigneRetenue("CRDS", 206_187, 5_000, 1_031),
        LigneRetenue("PAS", 180_520, 29_000, 5_235),
    ),
    methodes=Methodes(284_878, 281_212, 240_000, 2_790_000, 30),
)
RELEVE = Releve(
    LUI,
    (
        Exercice(
            exercice=2025,
            travail_fractions=77_879_880,
            maladie_fractions=3_240_000,
            forfait_fractions=2_856_803,
            retenus_fractions=83_326_803,
            brut_centimes=2_790_000,
            r_centimes=240_000,
            jours_legaux=30,
            methode="A",
            btp_centimes=284_878,
            dixieme_centimes=281_212,
            indemnite_centimes=284_878,
            prime_due=True,
            heures_seuil_centiemes=156_500,
            compteurs=(
                Compteur("PRINCIPAL", 2_400, 1_700, 700, date(2026, 4, 30)),
                Compteur("CINQUIEME", 600, 0, 600, date(2026, 4, 30)),
            ),
        ),
    ),
    date(2025, 9, 1),
    14,
)


def read_pdf(octets: bytes) -> str:
    """Text of every page, spaces made alike."""
    pages = PdfReader(BytesIO(octets)).pages
    texte = " ".join(page.extract_text() for page in pages)
    return " ".join(texte.replace("\u202f", " ").replace("\u00a0", " ").split())


def test_a_year_of_tax_tells_what_to_declare() -> None:
    """The gross, the taxable net and the tax of the transfers of the year."""
    attestation = AttestationFiscale(LUI, 2025, 324_762, 279_357, 8_101, date(2026, 1, 5), 20)
    texte = read_pdf(compose_attestation_fiscale_pdf(attestation).draw())
    for dit in ("BASILE VOYAGEUR", "versés en 2025", "3 247,62 €", "2 793,57 €", "81,01 €"):
        assert dit in texte, dit


def test_a_statement_tells_every_amount_and_why() -> None:
    """Both methods, a day, the bonus, each line withheld, what is left."""
    texte = read_pdf(compose_decompte_pdf(DECOMPTE).draw())
    for dit in (
        "BASILE VOYAGEUR", "1 693,06 €", "2 848,78 €", "2 812,12 €", "94,9593 €", "1 614,31 €",
        "484,29 €", "2 098,60 €", "144,80 €", "52,35 €", "1 805,20 €", "13 jours",
        "du 1er avril 2024 au 31 mars 2025", "régularisées par votre employeur",
    ):  # fmt: skip
        assert dit in texte, dit
    assert "cotisations de" not in texte


@pytest.mark.parametrize(
    ("change", "dits"),
    [
        ({"mois_payes": 9}, ["9 mois d’emploi sur 12", "D3141-31"]),
        ({"mode_retraite": "D"}, ["retenues par la caisse"]),
        ({"methodes": None}, ["2 848,78 €"]),
        (
            {"motif": "ANNULATION", "annule": "D-1", "net_centimes": -169_306},
            ["Annulation d’un décompte", "À rendre à la caisse", "D-1"],
        ),
    ],
)
def test_a_statement_of_another_kind(change: dict[str, object], dits: list[str]) -> None:
    """In part, direct, once the rights have changed, cancelled."""
    texte = read_pdf(compose_decompte_pdf(replace(DECOMPTE, **change)).draw())  # type: ignore[arg-type]
    assert [dit for dit in dits if dit not in texte] == []


def test_the_rights_are_told_year_by_year() -> None:
    """Time, days, counters, both methods."""
    texte = read_pdf(compose_droits_pdf(RELEVE).draw())
    for dit in ("13 jours", "11,09 mois", "11,87 mois retenus", "30 jours", "Congé principal",
                "Cinquième semaine", "30/04/2026", "2 848,78 €", "1 565,00 h"):  # fmt: skip
        assert dit in texte, dit


def test_the_same_values_give_the_same_bytes() -> None:
    """Whenever they are drawn."""
    assert compose_decompte_pdf(DECOMPTE).draw() == compose_decompte_pdf(DECOMPTE).draw()


@pytest.mark.parametrize(
    ("centiemes", "dit"),
    [
        (100, "1\u00a0jour"),
        (120, "1,20\u00a0jour"),
        (250, "2,50\u00a0jours"),
        (-300, "−3\u00a0jours"),
    ],
)
def test_days_are_told_as_people_say(centiemes: int, dit: str) -> None:
    """Whole, or with their hundredths."""
    assert format_jours(centiemes) == dit


def test_a_time_is_rounded_to_the_hundredth() -> None:
    """A month is 7,020,000 fractions."""
    assert format_temps(7_020_000 + 35_100) == "1,01\u202fmois"
