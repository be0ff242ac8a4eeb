"""What every explanation ends with: the publication, what was computed again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipelines.explications.valeurs import Ecart, Publiee
from specs.typographie import (
    format_date,
    format_entier,
    format_euros,
    format_heures,
    format_instant,
    format_montant,
)

# How a figure is written, by what it measures; the others are amounts.
FORMES = {
    "heures": format_heures,
    "jours": format_montant,
    "centièmes": format_montant,
    "temps": format_entier,
}


def tell_publication(publiee: Publiee) -> str:
    """The publication read, and whether its knowledge is still the present one."""
    dite = (
        f"Publication {format_entier(publiee.numero)}, arrêtée au"
        f" {format_date(publiee.date_arrete)}, publiée le {format_instant(publiee.publie_le)}"
    )
    if publiee.specs is None:
        return f"{dite}."
    if publiee.specs == publiee.specs_actuelles:
        return f"{dite} ; barèmes et options de la version {publiee.specs}, celle d'aujourd'hui."
    return (
        f"{dite} ; barèmes et options de la version {publiee.specs}. Les sources citées sont celles"
        f" de la version {publiee.specs_actuelles}, installée aujourd'hui."
    )


def tell_closing(ecarts: Iterable[Ecart], quoi: str) -> Iterator[str]:
    """Whether what is published gives back the amount; every difference, loudly, when not."""
    restants = tuple(tell_ecarts(ecarts))
    yield ""
    yield from restants
    if not restants:
        yield f"Vérifié : recalculé depuis les tables publiées, on retrouve {quoi}."


def tell_ecarts(ecarts: Iterable[Ecart]) -> Iterator[str]:
    """Every figure that does not close, loudly; nothing when all do."""
    restants = tuple(ecarts)
    if not restants:
        return
    yield "ÉCART : les tables publiées ne redonnent pas ce qui a été publié."
    for ecart in restants:
        forme = FORMES.get(ecart.quoi, format_euros)
        recalcule = "impossible" if ecart.recalcule is None else forme(ecart.recalcule)
        yield (
            f"{RETRAIT}{ecart.objet}, {ecart.quoi} : recalculé {recalcule},"
            f" publié {forme(ecart.publie)}"
        )
    yield "À transmettre à l'équipe informatique de la caisse, avec cette explication."


RETRAIT = "  "


def tell_section(titre: str, phrases: Iterable[str]) -> Iterator[str]:
    """A title and its sentences; nothing at all when there is none."""
    dites = tuple(phrases)
    if dites:
        yield ""
        yield titre
        yield from (f"{RETRAIT}{phrase}" for phrase in dites)
