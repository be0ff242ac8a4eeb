"""What every page of a company stands on: who asks, the menu that its rights open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import Depends, Form, Request
from fastapi.responses import HTMLResponse

from reporting.espace.visiteur import Visiteur, read_visiteur
from reporting.rendu import render
from specs.espace import Theme, read_themes

Champ = Annotated[str, Form(max_length=500)]


def read_qui(requete: Request) -> Visiteur:
    """Who asks; SansSession when nobody is known."""
    etat = requete.app.state
    return read_visiteur(etat.maison, requete, etat.horloge())


Qui = Annotated[Visiteur, Depends(read_qui)]


def render_page(
    gabarit: str, qui: Visiteur, siren: str | None, code: int = 200, **valeurs: object
) -> HTMLResponse:
    """A page of a company, or of nobody's."""
    acces = qui.acces.get(siren) if siren else None
    themes: Sequence[Theme] = [
        t for t in read_themes().values() if acces and any(map(acces.can_read, t.tables))
    ]
    page = render(f"espace/{gabarit}", qui=qui, acces=acces, themes=themes, **valeurs)
    return HTMLResponse(page, code)
