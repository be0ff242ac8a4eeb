"""How every command names a member: `--adherent N`, its number or its SIREN."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.completion import complete_adherents
from reporting.demande import DemandeRefusee

if TYPE_CHECKING:
    from warehouse.maison import Maison

SIREN = re.compile(r"[0-9]{9}")


def _option(aide: str) -> Any:  # noqa: ANN401 - an option of the library
    return typer.Option("--adherent", metavar="N", help=aide, autocompletion=complete_adherents)


Adherent = Annotated[str, _option("Numéro d'adhérent, ou SIREN.")]
AdherentAuChoix = Annotated[str | None, _option("Numéro d'adhérent, ou SIREN.")]
# Of who drops a file: the box has the name of a number, a SIREN may have several.
Deposant = Annotated[str, _option("Numéro d'adhérent de qui dépose.")]
DeposantAuChoix = Annotated[str | None, _option("Numéro d'adhérent de qui dépose.")]


def find_siren(maison: Maison, adherent: str) -> str:
    """The SIREN of the member that has this number today; a SIREN is itself, known or not.

    Raises:
        DemandeRefusee: neither a number of the registry nor a SIREN.
    """
    from warehouse.registre import find_siren as find_siren_of_numero

    with maison.moteur.connect() as connexion:
        siren = find_siren_of_numero(connexion, adherent)
    if siren is not None:
        return siren
    if SIREN.fullmatch(adherent):
        return adherent
    raise DemandeRefusee(
        f"Adhérent inconnu du registre : « {adherent[:20]} ». Écrire son numéro, ou son SIREN."
    )
