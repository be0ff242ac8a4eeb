"""The lists: what is published, as a table on the terminal or as a file."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reporting.demande import (
    DemandeRefusee,
    Format,
    parse_filtres,
    parse_format,
    parse_publication,
)

if TYPE_CHECKING:
    from warehouse.maison import Maison

JAMAIS_PUBLIE = "Rien n'a encore été publié : la première nuit (caisse nuit) le fera."
DEMANDE_REFUSEE = 2

FormatDemande = Annotated[
    str,
    typer.Option("--format", metavar="FORMAT", help="Format : texte, csv, json, xlsx ou parquet."),
]
Filtres = Annotated[
    list[str] | None,
    typer.Option(
        "--ou",
        metavar="COLONNE=VALEUR",
        help="Ne garder que les lignes égales à cette valeur, écrite comme dans l'export csv. "
        "Répétable ; une valeur vide garde les lignes sans valeur. Une colonne à liste fermée "
        "n'admet que ses valeurs, que le refus rappelle (docs/dictionnaire.md).",
    ),
]
NumeroPublication = Annotated[
    str | None,
    typer.Option("--publication", metavar="N", help="Lire la publication N, pas la dernière."),
]
Sortie = Annotated[
    str | None,
    typer.Option(
        "--sortie",
        metavar="FICHIER",
        help="Écrire dans ce fichier ; tiret (-) pour la sortie standard.",
    ),
]


def depots(
    format_: FormatDemande = "texte",
    ou: Filtres = None,
    publication: NumeroPublication = None,
    sortie: Sortie = None,
) -> None:
    """Dépôts reçus, essais compris, leur état et le nombre de leurs anomalies."""
    _show_table("depots", format_, ou, publication, sortie)


def appels(
    format_: FormatDemande = "texte",
    ou: Filtres = None,
    publication: NumeroPublication = None,
    sortie: Sortie = None,
) -> None:
    """Appels de cotisations, un par centre de gestion et par mois."""
    _show_table("appels", format_, ou, publication, sortie)


def anomalies(
    format_: FormatDemande = "texte",
    ou: Filtres = None,
    publication: NumeroPublication = None,
    sortie: Sortie = None,
) -> None:
    """Anomalies relevées dans les dépôts, avec ce qu'il faut faire."""
    _show_table("anomalies", format_, ou, publication, sortie)


def alertes(
    format_: FormatDemande = "texte",
    ou: Filtres = None,
    publication: NumeroPublication = None,
    sortie: Sortie = None,
) -> None:
    """Dépôts mis à l'écart, entreprises tenues à leur dernière publication, et pourquoi."""
    _show_table("alertes", format_, ou, publication, sortie)


def attendues(
    format_: FormatDemande = "texte",
    ou: Filtres = None,
    publication: NumeroPublication = None,
    sortie: Sortie = None,
) -> None:
    """Déclarations attendues de chaque établissement, reçues ou manquantes."""
    _show_table("declarations_attendues", format_, ou, publication, sortie)


def attestations(
    format_: FormatDemande = "texte",
    ou: Filtres = None,
    publication: NumeroPublication = None,
    sortie: Sortie = None,
) -> None:
    """Attestations délivrées pour les marchés publics, et leur état."""
    _show_table("attestations", format_, ou, publication, sortie)


def prelevements(
    format_: FormatDemande = "texte",
    ou: Filtres = None,
    publication: NumeroPublication = None,
    sortie: Sortie = None,
) -> None:
    """Prélèvements remis à la banque, et ce qu'elle en a dit."""
    _show_table("prelevements", format_, ou, publication, sortie)


def encaissements(
    en_attente: Annotated[
        bool, typer.Option("--en-attente", help="Ceux que personne n'a pu affecter, et pourquoi.")
    ] = False,
    format_: FormatDemande = "texte",
    ou: Filtres = None,
    publication: NumeroPublication = None,
    sortie: Sortie = None,
) -> None:
    """Mouvements de la banque affectés à un adhérent, ou qui attendent une décision."""
    table = "encaissements_non_affectes" if en_attente else "encaissements"
    _show_table(table, format_, ou, publication, sortie)


def exporter(
    table: Annotated[str, typer.Argument(metavar="TABLE", help="Nom d'une table publiée.")],
    format_: FormatDemande = "texte",
    ou: Filtres = None,
    publication: NumeroPublication = None,
    sortie: Sortie = None,
) -> None:
    """Écrit une table publiée, quelle qu'elle soit."""
    _show_table(table, format_, ou, publication, sortie)


def _show_table(
    table: str,
    format_: str,
    ou: list[str] | None,
    publication: str | None,
    sortie: str | None,
) -> None:
    answer(
        lambda forme: _render(
            table, forme, parse_filtres(ou or []), parse_publication(publication)
        ),
        format_,
        sortie,
    )


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


def _render(table: str, forme: Format, filtres: dict[str, str], numero: int | None) -> bytes:
    """Bytes of the table; none, and a sentence, for a reader of text before any publication."""
    from reporting.formats import render_table
    from reporting.lecture import read_contrat_publie, read_publication, read_table
    from specs.contrats import Lecteur

    maison = open_maison()
    contrat = read_contrat_publie(table, Lecteur.EXPLOITANT)
    frame = read_table(maison, table, numero, filtres, lecteur=Lecteur.EXPLOITANT)
    if forme is Format.TEXTE and frame.is_empty() and read_publication(maison, numero) is None:
        typer.echo(JAMAIS_PUBLIE, err=True)
        return b""
    return render_table(frame, contrat, forme)


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
