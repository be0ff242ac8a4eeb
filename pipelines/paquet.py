"""The formats of the fund in one pack, for who writes software that speaks with it.

    write_zip(compose_paquet({"bons/mars.dsn": octets}))

Schemas (XSD, JSON Schema), layouts as data, test vectors with what the fund answers to each, and a
manifest with the digest of every file. The same formats give the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import PurePath
from typing import Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from parsers.echanges.xsd import build_xsd
from pipelines.rapports.documents.composition import rapport_hors_depot
from pipelines.rapports.documents.rapport_xml import render_rapport_xml
from pipelines.recus import Recu
from pipelines.verification import describe_fichier, verify_fichiers
from specs.contrats import Contrat, Lecteur, contrats
from specs.contrats.schema_json import build_schema
from specs.dsn import VERSIONS
from specs.echanges import VERSION, read_genres

EDITION = "1.0.0"  # of the shape of the pack: what it holds tells the versions of the formats
NOM, MANIFESTE, LISEZ_MOI = "caisse-formats", "manifeste.json", "LISEZ-MOI.md"
GABARITS = ("champs.csv", "codes.csv", "formats.csv", "genres.yaml", "libelles.csv", "valeurs.csv")
XSD = ("accuse.xsd", "rapport.xsd")
ATTENDU = ".attendu.json"
EPOQUE = (1980, 1, 1, 0, 0, 0)  # the first day that a ZIP can tell
CONTROLE = datetime(2026, 12, 1, 8, tzinfo=UTC)  # when the vectors are said to be controlled


def compose_paquet(exemples: Mapping[str, bytes]) -> dict[str, bytes]:
    """Every file of the pack by path, its manifest last.

    `exemples`: the vectors, by path; of one, `x.attendu.json` says what is expected.
    """
    contenus = {**dict(_list_schemas()), **dict(_list_gabarits())}
    contenus |= {f"vecteurs/{chemin}": octets for chemin, octets in exemples.items()}
    contenus |= dict(_list_rapports(exemples))
    tries = dict(sorted(contenus.items()))
    return {**tries, MANIFESTE: _render(_describe(tries))}


def write_zip(contenus: Mapping[str, bytes]) -> bytes:
    """The files as a ZIP that depends on nothing else: not compressed, of no date nor machine."""
    octets = io.BytesIO()
    with ZipFile(octets, "w", ZIP_STORED) as archive:
        for chemin, contenu in contenus.items():
            entree = ZipInfo(f"{NOM}/{chemin}", EPOQUE)
            entree.create_system, entree.external_attr = 3, 0o644 << 16
            archive.writestr(entree, contenu)
    return octets.getvalue()


def _list_schemas() -> Iterator[tuple[str, bytes]]:
    for nom in XSD:
        yield f"xsd/{nom}", (files("specs") / "xsd" / nom).read_bytes()
    for genre in read_genres():
        yield f"xsd/echanges/{genre}.xsd", build_xsd(genre)
    schemas = files("specs") / "schemas"
    yield LISEZ_MOI, (schemas / LISEZ_MOI).read_bytes()
    yield "json/verifier.json", (schemas / "verifier.json").read_bytes()
    for contrat in _list_publiees():
        yield f"json/tables/{contrat.nom}.json", _render(build_schema(contrat))


def _list_publiees() -> Iterator[Contrat]:
    """Published tables with the columns that somebody reads."""
    for contrat in contrats().values():
        if contrat.publie:
            yield contrat.seen_by(Lecteur.EXPLOITANT)


def _list_gabarits() -> Iterator[tuple[str, bytes]]:
    for nom in GABARITS:
        yield f"gabarits/{nom}", (files("specs.echanges") / nom).read_bytes()


def _list_rapports(exemples: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """What the control says of each vector, in both forms for machines."""
    chemins = [chemin for chemin in exemples if not chemin.endswith(ATTENDU)]
    lus = [exemples[chemin] for chemin in chemins]
    noms = {numero: PurePath(chemin).name for numero, chemin in enumerate(chemins)}
    lecture = verify_fichiers(enumerate(lus), noms=noms, maintenant=CONTROLE)
    for bilan in lecture.bilans:
        octets, nom = lus[bilan.fichier], noms[bilan.fichier]
        rapport = rapport_hors_depot(nom, octets, bilan, lecture, CONTROLE)
        dit = describe_fichier(nom, Recu(bilan.fichier, octets, nom), bilan, lecture)
        chemin = f"vecteurs/{chemins[bilan.fichier]}.rapport"
        yield f"{chemin}.json", _render(dit)
        yield f"{chemin}.xml", render_rapport_xml(rapport)


def _describe(contenus: Mapping[str, bytes]) -> dict[str, Any]:
    return {
        "paquet": NOM,
        "edition": EDITION,
        "normes_dsn": list(VERSIONS),
        "fichiers_echange": VERSION,
        "fichiers": {
            chemin: {"sha256": hashlib.sha256(octets).hexdigest(), "octets": len(octets)}
            for chemin, octets in contenus.items()
        },
    }


def _render(contenu: Mapping[str, Any]) -> bytes:
    return (json.dumps(contenu, ensure_ascii=False, indent=2) + "\n").encode()
