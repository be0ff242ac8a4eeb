"""The page of the options, docs/options.md, made from the data so that it never lags behind."""

from __future__ import annotations

from collections.abc import Iterator

from specs.baremes import ValeurDatee, read_baremes
from specs.options import Choix, Option, read_options

TITRE = "# Options de la caisse et valeurs incertaines"
INTRODUCTION = """\
Page produite par `python -m specs.options` : ne pas la modifier à la main.

Chaque option répond à une question que les règles publiées laissent ouverte. Pour répondre
autrement, ajouter une valeur datée dans `specs/options/` : les mois antérieurs gardent
la réponse d'avant."""
INCERTITUDES = """\
## Valeurs datées incertaines

Valeurs de `specs/baremes/` que les sources ne fixent pas entièrement. Pour en changer une, voir
[ajouter ou changer un taux](ajouter_ou_changer_un_taux.md)."""


def render_page() -> str:
    """The whole page, as Markdown."""
    options = "\n\n".join(_render_option(option) for option in read_options().values())
    incertitudes = "\n".join(_incertitudes())
    return f"{TITRE}\n\n{INTRODUCTION}\n\n{options}\n\n{INCERTITUDES}\n\n{incertitudes}\n"


def _render_option(option: Option) -> str:
    choix = "\n".join(
        f"- `{valeur}` : {explication}{_marque(option, valeur)}"
        for valeur, explication in option.choix.items()
    )
    valeurs = "\n".join(f"- {_render_choix(valeur)}" for valeur in option.valeurs)
    return (
        f"## {option.titre} : `{option.nom}`\n\n{option.question} (choix {option.decision})\n\n"
        f"{choix}\n\nRetenu :\n\n{valeurs}"
    )


def _marque(option: Option, valeur: str) -> str:
    if valeur in option.a_venir:
        return " *(pas encore appliqué par le moteur)*"
    return " **(défaut)**" if valeur == option.defaut else ""


def _render_choix(choix: Choix) -> str:
    source = (
        f"[{choix.source_titre}]({choix.source_lien})" if choix.source_lien else choix.source_titre
    )
    return f"depuis le {choix.debut:%d/%m/%Y} : `{choix.valeur}` ({source})"


def _incertitudes() -> Iterator[str]:
    for bareme in read_baremes().values():
        for serie, valeurs in bareme.series.items():
            for valeur in valeurs:
                if valeur.incertain:
                    yield f"- `{bareme.code}`, `{serie}`, {_render_valeur(valeur)}"


def _render_valeur(valeur: ValeurDatee) -> str:
    return f"depuis le {valeur.debut:%d/%m/%Y}, {valeur.valeur} : {valeur.incertain}"
