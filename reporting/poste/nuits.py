"""The home of the desk and the nights: what is open, what each night did, the runbooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import polars as pl
from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from reporting.demande import Introuvable
from reporting.espace.visiteur import ABSENT
from reporting.lecture import read_table
from reporting.page import ETATS
from reporting.poste.cadre import render_page
from reporting.poste.consignes import list_codes, read_consigne
from reporting.poste.files import read_decides
from reporting.poste.operateur import Qui
from specs.contrats import Lecteur
from warehouse.alertes import read_alertes, read_reserves
from warehouse.exploitation.alertes import Ouverte, list_ouvertes
from warehouse.exploitation.etat import Section, list_sections
from warehouse.exploitation.releve import Releve, read_releve
from warehouse.maison import Maison
from warehouse.nuits import Tenue, list_nuits
from warehouse.retraitements import ATTEND, list_demandes

NUITS_MAX = 30
ALERTES_MAX = 100


@dataclass(frozen=True, slots=True)
class Nuit:
    """A night, the companies that it held, its alerts as rows."""

    tenue: Tenue
    reserves: Sequence[str]
    alertes: Sequence[Mapping[str, Any]]

    @property
    def etat(self) -> str:
        """What became of it, in French."""
        if self.tenue.publie_le is None:
            return "finie sans rien publier" if self.tenue.finie else "ouverte et pas finie"
        return "publiée avec réserves" if self.reserves or self.alertes else "publiée"


@dataclass(frozen=True, slots=True)
class Accueil:
    """What an operator sees first: the last night, what is open, how much waits in each queue."""

    nuit: Nuit | None
    machine: Sequence[Ouverte]
    alertes: Sequence[Mapping[str, Any]]
    files: Sequence[tuple[str, str, int]]


def build_routes(maison: Maison) -> APIRouter:
    """The home, the nights, the runbooks."""
    routes = APIRouter()

    @routes.get("/", response_class=HTMLResponse)
    def show_accueil(qui: Qui) -> Response:
        return render_page("accueil.html", qui, accueil=read_accueil(maison, qui.instant))

    @routes.get("/nuits", response_class=HTMLResponse)
    def show_nuits(qui: Qui) -> Response:
        return render_page("nuits.html", qui, nuits=read_nuits(maison, list_tenues(maison)))

    @routes.get("/nuits/{numero}", response_class=HTMLResponse)
    def show_nuit(numero: int, qui: Qui) -> Response:
        tenues = list_tenues(maison)
        sienne = [tenue for tenue in tenues if tenue.numero == numero]
        if not sienne:
            raise Introuvable(ABSENT)
        (nuit,) = read_nuits(maison, sienne)
        # What the journal keeps of the steps is how each was done last: it is of the last night.
        sections = _read_sections(maison, qui.instant) if sienne == tenues[:1] else []
        return render_page("nuit.html", qui, nuit=nuit, sections=sections)

    @routes.get("/consignes", response_class=HTMLResponse)
    def show_consignes(qui: Qui) -> Response:
        return render_page("consignes.html", qui, codes=list_codes())

    @routes.get("/consignes/{titre}", response_class=HTMLResponse)
    def show_consigne(titre: str, qui: Qui) -> Response:
        return render_page("consigne.html", qui, consigne=read_consigne(titre))

    return routes


def read_accueil(maison: Maison, instant: str) -> Accueil:
    """Read it at an instant."""
    releve = read_releve(maison, datetime.fromisoformat(instant))
    nuits = read_nuits(maison, list_tenues(maison, 1))
    with maison.moteur.connect() as connexion:
        demandes = [d for d in list_demandes(connexion) if d.etat == ATTEND]
    ouvertes = read_table(
        maison, "alertes", filtres={"etat": "OUVERTE"}, lecteur=Lecteur.EXPLOITANT
    )
    attendent = read_table(maison, "encaissements_non_affectes", lecteur=Lecteur.EXPLOITANT)
    libres = attendent.filter(~pl.col("mouvement").is_in(read_decides(maison).keys()))
    return Accueil(
        nuits[0] if nuits else None,
        list_ouvertes(releve),
        ouvertes.head(ALERTES_MAX).to_dicts(),
        [
            *_count_depots(releve),
            ("/banque", "Mouvements de la banque à affecter", libres.height),
            ("/retraitements", "Retraitements à approuver", len(demandes)),
            ("/liste/fichiers_emis", "Fichiers à remettre aux entreprises", releve.remises.nombre),
        ],
    )


def _count_depots(releve: Releve) -> list[tuple[str, str, int]]:
    return [
        (f"/files#{etat}", f"Dépôts : {ETATS[etat].libelle.lower()}", releve.depots[etat].nombre)
        for etat in ("RECU", "EN_ATTENTE", "MIS_A_L_ECART")
        if etat in releve.depots
    ]


def list_tenues(maison: Maison, limite: int = NUITS_MAX) -> Sequence[Tenue]:
    """The last nights, the last one first, as the journal has them."""
    with maison.moteur.connect() as connexion:
        return list_nuits(connexion, limite)


def read_nuits(maison: Maison, tenues: Sequence[Tenue]) -> list[Nuit]:
    """What these nights did, in their order: each reads the alerts of its publication."""
    with maison.moteur.connect() as connexion:
        reserves = read_reserves(connexion)
    tenus: dict[tuple[int, date], list[str]] = {}
    for reserve in reserves:
        tenus.setdefault((reserve.publication, reserve.date_arrete), []).append(reserve.siren)
    return [
        Nuit(
            tenue,
            tenus.get((tenue.publication, tenue.date_arrete), []),
            _read_alertes(maison, tenue),
        )
        for tenue in tenues
    ]


def _read_alertes(maison: Maison, tenue: Tenue) -> Sequence[Mapping[str, Any]]:
    """Alerts that were open when the night published; those of its date when it did not."""
    if tenue.publie_le is not None:
        with suppress(Introuvable):  # a publication that is not kept any more
            filtre, lecteur = {"etat": "OUVERTE"}, Lecteur.EXPLOITANT
            lues = read_table(maison, "alertes", tenue.publication, filtre, lecteur=lecteur)
            return lues.head(ALERTES_MAX).to_dicts()
    with maison.moteur.connect() as connexion:
        alertes = read_alertes(connexion)
    return [asdict(alerte) for _, alerte in alertes if alerte.date_arrete == tenue.date_arrete]


def _read_sections(maison: Maison, instant: str) -> list[Section]:
    return list(list_sections(read_releve(maison, datetime.fromisoformat(instant))))
