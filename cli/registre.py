"""`caisse registre`: what the fund knows of its members, in and out."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from cli.donnees_personnelles import write_prive
from cli.francais import Application
from specs.typographie import format_compte

if TYPE_CHECKING:
    from warehouse.registre import Changement, Import
    from warehouse.registre.formes import Valeur

REFUS = 1
DEMANDE_REFUSEE = 2
ERREURS_MONTREES = 100
AIDE = "Adhérents, établissements, comptes, mandats, conventions, utilisateurs, droits et options."

application = Application(help=AIDE)
Auteur = Annotated[str, typer.Option(help="Qui agit (journal d'audit).")]
Motif = Annotated[str, typer.Option(help="Pourquoi (journal d'audit).")]


@application.callback()
def registre() -> None:
    """Adhérents, établissements, comptes, mandats, conventions, utilisateurs, droits et options."""


@application.command("importer")
def importer(
    fichier: Annotated[
        Path, typer.Argument(help="YAML (une section par table) ou CSV « ; » (une seule table).")
    ],
    auteur: Auteur,
    motif: Motif,
    table: Annotated[
        str | None, typer.Option(help="Table d'un CSV, si ses colonnes ne la disent pas.")
    ] = None,
    a_blanc: Annotated[
        bool, typer.Option("--a-blanc", help="Montrer ce qui changerait, sans rien écrire.")
    ] = False,
) -> None:
    """Importer le registre : tout ou rien, journalisé avec auteur et motif (docs/registre.md)."""
    from cli.activites import list_effets
    from pipelines.reception.etapes import create_boites
    from warehouse.maison import open_maison
    from warehouse.registre import CSV, YAML, import_registre
    from warehouse.reglages import Reglages

    _check_table(table)
    forme = YAML if fichier.suffix.lower() in {".yaml", ".yml"} else CSV
    contenu, maison = _read_fichier(fichier), open_maison(Reglages())
    acte = {"auteur": auteur, "motif": motif, "instant": _now()}
    with maison.moteur.begin() as connexion:
        bilan = import_registre(
            connexion,
            contenu,
            archive=maison.archive,
            **acte,
            forme=forme,
            table=table,
            a_blanc=a_blanc,
        )
    _show_erreurs(bilan)
    if not a_blanc:
        create_boites(maison)
    _show_bilan(bilan, a_blanc=a_blanc)
    if maison.reglages.boites and not a_blanc:
        print("Boîtes des nouvelles entreprises : caisse serveur-sftp --installation.")
    for phrase in list_effets(maison, bilan) if a_blanc else ():
        print(phrase)


@application.command("dupliquer-droits")
def dupliquer_droits(
    de: Annotated[str, typer.Option("--de", help="Utilisateur dont les droits sont copiés.")],
    vers: Annotated[str, typer.Option("--vers", help="Utilisateur qui les reçoit.")],
    auteur: Auteur,
    motif: Motif,
    debut: Annotated[
        datetime | None,
        typer.Option("--debut", formats=["%Y-%m-%d"], help="Premier jour ; aujourd'hui sinon."),
    ] = None,
    a_blanc: Annotated[
        bool, typer.Option("--a-blanc", help="Montrer les droits copiés, sans rien écrire.")
    ] = False,
) -> None:
    """Donner à un utilisateur les droits d'un autre de la même entreprise, par un import."""
    from warehouse.instants import paris_day
    from warehouse.maison import open_maison
    from warehouse.registre import YAML, import_registre
    from warehouse.registre.duplication import DuplicationRefusee, render_duplication
    from warehouse.reglages import Reglages

    maison = open_maison(Reglages())
    acte = {"auteur": auteur, "motif": motif, "instant": _now()}
    jour = debut.date() if debut else paris_day(acte["instant"])
    try:
        with maison.moteur.begin() as connexion:
            contenu = render_duplication(connexion, de, vers, jour)
            bilan = import_registre(
                connexion, contenu, archive=maison.archive, **acte, forme=YAML, a_blanc=a_blanc
            )
    except DuplicationRefusee as refus:
        _refuse(str(refus))
    print(contenu.decode(), end="")
    _show_erreurs(bilan)
    _show_bilan(bilan, a_blanc=a_blanc)


@application.command("exporter")
def exporter(
    sortie: Annotated[Path, typer.Option(help="Fichier YAML à écrire.")],
    avec_iban: Annotated[
        bool,
        typer.Option("--avec-iban", help="Avec les IBAN en clair ; auteur et motif dus."),
    ] = False,
    auteur: Annotated[str, typer.Option(help="Qui demande les IBAN (journal d'audit).")] = "",
    motif: Annotated[str, typer.Option(help="Pourquoi (journal d'audit).")] = "",
    numero: Annotated[
        int | None,
        typer.Option("--import", help="Tel que cet import l'a laissé (caisse registre imports)."),
    ] = None,
) -> None:
    """Écrire le registre, d'aujourd'hui ou d'un import, au format de l'import, pour vous seul."""
    from warehouse.audit import record_audit
    from warehouse.maison import open_maison
    from warehouse.registre.exportation import render_registre
    from warehouse.registre.versions import read_imports
    from warehouse.reglages import Reglages

    if avec_iban and not (auteur.strip() and motif.strip()):
        _refuse("Les IBAN ne sont écrits qu'avec --auteur et --motif.")
    with open_maison(Reglages()).moteur.begin() as connexion:
        if numero is not None and numero not in read_imports(connexion)["numero"]:
            _refuse("Import inconnu : caisse registre imports les liste.")
        octets = render_registre(connexion, avec_iban=avec_iban, version=numero)
        if avec_iban:
            record_audit(
                connexion,
                auteur=auteur,
                action="export_ibans",
                objet="registre : comptes_bancaires",
                motif=motif,
                instant=_now(),
            )
    write_prive(sortie, octets)
    print(f"Registre écrit dans {sortie}, {'IBAN compris' if avec_iban else 'sans les IBAN'}.")


@application.command("imports")
def imports() -> None:
    """Lister les imports : numéro, instant, auteur, motif, empreinte du fichier gardé."""
    from warehouse.maison import open_maison
    from warehouse.registre.versions import read_imports
    from warehouse.reglages import Reglages

    with open_maison(Reglages()).moteur.connect() as connexion:
        print(read_imports(connexion).write_csv(separator=";"), end="")


@application.command("modele")
def modele(
    table: Annotated[str, typer.Argument(metavar="TABLE", help="Table du registre.")],
) -> None:
    """Montrer le CSV d'une table : ses colonnes et une ligne d'exemple."""
    from specs.registre import read_tables

    _check_table(table)
    champs = read_tables()[table].champs
    print(";".join(champs))
    print(";".join(champ.exemple for champ in champs.values()))


@application.command("orphelins")
def orphelins() -> None:
    """Lister les établissements dont des déclarations attendent, en lignes à importer."""
    from pipelines.declarations.etapes import read_registre
    from pipelines.declarations.orphelins import compute_hors_dates
    from pipelines.declarations.regles.statuts import HORS_DATES
    from pipelines.poste.suggestions import read_orphelins
    from warehouse.maison import open_maison
    from warehouse.reglages import Reglages

    maison = open_maison(Reglages())
    lignes = read_orphelins(maison)
    print(lignes.write_csv(separator=";"), end="")
    incomplets = lignes.filter(lignes["cdg"].is_null()).height
    tiers = lignes["deposant"].count()
    print(
        f"{lignes.height} SIRET dont des déclarations attendent ;"
        f" {format_compte(incomplets, 'ligne')} sans centre de gestion, à compléter avant"
        f" l'import ; {format_compte(tiers, 'déposé')} par un autre adhérent, que l'import inscrit"
        " comme déposant de l'entreprise.",
        file=sys.stderr,
    )
    statuts, bases = (
        maison.lac.read(table).filter(motif=HORS_DATES).collect()
        for table in ("declarations", "bases")
    )
    hors_dates = compute_hors_dates(statuts, bases, read_registre(maison).etablissements)
    for siret, debut, fin, mois in hors_dates.iter_rows():
        jusque = f"au {fin:%d/%m/%Y}" if fin else "sans fin"
        print(
            f"{siret}, inscrit du {debut:%d/%m/%Y} {jusque}, attend pour {mois} : corriger ses "
            "dates s'il était ouvert.",
            file=sys.stderr,
        )


def _check_table(table: str | None) -> None:
    from specs.registre import read_tables

    if table is not None and table not in read_tables():
        _refuse(f"Table inconnue. Tables : {', '.join(read_tables())}.")


def _read_fichier(fichier: Path) -> bytes:
    try:
        return fichier.read_bytes()
    except OSError:
        _refuse(f"Impossible de lire « {fichier} » : vérifier son nom et ses droits.")


def _show_erreurs(bilan: Import) -> None:
    if not bilan.erreurs:
        return
    for erreur in bilan.erreurs[:ERREURS_MONTREES]:
        print(erreur, file=sys.stderr)
    if len(bilan.erreurs) > ERREURS_MONTREES:
        print(f"et {len(bilan.erreurs) - ERREURS_MONTREES} autres erreurs", file=sys.stderr)
    print("Rien n'a été importé.", file=sys.stderr)
    raise typer.Exit(REFUS)


def _show_bilan(bilan: Import, *, a_blanc: bool) -> None:
    if a_blanc:
        for changement in bilan.changements:
            print(format_changement(changement))
    faits = "À blanc, rien n'est écrit" if a_blanc else "Registre importé"
    comptes = (
        format_compte(bilan.lignes, "ligne lue"),
        format_compte(bilan.ajouts, "ajout"),
        format_compte(bilan.corrections, "correction"),
    )
    print(f"{faits} : {', '.join(comptes)}.")


def format_changement(changement: Changement) -> str:
    """`+ adhesions 999090012/FNTP/2026-01-01` or `~ mandats R1 : debut 2026-01-01 → 2026-02-01`."""
    from warehouse.registre.etat import describe

    sujet = describe(changement.table, changement.cle)
    if changement.avant is None:
        return f"+ {sujet}"
    avant = changement.avant
    details = (
        f"{nom} {_show(nom, avant[nom])} → {_show(nom, apres)}"
        for nom, apres in changement.apres.items()
    )
    return f"~ {sujet} : {' ; '.join(details)}"


def _show(nom: str, valeur: Valeur) -> str:
    from warehouse.registre.formes import format_valeur
    from warehouse.registre.masques import MASQUES

    lisible = format_valeur(valeur)
    return MASQUES[nom](lisible) if nom in MASQUES else lisible or "(vide)"


def _now() -> str:
    from datetime import UTC

    from warehouse.instants import format_instant

    return format_instant(datetime.now(UTC))


def _refuse(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(DEMANDE_REFUSEE)
