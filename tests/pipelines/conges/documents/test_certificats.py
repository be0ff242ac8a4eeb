"""The certificates of a night: to the company with their differences, to the employee in words."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

import polars as pl
import pytest

from pipelines.conges.documents.absences import compose_absences_tableaux, describe_absences
from pipelines.conges.documents.certificat_pdf import compose_certificat_pdf
from pipelines.conges.documents.certificats import (
    Certificats,
    compose_certificats_tableaux,
    describe_certificats,
    describe_ecarts,
    find_new,
)
from pipelines.conges.documents.valeurs import Certificat
from pipelines.conges.regles.acquisition.calcul import Acquisition
from pipelines.editique.tableaux_csv import render_csv
from pipelines.editique.valeurs import Entreprise
from tests.pipelines.conges.documents.test_documents_conges import LUI, read_pdf
from tests.pipelines.conges.test_suites import employed, night

ENTREPRISE = Entreprise("A80001", "800000010", "ROUTES EXEMPLE")
PERSONNES = pl.DataFrame(
    {"siren": ["800000010"], "salarie": ["P1"], "surname": ["VOYAGEUR"], "first_name": ["BASILE"]}
)
FINI = date(2025, 9, 30)


@pytest.fixture
def nuits() -> tuple[Acquisition, Acquisition, Acquisition]:
    """Employed, then gone, then a base told otherwise."""
    connu = employed(FINI)
    ouvert = night(employed(None), date(2025, 9, 20))
    fini = night(connu, date(2025, 10, 2), ouvert)
    hausse = connu.bases.with_columns(pl.col("quantite") + 1_000)
    return ouvert, fini, night(replace(connu, bases=hausse), date(2025, 10, 3), fini)


def test_a_certificate_is_given_once(nuits: tuple[Acquisition, ...]) -> None:
    """Not while it is provisional; when it ends, when it is corrected; not twice."""
    ouvert, fini, corrige = (n.certificats for n in nuits)
    rien = ouvert.clear()
    assert find_new(ouvert, rien)["nature"].to_list() == []
    assert find_new(fini, ouvert)["nature"].to_list() == ["FIN"]
    assert find_new(fini, fini).is_empty()
    assert find_new(corrige, fini)["nature"].to_list() == ["RECTIFICATIF"]


def test_the_company_reads_names_and_differences(nuits: tuple[Acquisition, ...]) -> None:
    """Values by value, in the columns of the document; the CSV holds the certificates."""
    _, fini, corrige = (n.certificats for n in nuits)
    nouveaux = find_new(corrige, fini)
    (ligne,) = describe_certificats(nouveaux, PERSONNES)
    assert (ligne["nom"], ligne["prenoms"], ligne["brut"]) == ("VOYAGEUR", "BASILE", 1_206_000)
    ecarts = tuple(describe_ecarts(corrige, nouveaux))
    assert [(e["valeur"], e["avant"], e["apres"]) for e in ecarts] == [
        ("Salaires bruts de la période", "12\u202f000,00\u202f€", "12\u202f060,00\u202f€"),
        ("Dernière paie mensuelle normale et complète", "2\u202f000,00\u202f€",
         "2\u202f010,00\u202f€"),
    ]  # fmt: skip
    poses = Certificats(ENTREPRISE, (ligne,), ecarts, date(2025, 10, 3), 7)
    tableaux = compose_certificats_tableaux(poses)
    assert [len(t.lignes) for t in tableaux.tableaux] == [1, 2]
    assert "BASILE" in render_csv(tableaux).decode("utf-8-sig")


def test_someone_never_named_has_a_row_too(nuits: tuple[Acquisition, ...]) -> None:
    """Without a name."""
    (ligne,) = describe_certificats(find_new(nuits[1].certificats, nuits[0].certificats),
                                    PERSONNES.clear())  # fmt: skip
    assert ligne["nom"] is None


def told(acquisition: Acquisition, **change: object) -> str:
    """The text of the certificate in force, as its employee reads it."""
    ligne = acquisition.certificats.filter("en_vigueur").row(0, named=True) | change
    noms = {champ.name for champ in fields(Certificat)}
    valeurs = {nom: valeur for nom, valeur in ligne.items() if nom in noms}
    jour = date(2025, 10, 2)
    certificat = Certificat(beneficiaire=LUI, date_arrete=jour, publication=7, **valeurs)
    return read_pdf(compose_certificat_pdf(certificat).draw())


def test_the_employee_reads_where_each_value_comes_from(nuits: tuple[Acquisition, ...]) -> None:
    """Time, hours, wages, the last pay and its hourly wage (D3141-34)."""
    dit = told(nuits[1])
    for mot in ("BASILE VOYAGEUR", "6,00 mois", "12 000,00 €", "2 000,00 €", "13,19 €",
                "septembre 2025", "D3141-34", "du 01/04/2025 au 30/09/2025"):  # fmt: skip
        assert mot in dit, mot
    assert "Aperçu" not in dit


def test_a_preview_says_when_the_employee_will_see_it(nuits: tuple[Acquisition, ...]) -> None:
    """L-26; and what is missing."""
    dit = told(nuits[1], visible_le=date(2025, 10, 16), mois_manquants="2025-05", completude=83)
    assert "montré au salarié le 16 octobre 2025" in dit
    assert "aucune déclaration n’est venue pour mai 2025" in dit


@pytest.mark.parametrize(
    ("codes", "declare", "remede"),
    [
        ("501", "501 (congé sans solde)", "998"),
        ("632", "632", "998"),
        (None, "aucune absence", "Ajouter ce bloc"),
    ],
)
def test_an_absence_to_correct_says_what_to_send(
    codes: str | None, declare: str, remede: str
) -> None:
    """What was told, the block, what to do with what was told."""
    ecarts = pl.DataFrame(
        {
            "siren": "800000010", "cdg": None, "salarie": "P1", "decompte": "DC1",
            "contrat": "00001", "mois": "2025-08", "debut": date(2025, 8, 4),
            "fin": date(2025, 8, 16), "jours_centiemes": 1_100, "codes_declares": codes,
            "bloc": "S21.G00.65.001,'200'\nS21.G00.65.002,'04082025'", "matricule": "M1",
            "surname": "VOYAGEUR", "first_name": "BASILE",
        }
    )  # fmt: skip
    (ligne,) = describe_absences(ecarts)
    assert (ligne["declare"], ligne["jours"], ligne["nom"]) == (declare, "11", "VOYAGEUR")
    assert remede in str(ligne["remede"])
    csv = render_csv(compose_absences_tableaux(ENTREPRISE, ecarts, date(2025, 9, 12), 3))
    assert "S21.G00.65.001,'200' ; S21.G00.65.002,'04082025'" in csv.decode("utf-8-sig")
