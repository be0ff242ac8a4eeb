"""The shapes of a document: the name of its files, and their bytes.

A name bears the decision date: a later document never takes the place of an earlier one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from pipelines.editique.tableaux import Tableaux
from pipelines.editique.tableaux_csv import render_csv
from pipelines.editique.tableaux_xlsx import render_xlsx

Fichier = tuple[str, bytes]


def centre_prefix(cdg: str | None) -> str:
    """What a name of file says of the centre, when the document covers only one."""
    return f"{cdg}_" if cdg else ""


def render_formes(
    nom: str,
    formes: Sequence[str],
    pdf: Callable[[], bytes] | None,
    tableaux: Callable[[], Tableaux],
) -> Iterator[Fichier]:
    """The shapes asked for, each rendered once."""
    if pdf is not None and "pdf" in formes:
        yield f"{nom}.pdf", pdf()
    compose = tableaux()
    for forme, render in (("csv", render_csv), ("xlsx", render_xlsx)):
        if forme in formes:
            yield f"{nom}.{forme}", render(compose)
