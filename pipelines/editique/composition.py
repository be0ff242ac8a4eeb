"""Typst, wrapped: a template of `specs/gabarits` and its data in, the bytes of a PDF out.

Values reach the template as one JSON text and are placed as strings: nothing in them is ever
read as markup. Only the fonts embedded in typst are used and the creation date is the one given,
so the same values give the same bytes on any machine.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from queue import Empty, SimpleQueue

import typst

import specs
from pipelines.editique.codes_qr import draw_qr
from specs.caisse import read_caisse

CODE_QR = "_qr"
GABARITS = Path(specs.__file__).parent / "gabarits"
# Compilers that serve nobody, by template: kept, a document costs a few ms rather than 40. One is
# not reentrant, and typst frees the interpreter while it composes: each serves a thread at a time.
_libres: dict[str, SimpleQueue[typst.Compiler]] = defaultdict(SimpleQueue)


def render_pdf(gabarit: str, donnees: Mapping[str, object], jour: date) -> bytes:
    """Compose `specs/gabarits/<gabarit>.typ` with `donnees` (strings, numbers, lists, objects).

    `jour` is the creation date written in the file. TypstError when the template is wrong.
    """
    creation = datetime.combine(jour, time(), tzinfo=UTC)
    contenu = {"caisse": describe_caisse(), **donnees, **_draw_codes(donnees)}
    entrees = {"donnees": json.dumps(contenu, ensure_ascii=False)}
    with _compiler(gabarit) as compilateur:
        octets = compilateur.compile(format="pdf", sys_inputs=entrees, timestamp=creation)
    if not isinstance(octets, bytes):
        raise TypeError("typst n'a pas rendu un document unique")
    return octets


def _draw_codes(donnees: Mapping[str, object]) -> dict[str, str]:
    """The pictures of the codes whose texts are the values named `..._qr`, empty ones left so."""
    textes = ((nom, str(texte)) for nom, texte in donnees.items() if nom.endswith(CODE_QR))
    return {nom: draw_qr(texte) if texte else "" for nom, texte in textes}


def describe_caisse() -> dict[str, str]:
    """The fund, and whom to ask: the same on every document."""
    caisse = read_caisse()
    contact = caisse.contact
    return {
        "nom": caisse.nom,
        "sigle": caisse.sigle,
        "contact": f"{contact.service} · {contact.telephone} · {contact.courriel}",
    }


@contextmanager
def _compiler(gabarit: str) -> Iterator[typst.Compiler]:
    """A compiler of a template, for one document; one that failed is not kept."""
    try:
        compilateur = _libres[gabarit].get_nowait()
    except Empty:
        chemin = GABARITS / f"{gabarit}.typ"
        compilateur = typst.Compiler(input=chemin, root=GABARITS, ignore_system_fonts=True)
    yield compilateur
    _libres[gabarit].put(compilateur)
