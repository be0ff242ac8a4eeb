"""`caisse expliquer`: why a published amount is what it is, down to the lines of the DSN."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from cli.formats import Format
from reporting.demande import DemandeRefusee as DemandeIllisible
from reporting.demande import parse_publication

if TYPE_CHECKING:
    from pipelines.explications.valeurs import Explication

VERIFIE, ECART, REFUSE = 0, 1, 2


def expliquer(
    identifiant: Annotated[
        str,
        typer.Argument(
            metavar="IDENTIFIANT",
            help="Un appel (C8000101-202603-01), une de ses lignes (APPEL/AAAA-MM/COTISATION), une "
            "écriture, un encaissement, un prélèvement, une attestation, un certificat de congés "
            "(CG…), un droit à congés (DR…) ou un décompte.",
        ),
    ],
    mois: Annotated[
        str | None,
        typer.Option(metavar="AAAA-MM", help="Mois de rattachement de la ligne à expliquer."),
    ] = None,
    cotisation: Annotated[
        str | None, typer.Option(metavar="CODE", help="Cotisation de la ligne à expliquer.")
    ] = None,
    format_: Annotated[
        Format, typer.Option("--format", help="texte à lire, ou json (docs/expliquer.md).")
    ] = Format.TEXTE,
    publication: Annotated[
        str | None,
        typer.Option("--publication", metavar="N", help="Lire la publication N, pas la dernière."),
    ] = None,
) -> None:
    """Expliquer un montant publié, jusqu'aux lignes de DSN, et le recalculer.

    Code de retour : 0 le montant publié est retrouvé, 1 il ne l'est pas, 2 demande refusée.
    """
    explication = _explain(identifiant, mois, cotisation, publication)
    if format_ is Format.JSON:
        print(json.dumps(explication.objet, ensure_ascii=False, indent=2))
    else:
        print("\n".join(explication.phrases))
    raise typer.Exit(ECART if explication.ecarts else VERIFIE)


def _explain(
    identifiant: str, mois: str | None, cotisation: str | None, publication: str | None
) -> Explication:
    """The explanation; a refused request is a sentence and exit code 2."""
    from pipelines.explications.demandes import Demande, explain
    from pipelines.explications.lecture import DemandeRefusee
    from pipelines.metiers import METIERS
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    try:
        numero = parse_publication(publication)
        demande = Demande(identifiant, numero, mois, cotisation)
        return explain(open_maison(Reglages()), demande, METIERS)
    except (DemandeRefusee, DemandeIllisible) as refus:
        print(refus, file=sys.stderr)
        raise typer.Exit(REFUSE) from None
