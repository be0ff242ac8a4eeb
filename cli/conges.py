"""What the fund declares of the leave it pays: `caisse retenues-conges`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.listes import (
    Colonnes,
    FormatDemande,
    Large,
    NumeroPublication,
    Sortie,
    answer,
    render_liste,
)
from reporting.demande import DemandeRefusee, Format, parse_publication

if TYPE_CHECKING:
    import polars as pl

TABLE = "retenues_conges"


def retenues_conges(
    mois: Annotated[
        str | None, typer.Option(metavar="AAAA-MM", help="Mois de paiement ; tous sinon.")
    ] = None,
    format_: FormatDemande = "texte",
    publication: NumeroPublication = None,
    sortie: Sortie = None,
    colonnes: Colonnes = None,
    *,
    large: Large = False,
) -> None:
    """Retenues sur les congés payés, par mois de paiement et par code, à déclarer et à verser.

    Chacune est, décompte par décompte, au compte de la comptabilité qui est nommé.
    """

    def render(forme: Format) -> bytes:
        from specs.contrats import read_contrat

        retenues = _keep(_read(parse_publication(publication)), mois)
        return render_liste(retenues, read_contrat(TABLE), forme, colonnes, large=large)

    answer(render, format_, sortie)


def _read(numero: int | None) -> pl.DataFrame:
    """Withholdings of the published statements, month by month (contract `retenues_conges`)."""
    from cli.listes import JAMAIS_PUBLIE, open_maison
    from pipelines.conges.regles.paiement.sommes_dues import sum_retenues
    from reporting.lecture import read_publication, read_table
    from specs.contrats import Lecteur

    maison = open_maison()
    if read_publication(maison, numero) is None:
        raise DemandeRefusee(JAMAIS_PUBLIE)
    decomptes, lignes = (
        read_table(maison, table, numero, {}, lecteur=Lecteur.EXPLOITANT)
        for table in ("decomptes", "lignes_decompte")
    )
    return sum_retenues(decomptes, lignes)


def _keep(retenues: pl.DataFrame, mois: str | None) -> pl.DataFrame:
    """Those of a month of payment; all of them without one."""
    from specs.periodes import Mois

    if mois is None:
        return retenues
    try:
        return retenues.filter(mois=str(Mois.parse(mois)))
    except ValueError:
        raise DemandeRefusee(f"Mois illisible : « {mois} ». Écrire AAAA-MM.") from None
