"""Every command in French, and every list in a terminal of 80 columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

import polars as pl
import pytest
import typer
from typer.core import TyperGroup
from typer.testing import CliRunner

from cli.application import application
from cli.listes import render_liste
from reporting.colonnes import LARGEUR
from reporting.demande import Format
from specs.contrats import Contrat, Lecteur, contrats, schema_polars
from specs.fichiers import read_yaml
from specs.listes import main_columns

ANGLAIS = re.compile(
    r"usage:|\[default|required|show this|commands\b|<bool>|<str>|<int>|<path>|\btry\b|\berror\b|"
    r"invalid|missing|no such|unexpected|\bargs\b|\bfile\b|\bdirectory\b",
    re.IGNORECASE,
)
AU_PLUS = {  # a value as long as any, by type
    "texte": "X" * 40,
    "mois": "2026-12",
    "entier": 999_999,
    "centimes": -12_345_678_90,
    "ppm": 1_000_000,
    "centiemes": 123_456,
    "booleen": True,
    "date": date(2026, 12, 31),
}
PUBLIES = [contrat for contrat in contrats().values() if contrat.publie]


def list_commandes(groupe: TyperGroup, *avant: str) -> Iterator[tuple[str, ...]]:
    """The words of every command and group."""
    yield avant
    for nom, commande in groupe.commands.items():
        if isinstance(commande, TyperGroup):
            yield from list_commandes(commande, *avant, nom)
        else:
            yield (*avant, nom)


@cache
def run(*mots: str) -> str:
    """What a command line prints on a terminal of 80 columns."""
    return CliRunner(env={"COLUMNS": "80", "TERM": "dumb"}).invoke(application, mots).output


RACINE = typer.main.get_command(application)
assert isinstance(RACINE, TyperGroup)


@pytest.mark.parametrize("mots", list(list_commandes(RACINE)), ids=" ".join)
def test_help_is_french_and_holds_in_80_columns(mots: tuple[str, ...]) -> None:
    """No word of the library is left in English, nothing is cut or too wide."""
    aide = run(*mots, "--help")
    assert aide.lstrip().startswith("Usage : ")
    assert not ANGLAIS.findall(aide)
    assert max(map(len, aide.splitlines())) <= 80
    assert "Montrer cette aide." in aide


@pytest.mark.parametrize("mots", [m for m in list_commandes(RACINE) if m], ids=" ".join)
def test_a_member_is_named_one_way(mots: tuple[str, ...]) -> None:
    """No command asks for a SIREN, or for a member without saying --adherent."""
    aide = run(*mots, "--help")
    assert "--siren" not in aide
    assert not re.search(r"^│ [* ] +ADHERENT", aide, re.MULTILINE)


@pytest.mark.parametrize(
    ("ligne", "attendu"),
    [
        ("depot", "Commande inconnue : « depot ». Vouliez-vous écrire deposer, depots"),
        ("inconnue", "Commande inconnue : « inconnue »."),
        ("registre inconnue", "Commande inconnue : « inconnue »."),
        ("depots --formt csv", "Option inconnue : « --formt ». Vouliez-vous écrire --format"),
        ("depots x", "En trop : « x »."),
        ("verifier", "Il manque FICHIER. Fichiers DSN, d'échange ou de la banque"),
        ("releve", "Il manque l'option --adherent. Numéro d'adhérent, ou SIREN."),
        ("depots --ou", "L'option --ou attend une valeur."),
        ("depots --large=oui", "L'option --large n'attend pas de valeur."),
        (
            "deposer f --adherent A1 --port abc",
            "Valeur illisible pour l'option --port : « abc ». Écrire un nombre entier.",
        ),
        (
            "document releve --adherent A1 --sortie s --debut hier",
            "Valeur illisible pour l'option --debut : « hier ». Écrire une date : AAAA-MM-JJ.",
        ),
        (
            "simuler cas.yaml --format xml",
            "l'option --format : « xml ». Écrire une de ces valeurs : texte, json.",
        ),
        ("impact --specs /nul/part", "« /nul/part » n'existe pas."),
        ("impact --specs pyproject.toml", "« pyproject.toml » est un fichier : un dossier"),
        ("deposer f --adherent ../x", "Valeur refusée pour --adherent : ce n'est pas un numéro"),
        ("completion cmd", "Écrire une de ces valeurs : bash, zsh, fish."),
    ],
)
def test_a_mistake_says_what_was_read_and_what_to_write(ligne: str, attendu: str) -> None:
    """One sentence in French, with the help to ask for, and exit code 2."""
    resultat = CliRunner(env={"COLUMNS": "80"}).invoke(application, ligne.split())
    assert resultat.exit_code == 2
    texte = " ".join(re.sub(r"[│╭╮╰╯─]", " ", resultat.output).split())
    assert attendu in texte
    assert not ANGLAIS.findall(re.sub(r"« .*? »", "", texte))


def fill(contrat: Contrat) -> pl.DataFrame:
    """Two rows of values as long as any."""
    ligne = {
        colonne.nom: max(colonne.valeurs, key=len) if colonne.valeurs else AU_PLUS[colonne.type]
        for colonne in contrat.colonnes
    }
    return pl.DataFrame([ligne, ligne], schema=schema_polars(contrat))


@pytest.mark.parametrize("contrat", PUBLIES, ids=lambda contrat: contrat.nom)
def test_a_list_holds_in_80_columns(contrat: Contrat) -> None:
    """Whatever its values, with its main columns; wide, it has every title."""
    vu = contrat.seen_by(Lecteur.EXPLOITANT)
    texte = render_liste(fill(vu), vu, Format.TEXTE).decode()
    assert max(map(len, texte.splitlines())) <= LARGEUR
    large = render_liste(fill(vu), vu, Format.TEXTE, large=True).decode()
    assert len(large) >= len(texte) - 80


@pytest.mark.parametrize("table", list(read_yaml("specs", "listes")))
def test_main_columns_are_columns(table: str) -> None:
    """Of a table that exists, columns that the fund may see, each once."""
    if table == "releve":  # made on demand, by a command of its own
        return
    vues = [c.nom for c in contrats()[table].seen_by(Lecteur.EXPLOITANT).colonnes]
    assert set(main_columns(table)) <= set(vues)
    assert len(set(main_columns(table))) == len(main_columns(table))


@pytest.mark.parametrize(
    ("ligne", "attendus"),
    [
        ("caisse depo", {"depots", "deposer"}),
        ("caisse exporter lignes_a", {"lignes_appel"}),
        ("caisse depots --format c", {"csv"}),
        ("caisse depots --ou eta", {"etat="}),
        ("caisse depots --ou etat=CONF", {"etat=CONFORME"}),
        ("caisse depots --colonnes depot,no", {"depot,nom"}),
        ("caisse decider aff", {"affectation"}),
        ("caisse registre imp", {"importer", "imports"}),
    ],
)
def test_the_shell_completes(ligne: str, attendus: set[str]) -> None:
    """As bash asks: commands, tables, formats, columns and codes, natures."""
    demande = {
        "_CAISSE_COMPLETE": "complete_bash",
        "COMP_WORDS": ligne,
        "COMP_CWORD": str(len(ligne.split()) - 1),
    }
    fait = CliRunner(env=demande).invoke(application, [], prog_name="caisse")
    assert attendus <= set(fait.output.split())
