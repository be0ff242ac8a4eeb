"""The command `caisse expliquer`: text as documented, object as recorded, exit codes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
import typer
from typer.testing import CliRunner, Result

from cli.expliquer import expliquer
from warehouse.publications import publish, read_publication

if TYPE_CHECKING:
    from tests.conftest import Caisse

ICI = Path(__file__).parent
DOCUMENTATION = ICI.parents[1] / "docs" / "expliquer.md"
SECOND = "C8000101-202603-02"
LIGNE = f"{SECOND}/2026-03/CP"
EMPREINTE = re.compile(r"\b[0-9a-f]{16}\b")

application = typer.Typer()
application.command()(expliquer)


@pytest.fixture
def expliquee(deux_nuits: Caisse, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The command, in the home of these two nights."""
    monkeypatch.setenv("CAISSE_DOSSIER", str(deux_nuits.maison.reglages.dossier))
    return run


def run(*arguments: str) -> Result:
    """What the command answers."""
    return CliRunner().invoke(application, arguments)


def masked(texte: str) -> str:
    """Fingerprints of specs and code, that every change of them changes, hidden."""
    return EMPREINTE.sub("0" * 16, texte)


def shape(objet: Any) -> Any:
    """Names and types of an object, one element a list."""
    if isinstance(objet, dict):
        return {nom: shape(valeur) for nom, valeur in objet.items()}
    if isinstance(objet, list):
        return [shape(objet[0])] if objet else []
    return type(objet).__name__


def test_the_text_is_the_documented_one(expliquee: Callable[..., Result]) -> None:
    """The example of the documentation is what the command prints."""
    resultat = expliquee(LIGNE)
    assert (resultat.exit_code, resultat.stderr) == (0, "")
    assert masked(resultat.stdout) in DOCUMENTATION.read_text("utf-8")


@pytest.mark.parametrize(("identifiant", "nom"), [(LIGNE, "ligne"), (SECOND, "appel")])
def test_the_object_is_the_recorded_one(
    expliquee: Callable[..., Result], identifiant: str, nom: str
) -> None:
    """Every name and value of the object, but the fingerprints."""
    resultat = expliquee(identifiant, "--format", "json")
    attendu = json.loads((ICI / f"expliquer_{nom}.json").read_text("utf-8"))
    assert json.loads(masked(resultat.stdout)) == attendu
    assert "float" not in str(shape(attendu))


def test_every_name_of_the_object_is_documented() -> None:
    """The documentation names each key, whatever the kind, but the columns of published rows."""
    documentation = DOCUMENTATION.read_text("utf-8")

    def noms(objet: Any) -> set[str]:
        if isinstance(objet, dict):
            propres = {nom: valeur for nom, valeur in objet.items() if nom != "rangee"}
            return set(objet).union(*(noms(v) for nom, v in propres.items() if nom != "details"))
        return set().union(*map(noms, objet)) if isinstance(objet, list) else set()

    fichiers = sorted(ICI.glob("expliquer_*.json"))
    assert len(fichiers) == 4
    for fichier in fichiers:
        objet = json.loads(fichier.read_text("utf-8"))
        assert {nom for nom in noms(objet) if f"`{nom}`" not in documentation} == set()


def test_options_name_a_line_too(expliquee: Callable[..., Result]) -> None:
    """--mois and --cotisation choose the line; one of them alone does not."""
    options = expliquee(SECOND, "--mois", "2026-03", "--cotisation", "CP")
    assert options.stdout == expliquee(LIGNE).stdout
    assert expliquee(SECOND, "--mois", "2026-03").exit_code == 2


def test_what_is_refused_is_a_sentence_and_exit_code_two(expliquee: Callable[..., Result]) -> None:
    """Unknown identifier, publication that does not exist or cannot be read."""
    for arguments, phrase in (
        (("C8000101-202604-01",), "Ce qui s'en approche : C8000101-202603-01, C8000101-202603-02"),
        ((LIGNE, "--publication", "9"), "La publication 9 n'existe pas."),
        ((LIGNE, "--publication", "x"), "Numéro de publication illisible : « x »."),
    ):
        resultat = expliquee(*arguments)
        assert (resultat.exit_code, resultat.stdout) == (2, "")
        assert phrase in resultat.stderr


def test_nothing_is_explained_before_the_first_night(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty home says so."""
    monkeypatch.setenv("CAISSE_DOSSIER", str(tmp_path / "donnees"))
    resultat = run(LIGNE)
    assert resultat.exit_code == 2
    assert "Rien n'a encore été publié" in resultat.stderr


def test_an_amount_that_does_not_close_leaves_with_one(
    appelee: Caisse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call published on bases that do not give it: loud, and exit code 1."""
    caisse = appelee
    lac, lendemain = caisse.maison.lac, date(2026, 4, 6)
    bases, appels = lac.read("bases").collect(), lac.read("appels").collect()
    part = {"part": bases["part"][0]}
    ailleurs = bases.with_columns(pl.col("quantite") + (pl.col("ligne") == 142))
    versions = {
        "bases": lac.write("bases", ailleurs, part),
        "appels": lac.write("appels", appels.with_columns(date_arrete=lendemain), part),
    }
    with caisse.maison.moteur.begin() as connexion:
        publiee = read_publication(connexion)
        assert publiee is not None
        publish(
            connexion,
            date_arrete=lendemain,
            versions=publiee.versions | versions,
            empreinte="",
            publie_le="2026-04-06T20:00:00Z",
            remises=[],
        )
    monkeypatch.setenv("CAISSE_DOSSIER", str(caisse.maison.reglages.dossier))
    resultat = run("C8000101-202603-01")
    assert resultat.exit_code == 1
    assert "ÉCART : les tables publiées ne redonnent pas" in resultat.stdout
    assert "C8000101-202603-01/2026-03/CP, base : recalculé 13" in resultat.stdout
