"""Templates of the pages, and what every answer says of itself to a browser."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path

from fastapi import Request, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reporting.espace.filtres import show_filtre
from reporting.espace.trace import trace
from reporting.page import ETATS, LIGNES_MAX, Etat
from reporting.valeurs import format_valeur, write_cellules, write_intitule, write_intitule_court
from specs import typographie
from specs.contrats import valeurs_of

STATIQUE = Path(__file__).parent / "statique"
ENTETES = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


async def add_entetes(
    requete: Request, suite: Callable[[Request], Awaitable[Response]]
) -> Response:
    """The answer, that no other site may read, frame or keep."""
    reponse = await suite(requete)
    reponse.headers.update(ENTETES)
    return reponse


def render(gabarit: str, **valeurs: object) -> str:
    """A template with its values, every one of them escaped."""
    return GABARITS.get_template(gabarit).render(**valeurs)


def write_code(texte: str) -> Markup:
    """A text in which what stands between backquotes is shown as code."""
    morceaux = texte.split("`")
    return Markup().join(
        Markup("<code>{}</code>").format(m) if rang % 2 else m for rang, m in enumerate(morceaux)
    )


def _create_gabarits() -> Environment:
    """Templates: every value is escaped, an undefined one is an error."""
    gabarits = Environment(
        loader=PackageLoader("reporting", "gabarits"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    gabarits.filters |= {
        "entier": typographie.format_entier,
        "euros": typographie.format_montant,
        "taux": typographie.format_taux,
        "date": typographie.format_jour,
        "date_iso": lambda texte: typographie.format_jour(date.fromisoformat(texte)),
        "date_longue": typographie.format_date,
        "duree": typographie.format_duree,
        "jours": typographie.format_jours,
        "instant": typographie.format_instant_court,
        "mois": typographie.format_mois,
        "de_mois": typographie.format_de_mois,
        "intitule": write_intitule,
        "intitule_court": write_intitule_court,
        "code": write_code,
        "valeur": format_valeur,
        "etat": lambda etat: ETATS.get(etat, Etat(etat, "neutre")),
    }
    gabarits.globals |= {
        "lignes_max": LIGNES_MAX,
        "explain": lambda table, etat: valeurs_of(table, "etat")[etat],
        "sens": lambda colonne, code: valeurs_of("droits_utilisateurs", colonne)[code],
        "cellules": write_cellules,
        "periode": typographie.format_periode,
        "tracer": trace,
        "montrer": show_filtre,
        "sens_alerte": valeurs_of("alertes", "nature"),
    }
    return gabarits


GABARITS = _create_gabarits()
