"""Why a certificate, a right, a counter is what it is: from a publication, to the lines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest
from pypdf import PdfReader

from pipelines.conges.documents.pourquoi_pdf import compose_pourquoi_pdf
from pipelines.conges.explications.demandes import explain_certificat, explain_droit
from pipelines.conges.explications.pourquoi import find_pourquoi
from pipelines.explications.demandes import Demande, explain
from pipelines.explications.lecture import open_lecteur
from pipelines.explications.valeurs import Explication
from pipelines.metiers import METIERS
from tests.pipelines.conges.documents.test_documents_conges import read_pdf
from tests.pipelines.conges.publications import NUIT, gather_connus, publish_conges, read_connu_of
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee

FICHIERS = ("certificats_recus.yaml",)
EXPLICATIONS = {"droits": explain_droit, "certificats": explain_certificat}


@pytest.fixture(scope="module")
def maison(tmp_path_factory: pytest.TempPathFactory) -> Maison:
    """The worker of the story, two companies and three leave years."""
    connu = read_connu_of("histoires.yaml", "H-1-DROITS", NUIT)
    return publish_conges(tmp_path_factory.mktemp("conges") / "maison", (NUIT, connu))


@pytest.fixture(scope="module")
def rectifiee(tmp_path_factory: pytest.TempPathFactory) -> Maison:
    """A year certified, then a base of August 2025 told otherwise."""
    connu = read_connu_of("certificats_recus.yaml", "X-06-DSN", NUIT)
    aout = (pl.col("mois_appel") == "2025-08") & (pl.col("quantite") > 0)
    corrige = replace(
        connu,
        bases=connu.bases.with_columns(quantite=pl.when(aout).then(190_000).otherwise("quantite")),
    )
    return publish_conges(
        tmp_path_factory.mktemp("conges") / "maison",
        (date(2026, 5, 2), connu), (NUIT, corrige),
    )  # fmt: skip


def text(explication: Explication) -> str:
    """Its sentences, plain spaces and signs."""
    return " ".join(" ".join(explication.phrases).split()).replace("\u2212", "-")


def ask(maison: Maison, table: str, cle: str, **filtre: object) -> list[Explication]:
    """The explanation of each published row that has these values."""
    lues = read_table_publiee(maison, table).filter(**filtre).collect().sort(cle)
    return [explain(maison, Demande(nom), METIERS) for nom in lues[cle]]


def test_every_right_and_certificate_of_the_story_is_found_again(maison: Maison) -> None:
    """By the rules on the published tables, then from the articles."""
    droits = ask(maison, "droits", "droit")
    certificats = ask(maison, "certificats", "certificat")
    assert (len(droits), len(certificats)) == (3, 4)
    for explication in (*droits, *certificats):
        assert explication.ecarts == (), explication.phrases
        assert explication.objet["verifie"] is True
        assert "Vérifié" in text(explication)


def test_a_right_is_told_number_by_number(maison: Maison) -> None:
    """Time, days, both indemnities, counters: each with its article."""
    (droit,) = ask(maison, "droits", "droit", exercice=2025)
    dit = text(droit)
    for mot in (
        "certificat CG2025-999090012-20240401-P1",
        "20,00 h d'intempéries indemnisées, qui ne comptent que pour 75 % : 0,03 mois de moins",
        "0,46 mois de maladie, comptés pour 0,37 mois (Code du travail, L3141-5 7°",
        "0,44 mois pour 11 jours de congé légal payés par une caisse",
        "11,87 mois × 2,50 jours = 29,67, arrondis au jour supérieur, 30 au plus : 30 jours",
        "2 400,00 € × 11,87 mois / 10 = 2 848,78 €",
        "le salaire de 0,46 mois de maladie, compté à 80 %",
        "1 565,00 h retenues",
        "demande R1, du 04/08/2025 au 23/08/2025 : 17 jours",
    ):
        assert mot in dit, mot


def test_a_certificate_goes_down_to_the_lines_of_the_dsn(maison: Maison) -> None:
    """Days of each month, absences with their article, bases, hours, the pay kept, leave paid."""
    dites = [text(e) for e in ask(maison, "certificats", "certificat", exercice=2025)]
    for mot in (
        "août 2024, contrat 00001 : 27 des 27 jours du lundi au samedi, 15 de travail",
        "12 de congé payé par la caisse (dépôt D001, ligne 14)",
        "août 2024 : 1 350,00 € (dépôt x, ligne 24)",
        "septembre 2024 : 800,00 h, travail (dépôt x, ligne 10)",
    ):
        assert mot in dites[0], mot
    for mot in (
        "60.001 = 01 : compte deux jours par mois (Code du travail, L3141-5 7°) ; dépôt D001",
        "mars 2025, 2 400,00 € : le dernier mois entier sous contrat",
        "du 05/08/2024 au 17/08/2024 : 11 jours de congé légal, 960,00 € (L3141-24)",
    ):
        assert mot in dites[1], mot


@pytest.mark.parametrize(
    ("table", "champ"),
    [("droits", "mois_retenus_fractions"), ("droits", "indemnite_btp_centimes"),
     ("certificats", "brut_centimes"), ("certificats", "heures_centiemes")],
)  # fmt: skip
def test_a_unit_of_difference_is_told(maison: Maison, table: str, champ: str) -> None:
    """What does not close is an écart with both figures, and the word is said."""
    lecteur = open_lecteur(maison, None)
    rangee = lecteur.read(table, pl.col("exercice") == 2025).collect().row(0, named=True)
    faux = rangee | {champ: rangee[champ] + 1}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipelines.conges.explications.demandes.find_in_force", lambda *x: x)
        explication = EXPLICATIONS[table](lecteur, faux, None)
    assert {(e.publie - (e.recalcule or 0)) for e in explication.ecarts} == {1}
    assert "ÉCART" in text(explication)


def test_a_corrective_certificate_tells_its_differences(rectifiee: Maison) -> None:
    """Value by value; the one that it replaces is explained as it was, and says what came."""
    (actuel,) = ask(rectifiee, "certificats", "certificat", en_vigueur=True)
    (ancien,) = ask(rectifiee, "certificats", "certificat", en_vigueur=False)
    dit = text(actuel)
    assert "Rectificatif" in dit
    assert "Salaires bruts de la période : 24 000,00 €, désormais 23 900,00 €." in dit
    assert actuel.ecarts == ancien.ecarts == ()
    assert "Publication 1" in text(ancien)
    assert "2 000,00 € (dépôt" in text(ancien)
    assert "remplacé (caisse expliquer CG2026-" in text(ancien)


def test_every_case_of_these_files_is_found_again(tmp_path: Path) -> None:
    """Certificates of files, in months or hours, alone or beside the DSN."""
    connu = gather_connus(FICHIERS, NUIT)
    lecteur = open_lecteur(publish_conges(tmp_path / "maison", (NUIT, connu)), None)
    expliques = 0
    for table, explique in EXPLICATIONS.items():
        for rangee in lecteur.read(table).collect().iter_rows(named=True):
            explication = explique(lecteur, rangee, None)
            assert explication.ecarts == (), explication.phrases
            expliques += 1
    assert expliques > 20


def test_the_employee_reads_why_on_one_page(maison: Maison) -> None:
    """N14: every right of the story; each number with its reason and its source."""
    lecteur = open_lecteur(maison, None)
    for droit in lecteur.names("droits", "droit"):
        pourquoi = find_pourquoi(lecteur, droit)
        assert pourquoi is not None
        octets = compose_pourquoi_pdf(pourquoi).draw()
        assert len(PdfReader(BytesIO(octets)).pages) == 1
        dit = read_pdf(octets)
        assert "Code du travail, L3141-3" in dit
        assert f"exercice {pourquoi.exercice}" in dit
    assert find_pourquoi(lecteur, "DR1900-P1") is None
