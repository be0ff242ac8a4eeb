"""The pack of the formats: its schemas judge its vectors, its bytes are always the same."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import PurePath
from typing import Any
from zipfile import ZipFile

import pytest
from jsonschema import Draft202012Validator
from lxml import etree

from cli.paquet import list_vecteurs
from pipelines.paquet import ATTENDU, MANIFESTE, compose_paquet, write_zip
from specs.contrats import contrats

RACINE = "caisse-formats/"


@pytest.fixture(scope="module")
def paquet() -> dict[str, bytes]:
    """What a reader finds in the pack, by path."""
    octets = write_zip(compose_paquet(dict(list_vecteurs())))
    with ZipFile(io.BytesIO(octets)) as archive:
        return {nom.removeprefix(RACINE): archive.read(nom) for nom in archive.namelist()}


def read_xsd(paquet: dict[str, bytes], chemin: str) -> etree.XMLSchema:
    """A schema of the pack."""
    return etree.XMLSchema(etree.fromstring(paquet[chemin]))


def list_rapports(paquet: dict[str, bytes]) -> dict[str, dict[str, Any]]:
    """What the control says of each vector, by path."""
    return {
        chemin.removesuffix(".rapport.json"): json.loads(octets)
        for chemin, octets in paquet.items()
        if chemin.endswith(".rapport.json")
    }


def test_the_manifest_tells_every_file(paquet: dict[str, bytes]) -> None:
    """Its digest and size, and no other; the versions of the formats."""
    manifeste = json.loads(paquet[MANIFESTE])
    assert manifeste["fichiers"] == {
        chemin: {"sha256": hashlib.sha256(octets).hexdigest(), "octets": len(octets)}
        for chemin, octets in paquet.items()
        if chemin != MANIFESTE
    }
    assert "P26V01" in manifeste["normes_dsn"]
    assert {f"json/tables/{nom}.json" for nom, c in contrats().items() if c.publie} <= {*paquet}


def test_the_same_formats_give_the_same_bytes() -> None:
    """Whatever the day and the order of the folders."""
    vecteurs = dict(list(list_vecteurs())[:6])
    un, autre = (write_zip(compose_paquet(v)) for v in (vecteurs, dict(reversed(vecteurs.items()))))
    assert un == autre


def test_reports_are_of_their_schemas(paquet: dict[str, bytes]) -> None:
    """JSON and XML, of good and bad vectors; what is expected is what is said."""
    schema = json.loads(paquet["json/verifier.json"])
    Draft202012Validator.check_schema(schema)
    juge, xsd = Draft202012Validator(schema), read_xsd(paquet, "xsd/rapport.xsd")
    rapports = list_rapports(paquet)
    assert {f"vecteurs/{c}" for c, _ in list_vecteurs() if not c.endswith(ATTENDU)} == {*rapports}
    for chemin, rapport in rapports.items():
        juge.validate(rapport)
        xsd.assertValid(etree.fromstring(paquet[f"{chemin}.rapport.xml"]))
        attendu = paquet.get(f"{PurePath(chemin).with_suffix('')}.attendu.json")
        if attendu is not None:
            dits = json.loads(attendu)
            assert rapport["verdict"] == dits["verdict"], chemin
            assert [[a["code"], a["ligne"]] for a in rapport["anomalies"]] == dits["codes"], chemin
    verdicts = {rapport["verdict"] for rapport in rapports.values()}
    assert verdicts == {"CONFORME", "NON_CONFORME", "ILLISIBLE"}


@pytest.mark.parametrize("faute", [{"verdict": "BON"}, {"anomalies": None}, {"de_trop": 1}])
def test_another_shape_is_refused(paquet: dict[str, bytes], faute: dict[str, Any]) -> None:
    """A report with a field of too much, or a value that none has."""
    juge = Draft202012Validator(json.loads(paquet["json/verifier.json"]))
    assert not juge.is_valid(next(iter(list_rapports(paquet).values())) | faute)


def test_exchange_files_are_of_their_schemas(paquet: dict[str, bytes]) -> None:
    """The good ones; one whose records are in another order, or lack a field, is refused."""
    justes = [c for c in paquet if c.startswith("vecteurs/bons/echanges/") and c.endswith("2.xml")]
    assert len(justes) == 5
    for chemin in justes:
        xsd = read_xsd(paquet, f"xsd/echanges/{PurePath(chemin).name.partition('_')[0]}.xsd")
        racine = etree.fromstring(paquet[chemin])
        xsd.assertValid(racine)
        racine.append(racine[0])
        assert not xsd.validate(racine), chemin
        amputee = etree.fromstring(paquet[chemin])
        amputee[0].remove(amputee[0][0])
        assert not xsd.validate(amputee), chemin


def test_layouts_are_those_the_house_reads(paquet: dict[str, bytes]) -> None:
    """As data: one row a field, with its place."""
    entete, *champs = paquet["gabarits/champs.csv"].decode().splitlines()
    assert entete.startswith("genre,enregistrement,champ,debut,longueur")
    assert len(champs) > 100
