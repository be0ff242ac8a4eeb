"""The story of the demonstration: eight companies, what they drop and what their bank tells.

Everything is drawn from one seed, so the same days give the same files. Six companies are debited;
one pays by transfer in time, one late; one has no funds the first time; one forgets a month. Three
send exchange files too; an account comes under another name than its employee's. What the bank
tells of a day follows from what the fund has published.

    registre = render_membres()
    fichiers = list_fichiers(JOURS[0])  # {"A00001": {"99900001200014_2026-09_03_11_1.dsn": b"..."}}
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from sample_files.generateur.banque import Ecriture, Ligne, write_releve
from sample_files.generateur.bulletins import Bulletin
from sample_files.generateur.carrieres import draw_salaries
from sample_files.generateur.corrections import draw_depots, replace_declaration
from sample_files.generateur.declarations import write_message
from sample_files.generateur.echanges import (
    Contenu,
    Dossier,
    Envoi,
    generate_envois,
    open_dossier,
    write_envoi,
)
from sample_files.generateur.entreprises import Entreprise, compute_siren
from sample_files.generateur.equipe import CONVENTION, build_entreprise
from sample_files.generateur.hasard import stream
from sample_files.generateur.lignes_echanges import (
    build_certificat,
    build_compte,
    build_demande,
)
from sample_files.generateur.portefeuille import (
    Fichier,
    Parametres,
    draw_declarations,
    generate_entreprises,
    generate_portefeuille,
)
from sample_files.generateur.registre import DEBUT, Profil, render_registre
from specs.caisse import read_caisse
from specs.periodes import Mois

SEPTEMBRE, OCTOBRE = Mois(2026, 9), Mois(2026, 10)
PARAMETRES = Parametres(adherents=8, salaries=80, mois=(SEPTEMBRE, OCTOBRE), graine=3)
# Declarations of September; debits handed over; then the night that is shown, what the bank said of
# them and October. The day after it, a month that was missing and a correction.
JOURS = (date(2026, 10, 12), date(2026, 10, 21), date(2026, 11, 10))
NUIT = JOURS[-1]
LENDEMAIN = NUIT + timedelta(days=1)
A_L_HEURE, EN_RETARD, SANS_PROVISION, OUBLIEUSE, CORRIGEE = 3, 6, 2, 7, 1  # ranks of companies
CANDIDATE = 4  # asks for a certificate
ECHANGENT, AUTRE_TITULAIRE = (1, 5, 7), 4  # whose software writes exchange files; one account only
# One of whose employees is paid a leave that night: certified for the year before its DSN.
EN_CONGE, PARTANT, DEPART = 7, "M0100004", date(2026, 11, 12)
ANNEE = Mois.range(Mois(2025, 4), Mois(2026, 3))
NOUVELLES = (5, 7)  # at work since September: all their wages of the campaign are known
RETARD = timedelta(days=20)
PREMIER_REJET = date(2026, 10, 26)  # the debit that the bank returns
RETOUR = timedelta(days=2)
MAUVAIS = ("bloc_62_mal_place", "cle_siret_fausse", "fichier_tronque", "total_lignes_faux")
ORPHELIN = "bons/siret_inconnu.dsn"
ESSAI = "bons/cnetp_2026-03_normale.dsn"  # a test of the sample company of its SIREN
TESTEUR = "A80001"
RELEVE_COUPE = "banque/mauvais/tronque.xml"
SANS_REFERENCE = Ligne(123_400, jour=date(2026, 11, 9), nom="TP ANONYME", reference="facture 12")

Fichiers = dict[str, dict[str, bytes]]
Rangees = Iterable[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Comptes:
    """What the fund last published: rows of the tables `prelevements` and `creances`."""

    prelevements: Rangees
    creances: Rangees


def render_membres() -> bytes:
    """The registry of the story, as YAML: its companies, and the one whose sample files are bad."""
    profils = {
        e.rang: Profil(
            mandats=e.rang not in {A_L_HEURE, EN_RETARD},
            zero_papier=False,
            activite=SEPTEMBRE.first_day if e.rang in NOUVELLES else DEBUT,
        )
        for e in generate_entreprises(PARAMETRES)
    }
    membres = [(e, profils[e.rang]) for e in generate_entreprises(PARAMETRES)]
    return render_registre([*membres, (build_entreprise(), Profil(convention=CONVENTION))])


def read_testeur() -> bytes:
    """The line of the registry of the company that drops a test, as CSV."""
    lignes = _read("bons/registre.csv").decode().splitlines()
    siennes = [ligne for ligne in lignes if ligne.startswith(f"{TESTEUR};")]
    return "\n".join([lignes[0], *siennes, ""]).encode()


def list_fichiers(jour: date) -> Fichiers:
    """What the companies drop on a day: {box: {name: content}}."""
    depots: Fichiers = defaultdict(dict)
    oublies = {OCTOBRE: compute_numero(OUBLIEUSE)}
    for fichier in _draw_fichiers():
        oublie = oublies.get(fichier.mois) == fichier.adherent
        attendu = LENDEMAIN if oublie else {SEPTEMBRE: JOURS[0], OCTOBRE: NUIT}[fichier.mois]
        if jour == attendu:
            depots[fichier.adherent][fichier.nom] = fichier.octets
    for adherent, nom, mois, octets in _draw_echanges():
        if jour == {SEPTEMBRE: JOURS[0], OCTOBRE: NUIT}[mois]:
            depots[adherent][nom] = octets
    if jour == NUIT:
        _add_fautes(depots)
    if jour == LENDEMAIN:
        depots[compute_numero(CORRIGEE)]["correction_octobre.dsn"] = _correct()
    return dict(depots)


def compose_releve(jour: date, comptes: Comptes) -> bytes | None:
    """The statement of the bank that comes on a day; None when it has nothing to tell.

    Debits are credited on their day, one is returned two days later; one transfer comes late.
    """
    ecritures: list[Ecriture] = [*_settle(jour, comptes.prelevements)]
    ecritures += _transfer(jour, comptes.creances)
    if jour == NUIT:
        ecritures.append(SANS_REFERENCE)
    return write_releve(ecritures, numero=f"RELEVE-{jour}") if ecritures else None


def compute_numero(rang: int) -> str:
    """Member number of the company of this rank."""
    return f"A{rang:05}"


def _settle(jour: date, prelevements: Rangees) -> Iterator[Ecriture]:
    attendus = [p for p in prelevements if p["etat"] == "EMIS" and p["date_echeance"] < jour]
    for debit in attendus:
        ligne = Ligne(
            debit["montant_centimes"],
            "PRELEVEMENT",
            jour=debit["date_echeance"],
            bout_en_bout=debit["prelevement"],
            rum=debit["rum"],
            reference_banque=f"BQ{debit['prelevement']}",
        )
        yield ligne
        sans_provision = debit["siren"] == compute_siren(SANS_PROVISION)
        if sans_provision and debit["date_echeance"] == PREMIER_REJET:
            yield Ligne(
                -ligne.centimes,
                "RETOUR",
                jour=ligne.jour + RETOUR,
                bout_en_bout=ligne.bout_en_bout,
                rum=ligne.rum,
                reference_banque=f"RJ{debit['prelevement']}",
                code="AM04",
            )


def _transfer(jour: date, creances: Rangees) -> Iterator[Ecriture]:
    delais = {compute_siren(A_L_HEURE): timedelta(0), compute_siren(EN_RETARD): RETARD}
    for creance in creances:
        du = creance["reste_centimes"] + creance["reste_majorations_centimes"]
        delai = delais.get(creance["siren"])
        if delai is None or du <= 0 or creance["date_exigibilite"] + delai >= jour:
            continue
        yield Ligne(
            du,
            jour=creance["date_exigibilite"] + delai,
            reference=f"COTISATIONS {creance['appel']}",
            reference_banque=f"VI{creance['appel']}",
        )


def _add_fautes(depots: Fichiers) -> None:
    """Files that go wrong on the night shown: refused, waiting, a test, a statement cut short."""
    fautif = build_entreprise().numero_adherent
    depots[fautif] = {f"{nom}.dsn": _read(f"mauvais/{nom}.dsn") for nom in MAUVAIS}
    depots[fautif]["siret_inconnu.dsn"] = _read(ORPHELIN)
    depots[TESTEUR] = {"essai_mars.dsn": _read(ESSAI)}
    depots[read_caisse().boite_banque] = {"releve_coupe.xml": _read(RELEVE_COUPE)}


def _correct() -> bytes:
    """October of one company again, its first establishment, some pay corrected."""
    entreprise = _find_entreprise(CORRIGEE)
    salaries = draw_salaries(PARAMETRES.graine, entreprise, PARAMETRES.mois)
    siege = entreprise.siege
    graine = PARAMETRES.graine
    *_, derniere = draw_depots(graine, entreprise, siege, salaries[siege.rang], OCTOBRE)
    rng = stream(PARAMETRES.graine, CORRIGEE, "lendemain")
    return write_message([replace_declaration(rng, derniere)], essai=False)


def _find_entreprise(rang: int) -> Entreprise:
    return next(e for e in generate_entreprises(PARAMETRES) if e.rang == rang)


@cache
def _draw_fichiers() -> tuple[Fichier, ...]:
    return tuple(generate_portefeuille(PARAMETRES))


@cache
def _draw_echanges() -> tuple[tuple[str, str, Mois, bytes], ...]:
    """Exchange files: box, name, month told, content; every wage is declared by DSN."""
    return tuple(
        (compute_numero(rang), envoi.nom, envoi.mois, envoi.octets)
        for rang in (*ECHANGENT, AUTRE_TITULAIRE)
        for envoi in _list_envois(_find_entreprise(rang))
    )


def _list_envois(entreprise: Entreprise) -> Iterator[Envoi]:
    declarations = draw_declarations(PARAMETRES, entreprise)
    dossier = open_dossier(PARAMETRES.graine, entreprise, Profil(tdp=False), declarations)
    if entreprise.rang in ECHANGENT:
        envois = list(generate_envois(dossier, 0, essai=False))
        yield from envois
        if entreprise.rang == EN_CONGE:
            yield from _ask_leave(dossier, len(envois) + 1)
        return
    siege, dernier = entreprise.siege, PARAMETRES.mois[-1]
    salarie = dossier.list_bulletins((siege.rang, dernier))[0].salarie
    code, champs = build_compte(entreprise.rang, salarie, dernier.next().last_day)
    champs |= {"holder": "MARTIN DOMINIQUE"}
    yield write_envoi(dossier, Contenu("RIB", siege, dernier, [(code, champs)]), 1)


def _ask_leave(dossier: Dossier, numero: int) -> Iterator[Envoi]:
    """A certificate of the year that has gone by, an account and a request of two weeks."""
    siege, dernier = dossier.entreprise.siege, PARAMETRES.mois[-1]
    salarie = next(
        b.salarie
        for b in dossier.list_bulletins((siege.rang, dernier.previous()))
        if b.salarie.matricule == PARTANT
    )
    paies = [
        Bulletin(salarie, mois, mois.first_day, mois.last_day, salarie.salaire, 0, None, None)
        for mois in ANNEE
    ]
    lignes = {
        "CERT": list(build_certificat(siege, paies)),
        "RIB": [build_compte(dossier.entreprise.rang, salarie, NUIT)],
        "DMC": [build_demande(siege, salarie, DEPART, NUIT)],
    }
    for rang, (genre, contenu) in enumerate(lignes.items(), numero):
        yield write_envoi(dossier, Contenu(genre, siege, dernier, contenu), rang)


def _read(nom: str) -> bytes:
    return files("sample_files").joinpath(nom).read_bytes()
