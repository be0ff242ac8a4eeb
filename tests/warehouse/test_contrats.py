"""Contracts: what the file says, and what is refused before writing."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from specs.contrats import CLASSES, TYPES, Contrat, ContratInconnu, contrats, read_contrat
from specs.contrats import schema_polars as schema
from specs.fichiers import read_sujets
from warehouse.contrats import ContratRompu, check_contrat

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


@pytest.mark.parametrize("contrat", contrats().values(), ids=lambda contrat: contrat.nom)
def test_contrat_bien_forme(contrat: Contrat) -> None:
    """Each contract has known types and classes, a key and a partition among its columns."""
    noms = {colonne.nom for colonne in contrat.colonnes}
    assert contrat.cle
    assert {*contrat.cle, *contrat.partition} <= noms
    assert {colonne.type for colonne in contrat.colonnes} <= set(TYPES)
    assert {colonne.classe for colonne in contrat.colonnes} <= CLASSES
    assert not [c.nom for c in contrat.colonnes if c.nom in contrat.cle and c.nul]


@pytest.mark.parametrize("table", contrats())
def test_mots_des_contrats(table: str) -> None:
    """A column says type, titre, classe and nul, nothing else (a comma may need quotes)."""
    colonnes = read_sujets("specs.contrats")[table]["colonnes"]
    mots = {"type", "titre", "classe", "nul"}
    inconnus = {nom: sorted(map(str, c.keys() - mots)) for nom, c in colonnes.items()}
    assert {nom: autres for nom, autres in inconnus.items() if autres} == {}


def test_unites() -> None:
    """Money and rates are 64-bit integers, under a name that ends with their unit."""
    for contrat in contrats().values():
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
