"""What every page of the desk stands on: its menu, and that who looks at whom is written first."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse

from reporting.poste.operateur import Operateur
from reporting.rendu import render
from warehouse.consultations import record_consultation
from warehouse.maison import Maison

MOTIF = "poste de l'exploitant"
REVENIR_S = "3"  # between two looks at an answer that is not there yet


def render_page(
    gabarit: str, qui: Operateur, *, code: int = 200, attend: bool = False, **valeurs: object
) -> HTMLResponse:
    """A page; `attend`: the browser asks for it again until what it waits for is there."""
    page = render(f"poste/{gabarit}", qui=qui, **valeurs)
    return HTMLResponse(page, code, headers={"Refresh": REVENIR_S} if attend else None)


def note_consultation(requete: Request, qui: Operateur, objet: str) -> None:
    """Write who looks at whom, before it is shown."""
    maison: Maison = requete.app.state.maison
    record_consultation(
        maison.moteur, auteur=qui.utilisateur, motif=MOTIF, objet=objet, instant=qui.instant
    )
