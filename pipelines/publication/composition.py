"""What companies receive, composed by shard before the publication, which takes what it finds.

A shard composes the files of its boxes and names them in the archive, under a key of all that they
are made from. A file that tells of many companies at once is composed by the publication alone, as
is whatever no shard composed of this very night: what is published never depends on it.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from time import perf_counter_ns
from typing import TYPE_CHECKING
from zlib import crc32

import polars as pl

from pipelines.metier import Document, Metier
from pipelines.nuit.parts import part_scope
from pipelines.nuit.reserves.fautifs import PASSAGERES
from pipelines.nuit.traces import trace_etape
from pipelines.nuit.versions import frame_fingerprint, version_code, version_specs
from pipelines.publication.mise_en_reserve import compose_remises
from pipelines.publication.nouveautes import is_new
from pipelines.publication.nuit import Nuit, read_nuit
from pipelines.publication.registre import list_inscrites
from specs.contrats import contrats
from warehouse.journal import CleEtape, find_etape, record_etape
from warehouse.maison import Maison
from warehouse.points_arret import crashpoint
from warehouse.remises import Remise

if TYPE_CHECKING:
    from pipelines.nuit.passage import Passage

ETAPE = "composer"
# What the publication writes before it composes: the night says it (`vue`, `tenues`, `depots`).
PUBLIEES = frozenset({"alertes", "depots", "fichiers_emis"})


@dataclass(frozen=True, slots=True)
class Composees:
    """How many files a shard composed; None: it could not, the publication will say for whom."""

    faites: int | None

    def count(self) -> dict[str, int | None]:
        """The figure."""
        return {"composees": self.faites}


def plan_composer(maison: Maison, date_arrete: date, metiers: Sequence[Metier]) -> list[int]:
    """Shards that have a box; none when there is nothing new to publish."""
    soir = datetime.combine(date_arrete, time(), UTC)
    nuit = read_nuit(maison, date_arrete, metiers, soir)
    if not is_new(maison, nuit):
        return []
    return sorted(share_boites(nuit, maison.reglages.nombre_parts))


def composer(passage: Passage, numero: int) -> Composees:
    """Compose the files of a shard, unless it is done; what fails is left to the publication."""
    debut = perf_counter_ns()
    maison, metiers = passage.maison, passage.metiers
    nuit = read_nuit(maison, passage.date_arrete, metiers, passage.maintenant)
    boites = share_boites(nuit, maison.reglages.nombre_parts)[numero]
    cle = _key(_fingerprint(maison, nuit), numero, boites)
    with maison.moteur.connect() as connexion:
        faite = find_etape(connexion, cle)
    if faite is not None:
        return Composees(faite.resultat["remises"])
    try:
        remises = compose_remises(maison, nuit.only(boites), metiers, _is_shared)
    except PASSAGERES:
        raise
    except Exception as erreur:  # noqa: BLE001 - composed again by the publication, and held there
        trace = trace_etape(ETAPE, numero, passage.date_arrete)
        trace.warning("composition laissée à la publication", cause=type(erreur).__name__)
        return Composees(None)
    liste = maison.archive.write(_encode(remises))
    crashpoint("composition.apres_archive")
    resultat = {"remises": len(remises), "liste": liste}
    duree_ms = (perf_counter_ns() - debut) // 1_000_000
    with maison.moteur.begin() as connexion:
        record_etape(connexion, cle, resultat=resultat, empreinte=liste, duree_ms=duree_ms)
    return Composees(len(remises))


def gather_remises(maison: Maison, nuit: Nuit, metiers: Sequence[Metier]) -> list[Remise]:
    """Every file that tonight owes: what the shards composed of it, and what is left, composed."""
    remises: list[Remise] = []
    composees: set[str] = set()
    empreinte = _fingerprint(maison, nuit)
    for numero, boites in share_boites(nuit, maison.reglages.nombre_parts).items():
        cle = _key(empreinte, numero, boites)
        with maison.moteur.connect() as connexion:
            faite = find_etape(connexion, cle)
        if faite is not None:
            remises += _decode(maison.archive.read(faite.resultat["liste"]))
            composees |= boites
    if not composees:
        return compose_remises(maison, nuit, metiers)
    remises += compose_remises(maison, nuit, metiers, lambda document: document.ensemble)
    restent = nuit.without(frozenset(composees))
    return remises + compose_remises(maison, restent, metiers, _is_shared)


def share_boites(nuit: Nuit, nombre_parts: int) -> Mapping[int, frozenset[str]]:
    """The boxes of each shard that has some: with its company, or where its own name puts it."""
    parts: dict[int, set[str]] = defaultdict(set)
    for siren, boite in nuit.boites.select("siren", "adherent").iter_rows():
        numero = crc32(boite.encode()) if siren is None else int(siren)
        parts[numero % nombre_parts].add(boite)
    return {numero: frozenset(boites) for numero, boites in sorted(parts.items())}


def _is_shared(document: Document) -> bool:
    return not document.ensemble


def _fingerprint(maison: Maison, nuit: Nuit) -> str:
    """Of all that the files of a night are made from, whoever they are for."""
    versions = {
        nom: maison.lac.version(nom)
        for nom in sorted(contrats().keys() - PUBLIEES - list_inscrites())
    }
    precedente = nuit.precedente.numero if nuit.precedente else 0
    dits = [versions, nuit.instant, nuit.vue.registre, nuit.vue.decisions, sorted(nuit.tenues)]
    texte = json.dumps([nuit.date_arrete.isoformat(), precedente, *dits])
    lues = nuit.depots.filter(pl.col("etat") != "DOUBLON"), nuit.anomalies
    return hashlib.sha256(f"{texte}{frame_fingerprint(*lues)}".encode()).hexdigest()


def _key(empreinte: str, numero: int, boites: frozenset[str]) -> CleEtape:
    siennes = hashlib.sha256(f"{empreinte}{sorted(boites)}".encode()).hexdigest()
    return CleEtape(ETAPE, part_scope(numero), siennes, version_specs(), version_code())


def _encode(remises: Sequence[Remise]) -> bytes:
    return zlib.compress(json.dumps([remise.tell() for remise in remises]).encode())


def _decode(octets: bytes) -> list[Remise]:
    return [Remise(**dits) for dits in json.loads(zlib.decompress(octets))]
