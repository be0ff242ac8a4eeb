"""What every PDF prints alike: company, account of the fund, foot of the page."""

from __future__ import annotations

from datetime import date

from pipelines.editique.valeurs import Entreprise
from specs.caisse import read_caisse
from specs.typographie import (
    breakable,
    clip,
    format_date,
    format_iban,
    format_siren,
    printable,
)


def describe_entreprise(entreprise: Entreprise) -> dict[str, object]:
    """The box of the company a document is for."""
    centre = [("Centre de gestion", printable(entreprise.cdg))] if entreprise.cdg else []
    return {
        "raison_sociale": breakable(clip(entreprise.raison_sociale, 200)),
        "adherent": [
            ("Adhérent", printable(entreprise.adherent)),
            ("SIREN", format_siren(entreprise.siren)),
            *centre,
        ],
    }


def describe_compte_caisse() -> list[tuple[str, str]]:
    """The account that transfers go to."""
    creancier = read_caisse().creancier
    return [
        ("Titulaire", creancier.nom),
        ("IBAN", format_iban(creancier.iban)),
        ("BIC", creancier.bic),
    ]


def describe_pied(reference: str, date_arrete: date, publication: int | None) -> str:
    """Foot of every page: what the document is, when it was decided, in which publication."""
    mentions = [printable(reference), f"arrêté au {format_date(date_arrete)}"]
    if publication is not None:
        mentions.append(f"publication n°\u00a0{publication}")
    return " · ".join(mentions)
