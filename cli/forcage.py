"""`--forcer`: the night that an officer wants at a date that would be refused, with who and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from warehouse.maison import Maison

SORTIE_REFUS = 2

Forcer = Annotated[
    bool,
    typer.Option("--forcer", help="Admettre toute date d'arrêté ; aucun prélèvement n'est émis."),
]
Auteur = Annotated[str | None, typer.Option(help="Qui force la nuit (journal d'audit).")]
Motif = Annotated[str | None, typer.Option(help="Pourquoi la forcer (journal d'audit).")]


@dataclass(frozen=True, slots=True)
class Forcage:
    """What the options say: the night is wanted whatever its date (`forcer`), by whom and why."""

    forcer: bool
    auteur: str | None
    motif: str | None

    def check(self) -> None:
        """Leave with 2 when an option is missing, or is there for nothing."""
        donnes = [texte for texte in (self.auteur, self.motif) if (texte or "").strip()]
        if self.forcer and len(donnes) < 2:  # noqa: PLR2004 - both
            refuse("--forcer demande --auteur et --motif")
        if not self.forcer and donnes:
            refuse("--auteur et --motif ne valent qu'avec --forcer")


def admit(
    maison: Maison, date_arrete: datetime | None, maintenant: datetime, forcage: Forcage
) -> date:
    """The date of a night, by default that of `maintenant` in Paris, once it is admitted.

    Leaves with 2 and the reason when it is not.
    """
    from pipelines.nuit.date_arrete import PARIS, DateRefusee, admit_nuit, force_nuit

    forcage.check()
    jour = (date_arrete or maintenant.astimezone(PARIS)).date()
    if forcage.forcer:
        acte = {"auteur": str(forcage.auteur), "motif": str(forcage.motif)}
        force_nuit(maison, jour, **acte, instant=datetime.now(UTC))
        typer.echo(f"Nuit forcée au {jour:%d/%m/%Y}, au journal d'audit : aucun prélèvement émis.")
        return jour
    try:
        admit_nuit(maison, jour, maintenant)
    except DateRefusee as refus:
        refuse(f"{refus} ; la vouloir quand même : --forcer --auteur --motif")
    return jour


def refuse(raison: str) -> NoReturn:
    """Say why what is asked is refused, leave with 2."""
    typer.echo(f"Demande refusée : {raison}.", err=True)
    raise typer.Exit(SORTIE_REFUS)
