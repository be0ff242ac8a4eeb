"""What is kept of a DSN of its individuals, read from its lines as they are written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest

from pipelines.individus import MASQUE
from pipelines.metier import Extraction, find
from pipelines.salaries.metier import SALARIES
from pipelines.salaries.regles.absences_lues import compute_absences
from pipelines.salaries.regles.contrats_lus import compute_contrats
from pipelines.salaries.regles.etat_civil import birth_and_surname
from pipelines.salaries.regles.identites_lues import compute_identites
from pipelines.salaries.regles.remunerations_lues import compute_remunerations
from specs.caisse import read_caisse
from specs.contrats import columns_of
from tests.pipelines.ecriture import read_blocs

NIR, NTT = "1850669123101", "18000000100012345"


def bloc(nom: str, **rubriques: str) -> list[str]:
    """Lines of a block: `bloc("30", r001="...")`."""
    return [f"S21.G00.{nom}.{cle[1:]},'{valeur}'" for cle, valeur in rubriques.items()]


INDIVIDU = bloc("30", r001=NIR, r002="O'CONNOR", r004="JÉRÔME", r006="14061985", r019="M1")
CONTRAT = bloc("40", r001="01092015", r002="07", r009="00001", r011="10", r013="151.67", r022="01")
AUTRE = bloc("40", r001="01012026", r002="04", r009="00002", r011="20", r022="20XYZ")


def rows(frame: pl.DataFrame, *colonnes: str) -> list[tuple[Any, ...]]:
    """These columns, in the order of the lines."""
    return frame.sort("ligne").select(colonnes).rows()


def identities(*morceaux: Sequence[str]) -> pl.DataFrame:
    """Identities of these lines."""
    return compute_identites(read_blocs([x for m in morceaux for x in m]), read_caisse())


def test_an_identity_is_kept_with_what_it_was() -> None:
    """Block 30 says who it is, block 31 who it was until its date; certified numbers apart."""
    service = bloc("30", r300="1850669123199", r305="01", r306="1")
    ancienne = bloc("31", r001="01022026", r008="1850699999999", r009="OCONOR", r011="99991985")
    lues = identities([*INDIVIDU, f"S21.G00.30.020,'{NTT}'", *service], ancienne)
    assert rows(lues, "changement", "identifiant", "ntt", "nir_certifie", "nom", "naissance") == [
        (None, NIR, NTT, "1850669123199", "O'CONNOR", "1985-06-14"),
        (date(2026, 2, 1), "1850699999999", None, None, "OCONOR", "1985-00-00"),
    ]
    assert lues["indice_certification"].to_list() == [1, None]
    seul = identities(INDIVIDU, bloc("31", r001="01022026", r009="MARTIN"))
    assert seul["etat_civil"].to_list() == ["1985-06-14|OCONNOR", "1985-06-14|MARTIN"]


def test_without_a_nir_the_temporary_number_identifies() -> None:
    """The NTT of 30.020 stands for the NIR that is not known yet."""
    lues = identities(bloc("30", r002="SILVA", r004="ANA", r006="00001990", r020=NTT))
    assert rows(lues, "identifiant", "nir", "ntt", "etat_civil") == [
        (NTT, None, NTT, "1990-00-00|SILVA")
    ]


@pytest.mark.parametrize(
    ("nom", "attendu"),
    [
        ("O'Connor", "1985-06-14|OCONNOR"),
        ("LE GALL", "1985-06-14|LEGALL"),
        ("Élodie-Ÿ", "1985-06-14|ELODIEY"),
        ("DE LA TOUR DU PIN CHAMBLY DE LA CHARCE", "1985-06-14|DELATOURDUPINCHAMBLYDEL"),
        ("--", None),
    ],
)
def test_a_surname_is_compared_on_its_letters(nom: str, attendu: str | None) -> None:
    """Case, accents and marks are left out, and what an exchange file could not hold."""
    frame = pl.DataFrame({"jour": ["1985-06-14"], "nom": [nom]})
    assert frame.select(birth_and_surname(pl.col("jour"), pl.col("nom"))).item() == attendu


def contracts(*morceaux: Sequence[str]) -> pl.DataFrame:
    """Contracts of these lines."""
    return compute_contrats(read_blocs([x for m in morceaux for x in m]), read_caisse())


def test_a_contract_has_its_category_end_and_seniority() -> None:
    """40.002 gives the category (L-57), 62 the end, 86 the seniority that names the contract."""
    fin = bloc("62", r001="31032026", r002="031")
    anciennetes = [
        *bloc("86", r001="07", r002="03", r003="10", r005="00001"),
        *bloc("86", r001="02", r002="02", r003="180", r005="00001"),
        *bloc("86", r001="03", r002="03", r003="1", r005="00001"),
        *bloc("86", r001="07", r002="01", r003="20", r005="00002"),
    ]
    lus = contracts(INDIVIDU, CONTRAT, fin, AUTRE, anciennetes)
    assert rows(lus, "identifiant", "contrat", "categorie", "caisse", "fin", "motif_fin") == [
        (NIR, "00001", "O", "01", date(2026, 3, 31), "031"),
        (NIR, "00002", "C", "20", None, None),
    ]
    assert rows(lus, "anciennete_entreprise", "anciennete_entreprise_unite") == [
        (10, "03"),
        (20, "01"),
    ]
    assert rows(lus, "anciennete_branche", "quotite_centiemes") == [(180, 15167), (None, None)]


@pytest.mark.parametrize(
    ("statut", "categorie"),
    [("07", "O"), ("06", "E"), ("05", "E"), ("04", "C"), ("03", "C"), ("01", None)],
)
def test_the_category_is_that_of_the_status(statut: str, categorie: str | None) -> None:
    """Another status than those of L-57 gives none: who reads it waits."""
    lus = contracts(INDIVIDU, bloc("40", r002=statut, r009="00001"))
    assert lus["categorie"].to_list() == [categorie]


def test_a_change_of_contract_tells_the_former_values() -> None:
    """A block 41 gives a row under the number of the contract; one of other rubrics gives none."""
    change = bloc("41", r001="15022026", r002="06", r007="75.00", r014="00009", r023="20")
    rien = bloc("41", r001="15022026", r028="01022026")
    lus = contracts(INDIVIDU, CONTRAT, change, rien)
    assert rows(
        lus, "contrat", "changement", "categorie", "quotite_centiemes", "caisse", "ancien_contrat"
    ) == [
        ("00001", None, "O", 15167, "01", None),
        ("00001", date(2026, 2, 15), "E", 7500, "20", "00009"),
    ]


def test_a_number_that_holds_a_nir_is_masked() -> None:
    """A company may number contracts and employees by their NIR: it goes no further."""
    lus = contracts(INDIVIDU, bloc("40", r002="07", r009=f"{NIR}97"))
    assert lus["contrat"].to_list() == [MASQUE]
    individu = bloc("30", r001=NIR, r002="A", r004="B", r006="14061985", r019=f"X-{NIR}")
    assert identities(individu)["matricule"].to_list() == [f"X-{MASQUE}"]


def test_absences_are_on_their_contract_from_their_first_day() -> None:
    """A stoppage begins the day after the last day worked; another suspension on its own."""
    arret = bloc("60", r001="01", r002="05032026", r003="10032026", r010="12032026", r011="01")
    suspension = bloc("65", r001="507", r002="16032026", r003="17032026")
    lues = compute_absences(
        read_blocs([*INDIVIDU, *CONTRAT, *arret, *AUTRE, *suspension]), read_caisse()
    )
    assert rows(
        lues, "contrat", "nature", "motif_absence", "debut", "fin", "fin_prevue", "reprise"
    ) == [
        ("00001", "ARRET", "01", date(2026, 3, 6), None, date(2026, 3, 10), date(2026, 3, 12)),
        ("00002", "SUSPENSION", "507", date(2026, 3, 16), date(2026, 3, 17), None, None),
    ]


def test_pays_give_what_rights_need() -> None:
    """Amounts, hours in their unit, bonuses, received tax rate: the codes that the fund reads."""
    paies = [
        *bloc("50", r001="31032026", r006="3.10", r007="01"),
        *bloc("51", r001="01032026", r002="31032026", r010="00001", r011="002", r013="10.00"),
        *bloc("53", r001="01", r002="137.67"),
        *bloc("53", r001="02", r002="14.00"),
        *bloc("51", r001="01032026", r002="31032026", r010="00002", r011="002", r013="10.00"),
        *bloc("53", r001="01", r002="18.00"),
        *bloc("51", r001="01032026", r002="31032026", r010="00001", r011="010", r013="2450.00"),
        *bloc(
            "51", r001="10032026", r002="11032026", r010="00001", r011="025", r012="14.00",
            r013="0.00",
        ),
        *bloc("52", r001="026", r002="100.00", r003="01012026", r004="31032026", r006="00001"),
        *bloc("52", r001="020", r002="1.00", r006="00001"),
        *bloc("50", r001="30032026", r006="5.00", r007="13"),
    ]  # fmt: skip
    lues = compute_remunerations(read_blocs([*INDIVIDU, *CONTRAT, *AUTRE, *paies]), read_caisse())
    assert rows(lues, "nature", "code", "contrat", "debut") == [
        ("TAUX_PRELEVEMENT", "01", None, date(2026, 3, 31)),
        ("ACTIVITE", "01", "00001", date(2026, 3, 1)),
        ("ACTIVITE", "01", "00002", date(2026, 3, 1)),
        ("REMUNERATION", "010", "00001", date(2026, 3, 1)),
        ("REMUNERATION", "025", "00001", date(2026, 3, 10)),
        ("PRIME", "026", "00001", date(2026, 1, 1)),
    ]
    assert rows(lues, "montant_centimes", "mesure_centiemes", "unite", "taux_prelevement_ppm") == [
        (None, None, None, 31_000),
        (None, 13767, "10", None),
        (None, 1800, "20", None),
        (245_000, None, None, None),
        (0, 1400, "10", None),
        (10_000, None, None, None),
    ]


@pytest.mark.parametrize("extraction", SALARIES.extractions, ids=lambda e: e.table)
def test_an_extraction_gives_its_table(extraction: Extraction) -> None:
    """Whatever blocks are there: the same columns, those of the contract once veiled."""
    extrait = find(extraction.extrait)
    plein = extrait(read_blocs([*INDIVIDU, *CONTRAT]), read_caisse())
    vide = extrait({}, read_caisse())
    assert vide.schema == plein.schema
    assert not vide.height
    voiles = dict(extraction.voiles)
    dits = {voiles.get(nom, nom) for nom in plein.columns} | set(plein.columns)
    ajoutes = {"lot", "depot", "siren"}
    assert set(columns_of(extraction.table)) - dits == ajoutes
