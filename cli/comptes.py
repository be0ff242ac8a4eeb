"""The members' accounts: `caisse releve`, `soldes`, `creances`, `ecritures`."""

from __future__ import annotations

from datetime import date
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
from cli.membres import SIREN, Adherent
from reporting.demande import DemandeRefusee, Format, parse_publication

if TYPE_CHECKING:
    import polars as pl

    from pipelines.comptabilite.regles.releves import ReleveCompte
    from specs.contrats import Contrat


def releve(
    adherent: Adherent,
    du: Annotated[
        str | None,
        typer.Option(metavar="AAAA-MM-JJ", help="Premier jour ; la première écriture sinon."),
    ] = None,
    au: Annotated[
        str | None,
        typer.Option(metavar="AAAA-MM-JJ", help="Dernier jour ; celui de la publication sinon."),
    ] = None,
    cdg: Annotated[
        str | None, typer.Option(help="Un centre de gestion ; toute l'entreprise sinon.")
    ] = None,
    format_: FormatDemande = "texte",
    publication: NumeroPublication = None,
    sortie: Sortie = None,
    colonnes: Colonnes = None,
    *,
    large: Large = False,
) -> None:
    """Relevé de compte d'un adhérent, exact à toute date passée.

    La première ligne est le solde d'ouverture, la dernière porte le solde de clôture ; un solde
    positif est dû par l'entreprise.
    """

    def render(forme: Format) -> bytes:
        lues = _read(adherent, cdg, parse_publication(publication))
        compte = _compute(lues, _parse(du), _parse(au))
        return render_liste(compte.tableau, _contrat(compte), forme, colonnes, large=large)

    answer(render, format_, sortie)


def _parse(texte: str | None) -> date | None:
    try:
        return date.fromisoformat(texte) if texte else None
    except ValueError:
        raise DemandeRefusee(f"Date illisible : « {texte} ». Attendu : AAAA-MM-JJ.") from None


def _read(adherent: str, cdg: str | None, numero: int | None) -> tuple[pl.DataFrame, date]:
    """Published entries of a member, or of one of its centres, and the date of the publication."""
    from cli.listes import JAMAIS_PUBLIE, open_maison
    from reporting.lecture import read_publication, read_table
    from specs.contrats import Lecteur

    maison = open_maison()
    publiee = read_publication(maison, numero)
    if publiee is None:
        raise DemandeRefusee(JAMAIS_PUBLIE)
    membre = {"siren" if SIREN.fullmatch(adherent) else "adherent": adherent}
    filtres = membre | ({"cdg": cdg} if cdg else {})
    frame = read_table(maison, "ecritures", numero, filtres, lecteur=Lecteur.EXPLOITANT)
    if frame.is_empty():
        centre = f", centre de gestion « {cdg} »" if cdg else ""
        raise DemandeRefusee(
            f"Aucune écriture pour l'adhérent « {adherent} »{centre} : vérifier le numéro."
        )
    return frame, publiee.date_arrete


def _compute(lues: tuple[pl.DataFrame, date], du: date | None, au: date | None) -> ReleveCompte:
    """The statement between two days of these entries."""
    from pipelines.comptabilite.regles.releves import compute_releve

    frame, arrete = lues
    fin = au or arrete
    if fin > arrete:
        raise DemandeRefusee(
            f"Les comptes publiés s'arrêtent au {arrete:%d/%m/%Y} : pas de relevé au-delà."
        )
    if du and du > fin:
        raise DemandeRefusee(f"Le relevé finirait le {fin:%d/%m/%Y}, avant de commencer.")
    debut = du or min(*frame["date_comptable"].to_list(), fin)
    return compute_releve(frame, debut, fin)


def _contrat(compte: ReleveCompte) -> Contrat:
    """Titles and types of the columns of a statement: those of the ledger, and the balance."""
    from pipelines.comptabilite.regles.releves import SCHEMA
    from specs.contrats import Colonne, Contrat, read_contrat

    connues = {colonne.nom: colonne for colonne in read_contrat("ecritures").colonnes}
    solde = Colonne("solde_centimes", "centimes", "solde")
    return Contrat(
        nom="releve",
        titre=f"relevé de compte du {compte.debut:%d/%m/%Y} au {compte.fin:%d/%m/%Y}",
        publie=False,
        partition=(),
        cle=("ecriture", "cdg"),
        colonnes=tuple(connues.get(nom, solde) for nom in SCHEMA.names()),
    )
