"""The lists: what is published, as a table on the terminal or as a file."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.completion import complete_colonnes, complete_filtre, complete_formats, complete_tables
from reporting.demande import (
    DemandeRefusee,
    Format,
    parse_filtres,
    parse_format,
    parse_publication,
)

if TYPE_CHECKING:
    import polars as pl

    from pipelines.metier import Liste, Metier
    from specs.contrats import Contrat
    from warehouse.maison import Maison

JAMAIS_PUBLIE = "Rien n'a encore été publié : la première nuit (caisse nuit) le fera."
DEMANDE_REFUSEE = 2

FormatDemande = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help="Format : texte, csv, json, xlsx ou parquet.",
        autocompletion=complete_formats,
    ),
]
Filtres = Annotated[
    list[str] | None,
    typer.Option(
        "--ou",
        metavar="COLONNE=VALEUR",
        help="Ne garder que les lignes égales à cette valeur, écrite comme dans l'export csv. "
        "Répétable ; une valeur vide garde les lignes sans valeur. Une colonne à liste fermée "
        "n'admet que ses valeurs, que le refus rappelle (docs/dictionnaire.md).",
        autocompletion=complete_filtre,
    ),
]
NumeroPublication = Annotated[
    str | None,
    typer.Option("--publication", metavar="N", help="Lire la publication N, pas la dernière."),
]
Colonnes = Annotated[
    str | None,
    typer.Option(
        "--colonnes",
        metavar="A,B,C",
        help="Ces colonnes, dans cet ordre ; en texte, les principales sinon.",
        autocompletion=complete_colonnes,
    ),
]
Large = Annotated[
    bool, typer.Option("--large", help="En texte, toutes les colonnes, aussi larges qu'il faut.")
]
Sortie = Annotated[
    str | None,
    typer.Option(
        "--sortie",
        metavar="FICHIER",
        help="Écrire dans ce fichier ; tiret (-) pour la sortie standard.",
    ),
]


def exporter(
    table: Annotated[
        str,
        typer.Argument(
            metavar="TABLE", help="Nom d'une table publiée.", autocompletion=complete_tables
        ),
    ],
    format_: FormatDemande = "texte",
    ou: Filtres = None,
    publication: NumeroPublication = None,
    sortie: Sortie = None,
    colonnes: Colonnes = None,
    *,
    large: Large = False,
) -> None:
    """Écrit une table publiée, quelle qu'elle soit."""
    _show_table(table, format_, ou, publication, sortie, colonnes, large=large)


def list_commandes(metiers: Sequence[Metier]) -> Iterator[tuple[str, Callable[..., None]]]:
    """The lists that the businesses offer: name of the command, function with its help."""
    for liste in (liste for metier in metiers for liste in metier.listes):
        commande = _with_other(liste) if liste.autre else _of_table(liste.table)
        commande.__doc__ = liste.aide
        yield liste.commande, commande


def list_groupes(metiers: Sequence[Metier]) -> Iterator[tuple[str, str]]:
    """The groups that some lists are in: name, help."""
    for metier in metiers:
        if metier.aide:
            yield next(liste.commande.split()[0] for liste in metier.listes), metier.aide


def _of_table(table: str) -> Callable[..., None]:
    def liste(
        format_: FormatDemande = "texte",
        ou: Filtres = None,
        publication: NumeroPublication = None,
        sortie: Sortie = None,
        colonnes: Colonnes = None,
        *,
        large: Large = False,
    ) -> None:
        _show_table(table, format_, ou, publication, sortie, colonnes, large=large)

    return liste


def _with_other(liste: Liste) -> Callable[..., None]:
    option, autre_table, aide = liste.autre or ("", "", "")

    def commande(
        *,
        autre: bool = False,
        format_: FormatDemande = "texte",
        ou: Filtres = None,
        publication: NumeroPublication = None,
        sortie: Sortie = None,
        colonnes: Colonnes = None,
        large: Large = False,
    ) -> None:
        table = autre_table if autre else liste.table
        _show_table(table, format_, ou, publication, sortie, colonnes, large=large)

    # Its name and its help are this list's: written here, where they are known.
    commande.__annotations__["autre"] = Annotated[bool, typer.Option(f"--{option}", help=aide)]
    return commande


def _show_table(
    table: str,
    format_: str,
    ou: list[str] | None,
    publication: str | None,
    sortie: str | None,
    colonnes: str | None,
    *,
    large: bool,
) -> None:
    def render(forme: Format) -> bytes:
        filtres, numero = parse_filtres(ou or []), parse_publication(publication)
        return _render(table, forme, filtres, numero, colonnes, large=large)

    answer(render, format_, sortie)


def answer(render: Callable[[Format], bytes], format_: str, sortie: str | None) -> None:
    """Read, render, write; a refused request is a sentence and exit code 2."""
    try:
        forme = parse_format(format_)
        _check_sortie(forme, sortie)
        _write_octets(render(forme), sortie)
    except DemandeRefusee as refus:
        typer.echo(str(refus), err=True)
        raise typer.Exit(DEMANDE_REFUSEE) from None


def _check_sortie(forme: Format, sortie: str | None) -> None:
    if forme.binaire and sortie is None and sys.stdout.isatty():
        raise DemandeRefusee(f"Le format {forme} ne s'affiche pas : donner --sortie FICHIER.")


def _render(
    table: str,
    forme: Format,
    filtres: dict[str, str],
    numero: int | None,
    colonnes: str | None,
    *,
    large: bool,
) -> bytes:
    """Bytes of the table; none, and a sentence, for a reader of text before any publication."""
    from reporting.lecture import read_contrat_publie, read_publication, read_table
    from specs.contrats import Lecteur

    maison = open_maison()
    contrat = read_contrat_publie(table, Lecteur.EXPLOITANT)
    frame = read_table(maison, table, numero, filtres, lecteur=Lecteur.EXPLOITANT)
    if forme is Format.TEXTE and frame.is_empty() and read_publication(maison, numero) is None:
        typer.echo(JAMAIS_PUBLIE, err=True)
        return b""
    return render_liste(frame, contrat, forme, colonnes, large=large)


def render_liste(
    frame: pl.DataFrame,
    contrat: Contrat,
    forme: Format,
    colonnes: str | None = None,
    *,
    large: bool = False,
) -> bytes:
    """Bytes of a list: the columns asked for; of a text without any, the main ones."""
    from reporting.colonnes import LARGEUR, choose_colonnes, describe_omises, keep_main
    from reporting.formats import render_table

    montre = choose_colonnes(contrat, colonnes)
    if forme is not Format.TEXTE or large:
        return render_table(frame.select(c.nom for c in montre.colonnes), montre, forme)
    if colonnes is None:
        montre = keep_main(contrat)
    omises = "" if colonnes or frame.is_empty() else describe_omises(contrat, montre)
    return render_table(frame, montre, forme, LARGEUR) + omises.encode()


def open_maison() -> Maison:
    """The home that the settings name."""
    from warehouse import maison
    from warehouse.reglages import Reglages

    return maison.open_maison(Reglages())


def _write_octets(octets: bytes, sortie: str | None) -> None:
    """Write to a file, or to the standard output."""
    if sortie is None or sortie == "-":
        sys.stdout.buffer.write(octets)
        sys.stdout.buffer.flush()
        return
    try:
        Path(sortie).write_bytes(octets)
    except OSError as cause:
        raise DemandeRefusee(
            f"Impossible d'écrire « {sortie} » : vérifier que son dossier existe et qu'il est "
            "ouvert en écriture."
        ) from cause
