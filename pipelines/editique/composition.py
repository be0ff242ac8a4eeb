"""Typst, wrapped: a template of `specs/gabarits` and its data in, the bytes of a PDF out.

Values reach the template as one JSON text and are placed as strings: nothing in them is ever
read as markup. Only the fonts embedded in typst are used and the creation date is the one given,
so the same values give the same bytes on any machine.

What typst evaluated and laid out for a document it takes again for the next ones, where they say
the same: the text of the values is in the source, not in `sys.inputs`, which everything hangs on.
"""

from __future__ import annotations

import json
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
SOURCE = """#import "{gabarit}.typ": dessin
#dessin(json(bytes("{donnees}")))
"""
ECHAPPES = str.maketrans({"\\": r"\\", '"': r"\""})  # in a string of typst
# Compilers that serve nobody: kept, a document costs a few ms rather than 40. One is not reentrant,
# and typst frees the interpreter while it composes: each serves a thread at a time.
_libres: SimpleQueue[typst.Compiler] = SimpleQueue()


def render_pdf(gabarit: str, donnees: Mapping[str, object], jour: date) -> bytes:
    """Compose `specs/gabarits/<gabarit>.typ` with `donnees` (strings, numbers, lists, objects).

    `jour` is the creation date written in the file. TypstError when the template is wrong.
    """
    creation = datetime.combine(jour, time(), tzinfo=UTC)
    contenu = {"caisse": describe_caisse(), **donnees, **_draw_codes(donnees)}
    texte = json.dumps(contenu, ensure_ascii=False).translate(ECHAPPES)
    source = SOURCE.format(gabarit=gabarit, donnees=texte).encode()
    with _compiler() as compilateur:
        octets = compilateur.compile(input=source, format="pdf", timestamp=creation)
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
def _compiler() -> Iterator[typst.Compiler]:
    """A compiler, for one document; one that failed is not kept."""
    try:
        compilateur = _libres.get_nowait()
    except Empty:
        compilateur = typst.Compiler(root=GABARITS, ignore_system_fonts=True)
    yield compilateur
    _libres.put(compilateur)
