"""The specification drawn: a PDF by typst, one HTML page. The same bytes every time."""

from __future__ import annotations

from dataclasses import asdict

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipelines.echanges.cahier.blocs import Cahier
from pipelines.editique.composition import GABARITS, describe_caisse, render_pdf
from specs.echanges import LONGUEUR
from specs.typographie import format_date

GABARIT = "cahier"


def render_cahier_pdf(cahier: Cahier) -> bytes:
    """The specification as a PDF, dated from its last change."""
    return render_pdf(GABARIT, _values(cahier), cahier.jour)


def render_cahier_html(cahier: Cahier) -> bytes:
    """The specification as a page without script nor any other file."""
    gabarits = Environment(
        loader=FileSystemLoader(GABARITS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    valeurs = {"caisse": describe_caisse(), **_values(cahier)}
    return gabarits.get_template(f"{GABARIT}.html").render(valeurs).encode()


def _values(cahier: Cahier) -> dict[str, object]:
    """What a template is given: strings, numbers and lists."""
    return {
        "titre": cahier.titre,
        "version": cahier.version,
        "jour": format_date(cahier.jour),
        "longueur": LONGUEUR,
        "sections": [{**asdict(s), "niveau": s.niveau} for s in cahier.sections],
    }
