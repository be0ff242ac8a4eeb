"""Typst, wrapped: a template of `specs/gabarits` and its data in, the bytes of a PDF out.

Values reach the template as one JSON text and are placed as strings: nothing in them is ever
read as markup. Only the fonts embedded in typst are used and the creation date is the one given,
so the same values give the same bytes on any machine.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from threading import local

import typst

import specs
from specs.caisse import read_caisse

GABARITS = Path(specs.__file__).parent / "gabarits"
# One compiler a template, kept (a few ms a document rather than 40); a thread has its own, since
# a compiler is not reentrant and typst frees the interpreter while it composes.
_compilateurs = local()


def render_pdf(gabarit: str, donnees: Mapping[str, object], jour: date) -> bytes:
    """Compose `specs/gabarits/<gabarit>.typ` with `donnees` (strings, numbers, lists, objects).

    `jour` is the creation date written in the file. TypstError when the template is wrong.
    """
    creation = datetime.combine(jour, time(), tzinfo=UTC)
    contenu = {"caisse": describe_caisse(), **donnees}
    entrees = {"donnees": json.dumps(contenu, ensure_ascii=False)}
    octets = _compiler(gabarit).compile(format="pdf", sys_inputs=entrees, timestamp=creation)
    if not isinstance(octets, bytes):
        raise TypeError("typst n'a pas rendu un document unique")
    return octets


def describe_caisse() -> dict[str, str]:
    """The fund, and whom to ask: the same on every document."""
    caisse = read_caisse()
    contact = caisse.contact
    return {
        "nom": caisse.nom,
        "sigle": caisse.sigle,
        "contact": f"{contact.service} · {contact.telephone} · {contact.courriel}",
    }


def _compiler(gabarit: str) -> typst.Compiler:
    compilateur = getattr(_compilateurs, gabarit, None)
    if compilateur is None:
        chemin = GABARITS / f"{gabarit}.typ"
        compilateur = typst.Compiler(input=chemin, root=GABARITS, ignore_system_fonts=True)
        setattr(_compilateurs, gabarit, compilateur)
    return compilateur
