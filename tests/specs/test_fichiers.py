"""Every file of specs: readable, dated with sources, and consistent with the others."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import etree

from specs.contrats import CLASSES
from specs.fichiers import read_sujets

SPECS = Path(__file__).parents[2] / "specs"
FICHIERS = sorted(
    fichier
    for fichier in SPECS.rglob("*")
    if fichier.is_file() and "__pycache__" not in fichier.parts
)
# `.json`, `.md`: a schema, and what the pack of the formats says of itself.
GENRES = {".py", ".yaml", ".csv", ".html", ".typ", ".xml", ".xsd", ".json", ".md"}
TYPES = {"texte", "entier", "booleen", "date", "mois", "centimes", "ppm", "centiemes"}
UNITES = {"centimes": "_centimes", "ppm": "_ppm", "centiemes": "_centiemes"}

type_serie = tuple[str, list[dict[str, Any]]]


def fichiers(suffixe: str) -> list[Any]:
    """The files of one kind, as named parameters."""
    return [
        pytest.param(fichier, id=str(fichier.relative_to(SPECS)))
        for fichier in FICHIERS
        if fichier.suffix == suffixe
    ]


def series_datees(contenu: object, chemin: str = "") -> Iterator[type_serie]:
    """Every list of dated values inside a YAML, with its path."""
    if isinstance(contenu, dict):
        for nom, valeur in contenu.items():
            yield from series_datees(valeur, f"{chemin}.{nom}")
    elif isinstance(contenu, list) and any(isinstance(v, dict) and "valeur" in v for v in contenu):
        yield chemin, contenu


def test_no_unknown_kind_of_file() -> None:
    """The package holds data and its readers, nothing else."""
    assert [f for f in FICHIERS if f.suffix not in GENRES] == []


@pytest.mark.parametrize("fichier", fichiers(".yaml"))
def test_every_dated_value_has_a_start_a_source_and_an_order(fichier: Path) -> None:
    """Values of a series start on the first of a month, never twice on one day, each sourced."""
    for chemin, valeurs in series_datees(yaml.safe_load(fichier.read_text("utf-8"))):
        debuts = [valeur["debut"] for valeur in valeurs]
        assert all(type(debut) is date and debut.day == 1 for debut in debuts), chemin
        assert all(avant < apres for avant, apres in pairwise(debuts)), chemin
        for valeur in valeurs:
            check_origine(chemin, valeur)


def check_origine(chemin: str, valeur: dict[str, Any]) -> None:
    """A value has a title of source, and an address that is one; an end says why it ends."""
    if valeur["valeur"] is None:
        assert valeur.get("note"), (chemin, valeur["debut"])
        return
    source = valeur["source"]
    assert source["titre"].strip(), (chemin, valeur["debut"])
    assert re.fullmatch(r"https?://\S+", source.get("lien", "https://x")), (chemin, source)


@pytest.mark.parametrize("fichier", fichiers(".yaml"))
def test_numbers_of_dated_values_are_integers(fichier: Path) -> None:
    """No float in the data: centimes and parts per million are whole numbers."""

    def flottants(contenu: object) -> Iterator[float]:
        enfants = contenu.values() if isinstance(contenu, dict) else contenu
        if isinstance(enfants, float):
            yield enfants
        elif not isinstance(enfants, str) and hasattr(enfants, "__iter__"):
            for enfant in enfants:
                yield from flottants(enfant)

    assert list(flottants(yaml.safe_load(fichier.read_text("utf-8")))) == []


def test_rates_and_amounts_are_of_a_plausible_size() -> None:
    """A rate is between 0 and 100 %: a value in percent or in parts per ten thousand is caught."""
    for sujet in ("cotisations", "cumuls"):
        contenu = yaml.safe_load((SPECS / f"baremes/{sujet}.yaml").read_text("utf-8"))
        for chemin, valeurs in series_datees(contenu):
            connues = [v["valeur"] for v in valeurs if v["valeur"] is not None]
            assert all(v > 0 for v in connues), chemin
            if chemin.endswith("taux_ppm") and "FRAC" not in chemin:
                assert all(1_000 <= v < 1_000_000 for v in connues), chemin


@pytest.mark.parametrize("fichier", fichiers(".csv"))
def test_a_table_is_rectangular_without_repeated_lines(fichier: Path) -> None:
    """Every row has the columns of the header, and no row stands twice."""
    with fichier.open(encoding="utf-8", newline="") as flux:
        entete, *lignes = csv.reader(flux)
    assert len(set(entete)) == len(entete)
    assert all(entete)
    assert {len(ligne) for ligne in lignes} == {len(entete)}
    assert len({tuple(ligne) for ligne in lignes}) == len(lignes)


@pytest.mark.parametrize("fichier", fichiers(".xsd"))
def test_a_schema_is_a_schema(fichier: Path) -> None:
    """An XSD compiles, without fetching anything."""
    etree.XMLSchema(etree.parse(fichier, etree.XMLParser(no_network=True)))


@pytest.mark.parametrize("fichier", fichiers(".typ"))
def test_a_layout_imports_layouts_that_exist(fichier: Path) -> None:
    """The files that a layout includes stand beside it; packages of the network are not used."""
    texte = fichier.read_text("utf-8")
    inclus = re.findall(r"#(?:import|include)\s+\"([^\"]+)\"", texte)
    assert all((fichier.parent / nom.lstrip("/")).is_file() for nom in inclus)


# Their key is all that a company tells of a person, what it leaves out too; or the file of a draft,
# where there is one.
CLES_DE_CE_QUI_EST_DIT = {"identites", "rapprochements_salaries", "echeances"}


def test_table_contracts_name_columns_that_exist() -> None:
    """Key and partition are columns; types and privacy classes are known; units end the names."""
    contrats = read_sujets("specs.contrats")
    for nom, contrat in contrats.items():
        colonnes = contrat["colonnes"]
        assert contrat["titre"], nom
        assert isinstance(contrat["publie"], bool), nom
        assert contrat["cle"], nom
        assert {*contrat["cle"], *contrat["partition"]} <= set(colonnes), nom
        assert len(set(contrat["cle"])) == len(contrat["cle"]), nom
        for colonne, regle in colonnes.items():
            check_colonne(nom, colonne, regle)
        nuls = {c for c in contrat["cle"] if colonnes[c].get("nul")}
        assert not nuls or nom in CLES_DE_CE_QUI_EST_DIT, nom


# A code of ours, or a rubric of the DSN and the value it has.
CODE = re.compile(r"\*|[A-Z][A-Z0-9_]*|[a-z][a-z0-9_.]*|\d\d\.\d{3}=\d{3}")


def check_colonne(table: str, nom: str, regle: dict[str, Any]) -> None:
    """One column: known type and class, a title, the unit last in its name."""
    assert regle.keys() <= {"type", "titre", "classe", "nul", "valeurs"}, (table, nom)
    assert regle["type"] in TYPES, (table, nom)
    assert regle["titre"], (table, nom)
    assert regle.get("classe", "publique") in CLASSES, (table, nom)
    assert nom.endswith(UNITES.get(regle["type"], "")), (table, nom)
    assert re.fullmatch(r"[a-z][a-z0-9_]*", nom), (table, nom)
    for code, sens in regle.get("valeurs", {}).items():
        assert CODE.fullmatch(code), (table, nom, code)
        assert sens, (table, nom, code)
