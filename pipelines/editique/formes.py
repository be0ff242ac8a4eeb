"""The shapes of a document: the name of its files, and their bytes or what is to be drawn.

A name bears the decision date: a later document never takes the place of an earlier one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from pipelines.editique.dessins import Dessin, compose_xlsx
from pipelines.editique.tableaux import Tableaux
from pipelines.editique.tableaux_csv import render_csv

Rendu = tuple[str, bytes]
Fichier = tuple[str, bytes | Dessin]


def centre_prefix(cdg: str | None) -> str:
    """What a name of file says of the centre, when the document covers only one."""
    return f"{cdg}_" if cdg else ""


def render_formes(
    nom: str,
    formes: Sequence[str],
    pdf: Callable[[], Dessin] | None,
    tableaux: Callable[[], Tableaux],
) -> Iterator[Fichier]:
    """The shapes asked for, each composed once."""
    if pdf is not None and "pdf" in formes:
        yield f"{nom}.pdf", pdf()
    compose = tableaux()
    if "csv" in formes:
        yield f"{nom}.csv", render_csv(compose)
    if "xlsx" in formes:
        yield f"{nom}.xlsx", compose_xlsx(compose)


def draw_fichier(contenu: bytes | Dessin) -> bytes:
    """The bytes of a file, drawn when it is to be."""
    return contenu.draw() if isinstance(contenu, Dessin) else contenu
