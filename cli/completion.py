"""`caisse completion`: commands, options and values completed by the shell."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from typer._click import Context

from pipelines.metiers import METIERS

INCONNU = 2
COMMANDE = "caisse"
VARIABLE = "_CAISSE_COMPLETE"


class Interpreteur(StrEnum):
    """Shells that the library knows how to complete in."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


def completion(
    interpreteur: Annotated[
        Interpreteur | None,
        typer.Argument(metavar="INTERPRETEUR", help="Celui de la variable SHELL sinon."),
    ] = None,
    *,
    montrer: Annotated[
        bool, typer.Option("--montrer", help="Montrer le script, sans rien installer.")
    ] = False,
) -> None:
    """Compléter commandes, options et valeurs par la touche de tabulation."""
    from typer._completion_shared import get_completion_script, install

    voulu = interpreteur or _find_interpreteur()
    if montrer:
        typer.echo(
            get_completion_script(prog_name=COMMANDE, complete_var=VARIABLE, shell=voulu.value)
        )
        return
    _, chemin = install(voulu.value, COMMANDE, VARIABLE)
    typer.echo(f"Complétion installée pour {voulu} : {chemin}")
    typer.echo(f"Elle sert dès la prochaine session, ou tout de suite par : exec {voulu}")


def _find_interpreteur() -> Interpreteur:
    """The shell of the user; a sentence and exit code 2 when it is none of those."""
    nom = Path(os.environ.get("SHELL", "")).name
    if nom in list(Interpreteur):
        return Interpreteur(nom)
    lu = f"Interpréteur non reconnu (SHELL) : « {nom} »." if nom else "SHELL ne dit rien."
    typer.echo(f"{lu} Écrire caisse completion bash, zsh ou fish.", err=True)
    raise typer.Exit(INCONNU)


def complete_tables(incomplete: str) -> Iterator[tuple[str, str]]:
    """Published tables, with their titles."""
    from specs.contrats import contrats

    for nom, contrat in contrats().items():
        if contrat.publie and nom.startswith(incomplete):
            yield nom, contrat.titre


def complete_formats(incomplete: str) -> list[str]:
    """Formats of a list."""
    from reporting.demande import Format

    return _starting(Format, incomplete)


def complete_adherents(incomplete: str) -> list[str]:
    """Numbers of the members, of a registry on this machine alone; none when there is none."""
    from warehouse.reglages import Reglages

    reglages = Reglages()
    if reglages.base_sql is not None or not (reglages.dossier / "registre.sqlite").exists():
        return []
    from sqlalchemy import create_engine

    from warehouse.registre import read_adherents

    with create_engine(reglages.url_sql).connect() as connexion:
        return _starting(read_adherents(connexion)["numero_adherent"], incomplete)


def complete_filtre(ctx: Context, incomplete: str) -> list[str]:
    """`COLONNE=` of a table, then the codes of its closed list."""
    return [
        f"{nom}={valeur}"
        for nom, valeurs in _read_colonnes(ctx).items()
        for valeur in (valeurs if incomplete.startswith(f"{nom}=") and valeurs else ("",))
        if f"{nom}={valeur}".startswith(incomplete)
    ]


def complete_colonnes(ctx: Context, incomplete: str) -> list[str]:
    """The next column of a list that commas part."""
    debut, virgule, dernier = incomplete.rpartition(",")
    deja = debut.split(",")
    return [
        f"{debut}{virgule}{nom}"
        for nom in _read_colonnes(ctx)
        if nom.startswith(dernier) and nom not in deja
    ]


def _read_colonnes(ctx: Context) -> dict[str, list[str]]:
    """Columns that the fund may see, with their codes; none of an unknown table."""
    from specs.contrats import ContratInconnu, Lecteur, read_contrat

    try:
        contrat = read_contrat(_find_table(ctx))
    except ContratInconnu:
        return {}
    return {c.nom: list(c.valeurs) for c in contrat.seen_by(Lecteur.EXPLOITANT).colonnes}


def _find_table(ctx: Context) -> str:
    """The table that a command lists: its argument, or that of its name."""
    if "table" in ctx.params:
        return str(ctx.params["table"])
    commande = ctx.command_path.partition(" ")[2]
    listes = (liste for metier in METIERS for liste in metier.listes)
    liste = next((liste for liste in listes if liste.commande == commande), None)
    if liste is None:
        return ""
    return liste.autre[1] if liste.autre and ctx.params.get("autre") else liste.table


def _starting(noms: Iterable[str], incomplete: str) -> list[str]:
    return sorted(str(nom) for nom in noms if str(nom).startswith(incomplete))
