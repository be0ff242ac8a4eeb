"""The demonstration: the story of `sample_files.demonstration`, dropped over SFTP, night by night.

The first nights are played without Airflow, in a line each; the one shown runs as any night.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from sample_files.demonstration import Comptes, Fichiers
    from warehouse.maison import Maison

HEURE = time(21, tzinfo=UTC)  # 22:00 in Paris
AUTEUR, MOTIF = "démonstration", "registre de la démonstration"
PAS_UN_DOSSIER_DE_DEMONSTRATION = (
    "Ce dossier tient déjà une caisse, qui n'est pas celle de la démonstration : "
    "en choisir un autre par CAISSE_DOSSIER."
)
REFUS = 2
DANS_DEUX_MOIS = timedelta(days=61)


def start_demonstration(maison: Maison) -> datetime:
    """Live the days before the night that is shown, then drop its files; the instant of the night.

    Once it has been played, its files are doubles: the night has nothing new to publish.
    """
    from sample_files.demonstration import JOURS, NUIT

    dernier = _last_day(maison)
    _import_membres(maison)
    for jour in JOURS[:-1]:
        if dernier is None or dernier < jour:
            deposes = _drop(maison, jour)
            _play(jour)
            print(f"Avant : nuit du {jour:%d/%m/%Y}, {deposes} fichiers déposés par SFTP")
    if dernier is None or dernier < NUIT:
        _ask_attestation(maison)
        ask_demande(maison, NUIT, 9, "RELEVE")
        ask_demande(maison, NUIT, 10, "RELEVE")  # once more: the night refuses it
    nuit = max(NUIT, dernier or NUIT)
    print(f"Nuit du {nuit:%d/%m/%Y} : {_drop(maison, NUIT)} fichiers déposés par SFTP")
    return datetime.combine(nuit, HEURE)


def start_lendemain(maison: Maison) -> datetime:
    """Drop what comes the day after the last night published; the instant of the next one."""
    from sample_files.demonstration import NUIT

    dernier = _last_day(maison)
    if dernier is None or dernier < NUIT:
        typer.echo("La démonstration n'a pas encore été jouée : make nuit.", err=True)
        raise typer.Exit(REFUS)
    jour = dernier + timedelta(days=1)
    print(f"Nuit du {jour:%d/%m/%Y} : {_drop(maison, jour)} fichiers déposés par SFTP")
    return datetime.combine(jour, HEURE)


def render_suite(maison: Maison) -> Iterator[str]:
    """What to look at next, on what this home holds."""
    yield "À voir ensuite"
    for commande, sens in _list_commandes(maison):
        yield f"  {commande:<58} {sens}"


def _list_commandes(maison: Maison) -> Iterator[tuple[str, str]]:
    from sample_files.demonstration import CORRIGEE, compute_numero

    caisse, boite = ".venv/bin/caisse", f"{maison.reglages.dossier}/sftp"
    appel = _last(maison, "appels", "appel")
    yield f"{caisse} appels", "ce qui est appelé, par centre et par mois"
    yield f"{caisse} expliquer {appel}", "pourquoi ce montant, jusqu'aux lignes de DSN"
    yield (
        f"ls {boite}/{compute_numero(CORRIGEE)}/retour",
        "ce qu'une entreprise reçoit",
    )
    yield f"{caisse} prelevements", "ce qui est prélevé, réglé ou rejeté"
    yield f"{caisse} encaissements --en-attente", "le virement que personne n'a reconnu"
    yield f"{caisse} attestations", "les attestations de marchés publics"
    yield f"{caisse} intemperies remboursements", "ce qui est rendu des arrêts d'intempéries"
    yield f"{caisse} depots --ou etat=NON_CONFORME", "les fichiers refusés"
    yield f"{caisse} espace demandes", "ce qu'une entreprise demande depuis son espace"
    yield f"{caisse} registre orphelins", "l'établissement qui attend, en ligne à importer"
    yield "make lendemain", "la nuit suivante"


def _last(maison: Maison, table: str, colonne: str) -> str:
    from warehouse.publications import read_table_publiee

    return str(read_table_publiee(maison, table).select(colonne).collect()[colonne].max())


def _last_day(maison: Maison) -> date | None:
    """Day of the last publication; a home that is not the demonstration's is left alone."""
    from sample_files.demonstration import A_L_HEURE, compute_numero
    from warehouse.publications import read_publication
    from warehouse.registre import read_adherents

    with maison.moteur.connect() as connexion:
        derniere = read_publication(connexion)
        connus = set(read_adherents(connexion)["numero_adherent"])
    if connus and compute_numero(A_L_HEURE) not in connus:
        typer.echo(PAS_UN_DOSSIER_DE_DEMONSTRATION, err=True)
        raise typer.Exit(REFUS)
    return derniere.date_arrete if derniere else None


def _import_membres(maison: Maison) -> None:
    from pipelines.reception.etapes import create_boites
    from sample_files.demonstration import read_testeur, render_membres
    from warehouse.registre import CSV, YAML, import_registre

    instant = "2026-01-01T00:00:00+00:00"
    with maison.moteur.begin() as connexion:
        for contenu, forme in ((render_membres(), YAML), (read_testeur(), CSV)):
            import_registre(
                connexion,
                contenu,
                archive=maison.archive,
                auteur=AUTEUR,
                motif=MOTIF,
                instant=instant,
                forme=forme,
            )
    create_boites(maison)


def _ask_attestation(maison: Maison) -> None:
    """An officer asks for the certificate of a company, for the night that is shown."""
    from pipelines.attestations.decisions import DEMANDE
    from sample_files.demonstration import CANDIDATE, NUIT
    from sample_files.generateur.entreprises import compute_siren
    from warehouse.decisions import record_decision

    with maison.moteur.begin() as connexion:
        record_decision(
            connexion,
            nature=DEMANDE,
            siren=compute_siren(CANDIDATE),
            date_effet=NUIT,
            auteur=AUTEUR,
            motif="appel d'offres",
            instant=f"{NUIT}T08:00:00Z",
        )


def ask_demande(maison: Maison, jour: date, heure: int, document: str) -> None:
    """An administrator asks, from the space, for a document on paper in two months; once only."""
    from sample_files.demonstration import CORRIGEE, compute_numero
    from sample_files.generateur.entreprises import compute_siren
    from specs.espace.actes import find_acte
    from warehouse.demandes.journal import list_demandes, record_demande

    debut, instant = (jour + DANS_DEUX_MOIS).isoformat(), f"{jour}T{heure:02}:00:00Z"
    siren = compute_siren(CORRIGEE)
    with maison.moteur.begin() as connexion:
        if instant in {demande.instant for demande in list_demandes(connexion, siren=siren)}:
            return
        record_demande(
            connexion,
            maison.archive,
            acte=find_acte("documents"),
            siren=siren,
            utilisateur=f"{compute_numero(CORRIGEE)}-ADM",
            lignes=[("", {"document": document, "canal": "IMPRESSION", "debut": debut})],
            motif="archives de l'agence",
            instant=instant,
        )


def _drop(maison: Maison, jour: date) -> int:
    """Drop over SFTP what comes that day, the statement of the bank too; the number of files.

    What the bank tells is read in what was published before: a night played again gets none.
    """
    from sample_files.demonstration import compose_releve, list_fichiers
    from specs.caisse import read_caisse

    fichiers = list_fichiers(jour)
    dernier = _last_day(maison)
    deja = dernier is not None and jour <= dernier
    releve = None if deja else compose_releve(jour, _read_comptes(maison))
    if releve is not None:
        banque = fichiers.setdefault(read_caisse().boite_banque, {})
        banque[f"releve_{jour}.xml"] = releve
    if fichiers:
        _send(maison, fichiers)
    return sum(map(len, fichiers.values()))


def _read_comptes(maison: Maison) -> Comptes:
    from sample_files.demonstration import Comptes
    from warehouse.publications import read_table_publiee

    lues = (read_table_publiee(maison, nom).collect() for nom in ("prelevements", "creances"))
    prelevements, creances = lues
    return Comptes(prelevements.sort("prelevement").to_dicts(), creances.sort("appel").to_dicts())


def _send(maison: Maison, fichiers: Fichiers) -> None:
    from pipelines.reception.envoi import send_depots
    from pipelines.reception.serveur import serve_sftp

    with TemporaryDirectory() as dossier, serve_sftp(maison) as serveur:
        for adherent, contenus in sorted(fichiers.items()):
            boite = maison.reglages.dossier / "sftp" / adherent / "depot"
            chemins = [
                _write(Path(dossier), nom, octets)
                for nom, octets in contenus.items()
                if not (boite / nom).exists()  # waits since a night that did not end
            ]
            send_depots(
                chemins,
                serveur.adresse(adherent),
                cle=serveur.create_cle(adherent),
                hotes_connus=serveur.hotes_connus,
            )


def _write(dossier: Path, nom: str, octets: bytes) -> Path:
    chemin = dossier / nom
    chemin.write_bytes(octets)
    return chemin


def _play(jour: date) -> None:
    """A whole night and its documents, without the scheduler."""
    from pipelines.nuit.passage import run_nuit
    from pipelines.ordonnancement import open_passage, run_editique

    instant = datetime.combine(jour, HEURE).isoformat()
    passage = open_passage({"params": {"maintenant": instant, "date_arrete": jour.isoformat()}})
    run_nuit(passage)
    run_editique(passage)
