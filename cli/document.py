"""`caisse document`: any document of a company, on demand, as of a publication."""

from __future__ import annotations

import getpass
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from cli.donnees_personnelles import open_acces
from cli.francais import Application
from cli.membres import Adherent, find_siren
from reporting.demande import DemandeRefusee

if TYPE_CHECKING:
    from pipelines.editique.dossiers import Dossier
    from pipelines.editique.formes import Fichier
    from warehouse.maison import Maison
    from warehouse.publications import Publication

DEMANDE_REFUSEE = 2
PSEUDONYME = 12  # characters of it in a name of file
application = Application(help="Documents d'une entreprise ou d'un salarié, à la demande.")

Sortie = Annotated[Path, typer.Option("--sortie", help="Dossier où écrire les fichiers.")]
Centre = Annotated[str | None, typer.Option("--cdg", help="Un centre de gestion seulement.")]
Numero = Annotated[
    int | None, typer.Option("--publication", help="Telle publication, pas la dernière.")
]


@application.callback()
def acces(
    contexte: typer.Context,
    auteur: Annotated[
        str, typer.Option(help="Qui consulte (journal d'audit) ; par défaut, le compte du système.")
    ] = "",
    motif: Annotated[str, typer.Option(help="Pourquoi (journal d'audit).")] = "document demandé",
) -> None:
    """Documents d'une entreprise ou d'un salarié, à la demande.

    Ceux qui nomment un salarié sont au journal d'audit : qui, quand, pourquoi, lequel.
    """
    contexte.obj = auteur or getpass.getuser(), motif


@application.command("releve")
def releve(
    adherent: Adherent,
    sortie: Sortie,
    debut: Annotated[
        datetime | None,
        typer.Option("--debut", formats=["%Y-%m-%d"], help="Premier jour (un an par défaut)."),
    ] = None,
    cdg: Centre = None,
    publication: Numero = None,
) -> None:
    """Relevé de compte, arrêté à la date de la publication : PDF, CSV, XLSX."""
    from pipelines.comptabilite.documents.formes import COMPTES, compose_dossier, render_releve
    from specs.documents import read_modeles
    from specs.periodes import MOIS_PAR_AN, Mois

    dossier = _find(adherent, COMPTES, cdg, publication)
    mois = Mois.from_date(dossier.date_arrete).shift(1 - MOIS_PAR_AN)
    premier = debut.date() if debut else mois.first_day
    if premier > dossier.date_arrete:
        _refuse(f"Le relevé s'arrête au {dossier.date_arrete:%d/%m/%Y} : choisir un début avant.")
    formes = read_modeles()["releve"].formes
    _write(sortie, render_releve(compose_dossier(dossier, premier), formes))


@application.command("recapitulatif")
def recapitulatif(
    adherent: Adherent,
    periode: Annotated[str, typer.Argument(help="Année (2026) ou campagne (2025-26).")],
    sortie: Sortie,
    cdg: Centre = None,
    publication: Numero = None,
) -> None:
    """Récapitulatif d'une année civile ou d'une campagne : PDF, CSV, XLSX."""
    from pipelines.cotisations.documents.formes import APPELS, compose_dossier, render_recapitulatif
    from specs.documents import read_modeles
    from specs.periodes import PeriodeRefusee

    dossier = _find(adherent, APPELS, cdg, publication)
    try:
        compose = compose_dossier(dossier, periode)
    except PeriodeRefusee as refus:
        _refuse(str(refus))
    _write(sortie, render_recapitulatif(compose, read_modeles()["recapitulatif"].formes))


@application.command("bases")
def bases(
    contexte: typer.Context,
    adherent: Adherent,
    exercice: Annotated[str, typer.Argument(help="Campagne du 1er avril au 31 mars (2025-26).")],
    sortie: Sortie,
    cdg: Centre = None,
    publication: Numero = None,
) -> None:
    """État des bases de chaque salarié, nommé, du 1er avril au 31 mars : CSV, XLSX."""
    from pipelines.declarations.documents.formes import (
        BASES,
        compose_dossier,
        list_employes,
        render_bases,
    )
    from pipelines.personnes import read_personnes
    from specs.documents import read_modeles
    from specs.periodes import PeriodeRefusee
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    dossier = _find(adherent, BASES, cdg, publication)
    employes = list_employes(dossier.tables["bases"])
    maison = open_maison(Reglages())
    _journal(contexte, maison, f"état des bases de {adherent}, {exercice}")
    try:
        personnes = read_personnes(maison, employes)
        etat = compose_dossier(dossier, exercice, personnes)
    except PeriodeRefusee as refus:
        _refuse(str(refus))
    _write(sortie, render_bases(etat, read_modeles()["bases"].formes))


@application.command("rapprochement")
def rapprochement(
    contexte: typer.Context,
    adherent: Adherent,
    exercice: Annotated[int, typer.Argument(help="Exercice de congés (2027 : jusqu'à mars 2027).")],
    sortie: Sortie,
    bulletins: Annotated[
        Path | None,
        typer.Option("--bulletins", help="CSV de la paie : matricule;mois;base (AAAA-MM, euros)."),
    ] = None,
    publication: Numero = None,
) -> None:
    """Bulletins, DSN et certificats de congés côte à côte, différences nommées : CSV, XLSX."""
    from parsers.bulletins import parse_bulletins
    from pipelines.conges.documents.rapprochements import (
        MODELE,
        TABLES,
        BulletinsRefuses,
        compose_rapprochement,
        compose_rapprochement_tableaux,
    )
    from pipelines.declarations.documents.formes import list_employes
    from pipelines.editique.formes import render_formes
    from pipelines.personnes import read_personnes
    from specs.documents import read_modeles
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    dossier = _find(adherent, TABLES, None, publication)
    maison = open_maison(Reglages())
    _journal(contexte, maison, f"rapprochement des congés de {adherent}, {exercice}")
    personnes = read_personnes(maison, list_employes(dossier.tables["salaries"]))
    try:
        lus = parse_bulletins(bulletins.read_bytes() if bulletins else b"matricule;mois;base")
        compose = compose_rapprochement(dossier, exercice, lus, personnes)
    except OSError:
        _refuse(f"Impossible de lire « {bulletins} » : vérifier son nom et ses droits.")
    except BulletinsRefuses as refus:
        _refuse(str(refus))
    nom = f"RAPPROCHEMENT_CONGES_{exercice}_{dossier.date_arrete}"
    formes = read_modeles()[MODELE].formes
    _write(
        sortie, render_formes(nom, formes, None, lambda: compose_rapprochement_tableaux(compose))
    )


@application.command("calendrier")
def calendrier(adherent: Adherent, sortie: Sortie, publication: Numero = None) -> None:
    """Dates de mise à disposition des fichiers, pour un agenda : iCalendar (.ics)."""
    from pipelines.echanges.documents.calendrier_ics import CALENDRIERS, render_calendrier

    _write(sortie, [render_calendrier(_find(adherent, (CALENDRIERS,), None, publication))])


@application.command("appel")
def appel(
    appel: Annotated[str, typer.Argument(help="Identifiant de l'appel.")], sortie: Sortie
) -> None:
    """Un appel tel qu'il a été remis, sans un octet de différence : PDF, CSV, XLSX."""
    from pipelines.editique.dessins import parse_dessin
    from specs.documents import read_modeles
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages
    from warehouse.remises import find_contenu, find_dessin

    maison = open_maison(Reglages())
    noms = [f"APPEL_{appel}.{forme}" for forme in read_modeles()["appel"].formes]
    remis: list[Fichier] = []
    with maison.moteur.connect() as connexion:
        for nom in noms:
            if dessin := find_dessin(connexion, nom):
                remis.append((nom, parse_dessin(maison.archive.read(dessin.sha256))))
            elif contenu := find_contenu(connexion, nom):
                remis.append((nom, maison.archive.read(contenu)))
    if not remis:
        _refuse(f"Aucun appel {appel} n'a été remis.")
    _write(sortie, remis)


@application.command("decompte")
def decompte(
    contexte: typer.Context,
    numero: Annotated[str, typer.Argument(metavar="DECOMPTE", help="Numéro du décompte.")],
    sortie: Sortie,
    publication: Numero = None,
) -> None:
    """Décompte d'un congé payé, tel qu'il se remet au salarié : PDF."""
    from pipelines.conges.documents.decompte_pdf import compose_decompte_pdf
    from pipelines.conges.documents.sources import Source, find_decompte

    maison, lue = _open(publication)
    _journal(contexte, maison, f"décompte {numero}")
    trouve = find_decompte(Source(maison, lue), numero)
    if trouve is None:
        _refuse(f"Décompte inconnu de la publication {lue.numero} : {numero}.")
    _write(sortie, [(f"DECOMPTE_{numero}.pdf", compose_decompte_pdf(trouve))])


@application.command("certificat")
def certificat(
    contexte: typer.Context,
    numero: Annotated[str, typer.Argument(metavar="CERTIFICAT", help="Numéro du certificat.")],
    sortie: Sortie,
    apercu: Annotated[
        bool,
        typer.Option("--apercu", help="Pour l'entreprise, avant le jour où le salarié le voit."),
    ] = False,
    publication: Numero = None,
) -> None:
    """Certificat de congés d'un salarié dans une entreprise : PDF."""
    from pipelines.conges.documents.certificat_pdf import compose_certificat_pdf
    from pipelines.conges.documents.sources import Source, find_certificat

    maison, lue = _open(publication)
    _journal(contexte, maison, f"certificat {numero}")
    trouve = find_certificat(Source(maison, lue), numero)
    if trouve is None:
        _refuse(f"Certificat inconnu de la publication {lue.numero} : {numero}.")
    if not apercu and trouve.visible_le and lue.date_arrete < trouve.visible_le:
        _refuse(
            f"Le salarié verra ce certificat le {trouve.visible_le:%d/%m/%Y} ; jusque-là, son"
            " entreprise le relit : --apercu en donne la copie."
        )
    _write(sortie, [(f"CERTIFICAT_{numero}.pdf", compose_certificat_pdf(trouve))])


@application.command("pourquoi")
def pourquoi(
    contexte: typer.Context,
    numero: Annotated[
        str, typer.Argument(metavar="DROIT", help="Numéro du droit (caisse droits).")
    ],
    sortie: Sortie,
    publication: Numero = None,
) -> None:
    """Pourquoi ces congés, en une page : chaque nombre d'un droit, sa raison, sa source : PDF."""
    from pipelines.conges.documents.pourquoi_pdf import compose_pourquoi_pdf
    from pipelines.conges.explications.pourquoi import find_pourquoi
    from pipelines.explications.lecture import open_lecteur

    maison, lue = _open(publication)
    _journal(contexte, maison, f"explication du droit {numero}")
    trouve = find_pourquoi(open_lecteur(maison, lue.numero), numero)
    if trouve is None:
        _refuse(f"Droit inconnu de la publication {lue.numero} : {numero}.")
    _write(sortie, [(f"POURQUOI_{numero}.pdf", compose_pourquoi_pdf(trouve))])


@application.command("droits")
def droits(
    contexte: typer.Context,
    salarie: Annotated[str, typer.Argument(help="Pseudonyme du salarié (caisse salaries).")],
    sortie: Sortie,
    publication: Numero = None,
) -> None:
    """Droits à congés d'un salarié, tous employeurs réunis : PDF."""
    from pipelines.conges.documents.droits_pdf import compose_droits_pdf
    from pipelines.conges.documents.sources import Source, find_releve

    maison, lue = _open(publication)
    _journal(contexte, maison, f"droits du salarié {salarie}")
    trouve = find_releve(Source(maison, lue), salarie)
    if trouve is None:
        _refuse(f"Aucun droit à congés dans la publication {lue.numero} pour ce salarié.")
    nom = f"DROITS_{salarie[:PSEUDONYME]}_{lue.date_arrete}.pdf"
    _write(sortie, [(nom, compose_droits_pdf(trouve))])


@application.command("refus")
def refus(
    contexte: typer.Context,
    adherent: Adherent,
    demande: Annotated[str, typer.Argument(metavar="REQ_ID", help="Référence de la demande.")],
    sortie: Sortie,
    publication: Numero = None,
) -> None:
    """Pourquoi un congé demandé est refusé, pour le salarié : PDF."""
    from pipelines.conges.documents.refus_pdf import compose_refus_pdf
    from pipelines.conges.documents.sources import Source, find_refus

    maison, lue = _open(publication)
    try:
        siren = find_siren(maison, adherent)
    except DemandeRefusee as inconnu:
        _refuse(str(inconnu))
    _journal(contexte, maison, f"refus de la demande {demande} de {siren}")
    trouve = find_refus(Source(maison, lue), siren, demande)
    if trouve is None:
        _refuse(f"Aucune demande refusée de cette référence (publication {lue.numero}).")
    _write(sortie, [(f"REFUS_{demande}.pdf", compose_refus_pdf(trouve))])


@application.command("attestation-fiscale")
def attestation_fiscale(
    contexte: typer.Context,
    salarie: Annotated[str, typer.Argument(help="Pseudonyme du salarié (caisse salaries).")],
    annee: Annotated[int, typer.Argument(help="Année des virements (2026).")],
    sortie: Sortie,
    publication: Numero = None,
) -> None:
    """Congés payés versés à un salarié dans une année, à déclarer : PDF."""
    from pipelines.conges.documents.attestation_fiscale_pdf import compose_attestation_fiscale_pdf
    from pipelines.conges.documents.sources import Source, find_attestation_fiscale

    maison, lue = _open(publication)
    _journal(contexte, maison, f"attestation fiscale {annee} du salarié {salarie}")
    trouve = find_attestation_fiscale(Source(maison, lue), salarie, annee)
    if trouve is None:
        _refuse(f"Rien n'a été versé à ce salarié en {annee} (publication {lue.numero}).")
    nom = f"ATTESTATION_FISCALE_{salarie[:PSEUDONYME]}_{annee}.pdf"
    _write(sortie, [(nom, compose_attestation_fiscale_pdf(trouve))])


def _journal(contexte: typer.Context, maison: Maison, objet: str) -> None:
    """Write in the audit trail that a document that names employees is opened."""
    auteur, motif = contexte.obj
    open_acces(maison, auteur, motif, objet)


def _open(numero: int | None) -> tuple[Maison, Publication]:
    """The home, and a publication of it, the last one by default."""
    from warehouse.maison import open_maison
    from warehouse.publications import read_publication
    from warehouse.reglages import Reglages

    maison = open_maison(Reglages())
    with maison.moteur.connect() as connexion:
        lue = read_publication(connexion, numero)
    if lue is None:
        _refuse(
            "Cette publication n'existe pas, ou n'est plus conservée."
            if numero
            else "Rien n'a encore été publié."
        )
    return maison, lue


def _find(
    adherent: str, tables: tuple[str, ...], cdg: str | None, publication: int | None
) -> Dossier:
    """The company, known by its member number or its SIREN, as of a publication."""
    import polars as pl

    from pipelines.editique.dossiers import read_dossiers
    from warehouse.maison import open_maison
    from warehouse.publications import read_publication, read_table_publiee
    from warehouse.registre.lecture import read_adherents, read_centres_gestion
    from warehouse.reglages import Reglages

    maison = open_maison(Reglages())
    with maison.moteur.connect() as connexion:
        lue = read_publication(connexion, publication)
        adherents, centres = read_adherents(connexion), read_centres_gestion(connexion)
    est_lui = (pl.col("siren") == adherent) | (pl.col("numero_adherent") == adherent)
    siens = adherents.filter(est_lui)
    if lue is None:
        _refuse(
            "Cette publication n'existe pas, ou n'est plus conservée :"
            " la liste des nuits passées les donne."
        )
    if siens.is_empty():
        _refuse(f"Adhérent inconnu du registre : {adherent}.")
    siens_centres = centres.join(siens, on="siren", how="semi")["cdg"].to_list()
    if cdg is not None and cdg not in siens_centres:
        _refuse(f"Centre de gestion inconnu de cet adhérent : {cdg} (il a {_list(siens_centres)}).")
    dossiers = read_dossiers(
        lambda table: read_table_publiee(maison, table, lue.numero),
        siens.head(1),
        tables,
        lue.date_arrete,
        lue.numero,
    )
    return next(dossiers).restrict(cdg)


def _write(sortie: Path, fichiers: Iterable[Fichier]) -> None:
    from pipelines.editique.formes import draw_fichier

    try:
        sortie.mkdir(parents=True, exist_ok=True)
        for nom, contenu in fichiers:
            (sortie / nom).write_bytes(draw_fichier(contenu))
            print(sortie / nom)
    except OSError:
        _refuse(f"Impossible d'écrire dans « {sortie} » : vérifier ce dossier et ses droits.")


def _list(noms: list[str]) -> str:
    return ", ".join(noms) or "aucun centre"


def _refuse(raison: str) -> NoReturn:
    typer.echo(raison, err=True)
    raise typer.Exit(DEMANDE_REFUSEE)
