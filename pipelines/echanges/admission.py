"""What the fund decides of exchange files that were read (step 6): rights, key, replacement.

Convention and rights are those of the registry on the day of reception (F001, F007).

A file is known by (SIREN, KIND, MODE, FILE_ID): the same bytes again are answered as before, other
bytes are refused (F006). One that replaces or cancels another names a file in force (F011).
Files take effect in the order of reception. Source: exchange.md 6.1, 6.5; X-03, X-04, X-10 to X-13.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import polars as pl
from sqlalchemy import Connection

from parsers.anomalies import SCHEMA, anomalie
from pipelines.controle.admission import Admission, Doublon
from pipelines.controle.lecture import Lecture
from pipelines.echanges.hors_droits import REFUSEES, refuse_lignes
from pipelines.echanges.payees import read_payees
from pipelines.echanges.regles.droits import (
    ENVOIS,
    Habilitations,
    check_envois,
    compute_droits,
)
from warehouse.envois import Cle, Envoi, read_envois, record_envois
from warehouse.instants import paris_day
from warehouse.journal import Depot
from warehouse.maison import Maison
from warehouse.registre import read_adherents
from warehouse.registre.lecture import (
    read_conventions,
    read_droits_utilisateurs,
    read_etablissements,
    read_mandats_depot,
    read_utilisateurs,
)

NOUVEAU, ANNULATION = "N", "A"


@dataclass(slots=True)
class Recueil:
    """The files accepted so far, and which of them took the place of which."""

    acceptes: dict[Cle, Envoi] = field(default_factory=dict)
    suites: dict[Cle, Envoi] = field(default_factory=dict)

    def target(self, envoi: Envoi) -> Envoi | None:
        """The file accepted that another replaces or cancels; None when there is none."""
        return None if envoi.cible is None else self.acceptes.get(envoi.cible)

    def add(self, envoi: Envoi) -> None:
        """Accept a file."""
        self.acceptes[envoi.cle] = envoi
        if envoi.cible is not None:
            self.suites[envoi.cible] = envoi


def build_recueil(envois: Iterable[Envoi]) -> Recueil:
    """Files accepted, in the order of reception."""
    recueil = Recueil()
    for envoi in envois:
        recueil.add(envoi)
    return recueil


def admit_echanges(maison: Maison, depots: Sequence[Depot], lecture: Lecture) -> Admission:
    """What is refused of the exchange files of a lot, and what is written of the others."""
    acceptes = {bilan.fichier for bilan in lecture.bilans if bilan.accepte}
    lus = lecture.tables.get("envois_lus")
    if lus is None:
        return _rendered([], {}, [], SCHEMA.to_frame(), REFUSEES.to_frame())
    par_numero = {depot.numero: depot for depot in depots}
    candidats = [
        _envoi(ligne, par_numero[ligne["fichier"]])
        for ligne in lus.sort("fichier").iter_rows(named=True)
        if ligne["fichier"] in acceptes
    ]
    numeros = {depot.depot: depot.numero for depot in depots}
    with maison.moteur.connect() as connexion:
        cibles = {envoi.cible for envoi in candidats if envoi.cible}
        cles = {envoi.cle for envoi in candidats} | cibles
        recueil = build_recueil(read_envois(connexion, cles, cibles))
        habilitations = read_habilitations(connexion)
        etablissements = read_etablissements(connexion)
    envois = _requests(candidats, [par_numero[numeros[e.depot]] for e in candidats])
    refus = list(_refuse_rights(envois, numeros, habilitations))
    sans_droit = {numero for frame in refus for numero in frame["fichier"]}
    payees = read_payees(maison, {vise.depot for e in candidats if (vise := recueil.target(e))})
    doublons: dict[int, Doublon] = {}
    pris = []
    for envoi in candidats:
        numero = numeros[envoi.depot]
        if numero in sans_droit:
            continue
        deja = recueil.acceptes.get(envoi.cle)
        if deja is not None and deja.contenu == envoi.contenu:
            doublons[numero] = Doublon(deja.depot, f"fichier déjà reçu : dépôt {deja.depot}")
            continue
        refuse = find_refus(numero, envoi, recueil, payees)
        if refuse is None:
            recueil.add(envoi)
            pris.append(envoi)
        else:
            refus.append(refuse)
    juges = {envoi.depot: numeros[envoi.depot] for envoi in pris}
    droits = compute_droits(envois, habilitations)
    lignes = refuse_lignes(lecture.tables, juges, droits, etablissements)
    return _rendered(refus, doublons, pris, *lignes)


def read_habilitations(connexion: Connection) -> Habilitations:
    """What the registry says today of who may deposit."""
    return Habilitations(
        read_adherents(connexion).select("numero_adherent", "siren"),
        read_conventions(connexion),
        read_utilisateurs(connexion),
        read_droits_utilisateurs(connexion),
        read_mandats_depot(connexion),
    )


def _requests(candidats: Sequence[Envoi], depots: Sequence[Depot]) -> pl.DataFrame:
    """The files as rights judge them: ENVOIS; `depots`: theirs."""
    lignes = [
        (e.depot, d.adherent, d.utilisateur, e.siren, e.convention, e.genre, paris_day(e.recu_le))
        for e, d in zip(candidats, depots, strict=True)
    ]
    return pl.DataFrame(lignes, ENVOIS, orient="row")


def _refuse_rights(
    envois: pl.DataFrame, numeros: Mapping[str, int], habilitations: Habilitations
) -> Iterator[pl.DataFrame]:
    """F001 and F007 of the files that their depositor may not deposit."""
    for refus in check_envois(envois, habilitations).iter_rows(named=True):
        dits = {nom: refus[nom] for nom in ("variante", "valeur")}
        champ = {"ligne": 1, "bloc": "00", "rubrique": "CONVENTION"}
        yield anomalie(numeros[refus["depot"]], refus["code"], **champ, **dits)


def find_refus(
    numero: int, envoi: Envoi, recueil: Recueil, payees: Mapping[str, Sequence[str]]
) -> pl.DataFrame | None:
    """F006 or F011 of a file whose key or target forbids it; None when nothing does.

    `payees`: keys of the lines that were paid, by deposit: each is told.
    """
    lieu = {"ligne": 1, "bloc": "00"}
    if envoi.cle in recueil.acceptes:
        return anomalie(numero, "F006", **lieu, rubrique="FILE_ID", valeur=envoi.file_id)
    if envoi.cible is None:
        return None
    lieu |= {"rubrique": "REPLACES"}
    vise = recueil.target(envoi)
    if vise is None or vise.operation == ANNULATION:
        variante = "inconnu"
    elif envoi.cible in recueil.suites:
        variante = "deja"
    else:
        payes = [
            anomalie(numero, "F011", variante="paye", **lieu, valeur=cle)
            for cle in payees.get(vise.depot, ())
        ]
        return pl.concat(payes) if payes else None
    return anomalie(numero, "F011", variante=variante, **lieu, valeur=envoi.remplace)


def _envoi(ligne: dict[str, str], depot: Depot) -> Envoi:
    return Envoi(
        depot=depot.depot,
        siren=ligne["siren"],
        genre=ligne["genre"],
        mode=ligne["mode"],
        file_id=ligne["file_id"],
        operation=ligne["operation"],
        remplace=None if ligne["operation"] == NOUVEAU else ligne["remplace"],
        contenu=ligne["empreinte"],
        convention=ligne["convention"],
        cdg=ligne["cdg"],
        recu_le=depot.recu_le,
    )


def _rendered(
    refus: Sequence[pl.DataFrame],
    doublons: dict[int, Doublon],
    pris: Sequence[Envoi],
    lignes: pl.DataFrame,
    refusees: pl.DataFrame,
) -> Admission:
    return Admission(
        pl.concat([SCHEMA.to_frame(), *refus]),
        lignes,
        refusees,
        doublons,
        partial(record_envois, envois=pris),
    )
