"""Contracts: what the file says, and what is refused before writing."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from reporting.page import ETATS
from specs.contrats import (
    CLASSES,
    TYPES,
    Colonne,
    Contrat,
    ContratInconnu,
    ContratInvalide,
    codes_of,
    contrats,
    read_contrat,
    valeurs_of,
)
from specs.contrats import schema_polars as schema
from specs.fichiers import read_sujets
from specs.registre import read_evenements
from tests.conftest import NATURES
from warehouse.contrats import ContratRompu, check_contrat
from warehouse.journal import TRANSITIONS

LIGNES = read_contrat("lignes_appel")
BONNE = {
    "part": 1,
    "appel": "12345-01-2026-03-1",
    "cdg": "12345-01",
    "siren": "732829320",
    "mois_appel": "2026-03",
    "rang": 1,
    "mois_rattachement": "2026-03",
    "cotisation": "CP",
    "base_brute_centimes": 1_000,
    "heures_centiemes": None,
    "refaction_ppm": 1_000_000,
    "coefficient_ppm": 1_000_000,
    "base_centimes": 1_000,
    "abattement_centimes": 0,
    "taux_ppm": 210_000,
    "montant_centimes": 210,
}
FRAME = pl.DataFrame([BONNE], schema=schema(LIGNES))
# Their key is all that a company tells of a person, what it leaves out too.
CLES_DE_CE_QUI_EST_DIT = {"identites", "rapprochements_salaries", "echeances"}
ECRITS = read_sujets("specs.contrats")


@pytest.mark.parametrize("contrat", contrats().values(), ids=lambda contrat: contrat.nom)
def test_contrat_bien_forme(contrat: Contrat) -> None:
    """Each contract has known types and classes, a key and a partition among its columns."""
    noms = {colonne.nom for colonne in contrat.colonnes}
    assert contrat.cle
    assert {*contrat.cle, *contrat.partition} <= noms
    assert {colonne.type for colonne in contrat.colonnes} <= set(TYPES)
    assert {colonne.classe for colonne in contrat.colonnes} <= CLASSES.keys()
    nuls = [c.nom for c in contrat.colonnes if c.nom in contrat.cle and c.nul]
    assert not nuls or contrat.nom in CLES_DE_CE_QUI_EST_DIT


@pytest.mark.parametrize("table", ECRITS)
def test_mots_des_contrats(table: str) -> None:
    """A column says nothing but these words (a comma in a title may need quotes)."""
    colonnes = ECRITS[table]["colonnes"]
    mots = {"type", "titre", "classe", "nul", "valeurs"}
    inconnus = {nom: sorted(map(str, c.keys() - mots)) for nom, c in colonnes.items()}
    assert {nom: autres for nom, autres in inconnus.items() if autres} == {}


def test_unites() -> None:
    """Money and rates are 64-bit integers, under a name that ends with their unit.

    The records of exchange files, which no file of contracts describes, keep the names of fields.
    """
    for contrat in map(read_contrat, ECRITS):
        for colonne in contrat.colonnes:
            for unite in ("centimes", "ppm", "centiemes"):
                assert (colonne.type == unite) == colonne.nom.endswith(f"_{unite}")
    assert TYPES["centimes"] == TYPES["ppm"] == TYPES["centiemes"] == pl.Int64


def test_contrat_inconnu() -> None:
    """A name without a contract is refused."""
    with pytest.raises(ContratInconnu):
        read_contrat("inconnue")


def test_frame_conforme() -> None:
    """A frame that keeps its contract passes, also without any row."""
    check_contrat(LIGNES, FRAME)
    check_contrat(LIGNES, FRAME.clear())


@pytest.mark.parametrize(
    ("frame", "mot"),
    [
        (FRAME.drop("taux_ppm"), "taux_ppm"),
        (FRAME.with_columns(autre=1), "autre"),
        (FRAME.select(FRAME.columns[::-1]), "COLUMN_NOT_ORDERED"),
        (FRAME.with_columns(pl.col("montant_centimes").cast(pl.Float64)), "montant_centimes"),
        (FRAME.with_columns(pl.col("montant_centimes").cast(pl.Int32)), "montant_centimes"),
        (FRAME.with_columns(cdg=pl.lit(None, pl.String)), "cdg"),
        (FRAME.with_columns(mois_appel=pl.lit("2026-13")), "mois_appel"),
        (FRAME.with_columns(mois_appel=pl.lit("2026-03-01")), "mois_appel"),
        (FRAME.with_columns(mois_appel=date(2026, 3, 1)), "mois_appel"),
        (pl.concat([FRAME, FRAME]), "clé"),
    ],
    ids=str.split("missing unknown disordered float int32 null mois13 mois_jour date doublon", " "),
)
def test_frame_refuse(frame: pl.DataFrame, mot: str) -> None:
    """A frame that breaks its contract is refused, and the refusal says where."""
    with pytest.raises(ContratRompu, match=mot):
        check_contrat(LIGNES, frame)


def test_une_ligne_sur_mille() -> None:
    """One bad row among thousands is seen, though a lazy check would not look at the rows."""
    frame = FRAME.select(pl.all().repeat_by(5_000)).explode(FRAME.columns)
    frame = frame.with_columns(appel=pl.int_range(5_000).cast(pl.String))
    check_contrat(LIGNES, frame)
    mauvais = pl.when(pl.col("appel") == "4999").then(None).otherwise("cdg").alias("cdg")
    with pytest.raises(ContratRompu):
        check_contrat(LIGNES, frame.with_columns(mauvais))


def test_frame_paresseux() -> None:
    """A lazy frame is refused, not half checked."""
    with pytest.raises(TypeError):
        check_contrat(LIGNES, FRAME.lazy())  # type: ignore[arg-type]


def test_refus_sans_valeur() -> None:
    """A refusal quotes no value: it may be personal."""
    with pytest.raises(ContratRompu) as refus:
        check_contrat(LIGNES, FRAME.with_columns(mois_appel=pl.lit("SECRET")))
    assert "SECRET" not in str(refus.value)
    assert refus.value.__suppress_context__


ALERTES = read_contrat("alertes")
ALERTE = {
    "alerte": "20260401-controle-D00000001",
    "date_arrete": date(2026, 4, 1),
    "nature": "DEPOT",
    "etape": "controle",
    "cause": "illisible",
    "etat": "OUVERTE",
}
FRAME_ALERTES = pl.DataFrame([ALERTE], schema=schema(ALERTES))
FERMEES = [(c, colonne) for c in contrats().values() for colonne in c.colonnes if colonne.valeurs]


@pytest.mark.parametrize(
    ("contrat", "colonne"), FERMEES, ids=[f"{c.nom}-{colonne.nom}" for c, colonne in FERMEES]
)
def test_every_closed_list_is_checked_before_writing(contrat: Contrat, colonne: Colonne) -> None:
    """Each admitted code passes, another one is refused with the table, the column, the lists."""
    frame = pl.DataFrame([_row(contrat)], schema=schema(contrat))
    for code in colonne.valeurs:
        check_contrat(contrat, frame.with_columns(pl.lit(code).alias(colonne.nom)))
    with pytest.raises(ContratRompu) as refus:
        check_contrat(contrat, frame.with_columns(pl.lit("AUTRE_CODE").alias(colonne.nom)))
    for mot in (contrat.nom, colonne.nom, "AUTRE_CODE", *colonne.valeurs):
        assert mot in str(refus.value)


def _row(contrat: Contrat) -> dict[str, object]:
    """A row that keeps the contract: the first code of each closed list, a value of each type."""
    exemples = {"texte": "x", "mois": "2026-03", "date": date(2026, 3, 1), "booleen": True}
    return {
        colonne.nom: next(iter(colonne.valeurs), exemples.get(colonne.type, 1))
        for colonne in contrat.colonnes
    }


def test_a_closed_list_lets_a_missing_value_pass() -> None:
    """Whether a value may be missing is `nul`, not the list."""
    situations = read_contrat("situations")
    frame = pl.DataFrame([_row(situations) | {"motif": None}], schema=schema(situations))
    check_contrat(situations, frame)


@pytest.mark.parametrize(
    "personnelle", ["DUPONT Jeanne", "185057800608436", "FR7699999000010000000000115"]
)
def test_a_foreign_value_that_is_no_code_is_counted_not_quoted(personnelle: str) -> None:
    """A name, a NIR or an IBAN that a mistake puts in a closed column is not told."""
    etats = pl.Series("etat", [personnelle, "FERMEE"])
    frame = pl.concat([FRAME_ALERTES, FRAME_ALERTES]).with_columns(etats)
    with pytest.raises(ContratRompu) as refus:
        check_contrat(ALERTES, frame)
    assert personnelle not in str(refus.value)
    assert "n'admet pas FERMEE, 1\u00a0autre valeur" in str(refus.value)
    assert refus.value.__suppress_context__ or refus.value.__context__ is None


def test_codes_are_declared_from_the_list() -> None:
    """A constant is a code of its column, or the module that declares it does not load."""
    assert codes_of("alertes", "etat", "LEVEE") == ("LEVEE",)
    with pytest.raises(ContratInvalide, match="alertes, colonne etat : FERMEE"):
        codes_of("alertes", "etat", "OUVERTE", "FERMEE")
    with pytest.raises(ContratInvalide, match="colonne cause n'a pas de liste"):
        valeurs_of("alertes", "cause")


@pytest.mark.parametrize(
    "champs",
    [
        {"type": "inconnu"},
        {"classe": "secrete"},
        {"type": "entier", "valeurs": {"UN": "un"}},
        {"valeurs": {False: "non"}},
        {"valeurs": {"CODE": None}},
        {"valeurs": {"CODE": ""}},
    ],
    ids=str.split("type classe entier booleen sans_sens sens_vide"),
)
def test_a_contract_is_checked_when_it_is_read(champs: dict[str, Any]) -> None:
    """A type, a class or a code that means nothing is refused on load."""
    with pytest.raises(ContratInvalide, match="colonne c "):
        Colonne(**{"nom": "c", "type": "texte", "titre": "c"} | champs)
    with pytest.raises(ContratInvalide, match="sans colonne"):
        Contrat("t", "t", publie=True, partition=(), cle=("d",), colonnes=())


@pytest.mark.parametrize(
    ("table", "colonne", "codes"),
    [
        ("depots", "etat", set(TRANSITIONS)),
        ("depots", "etat", set(ETATS)),
        ("decisions", "nature", set(NATURES)),
        ("evenements_mandat", "evenement", set(read_evenements())),
        (
            "etats_mandat",
            "etat",
            {e.vers for e in read_evenements().values() if e.vers} | {"CADUC"},
        ),
    ],
    ids=str.split("transitions portail decisions evenements mandats"),
)
def test_what_is_said_of_each_code_covers_the_list(
    table: str, colonne: str, codes: set[str]
) -> None:
    """The rooms that say something of each code of a list have them all, and no other."""
    assert codes == set(valeurs_of(table, colonne))
