"""Who sees what: each published table, by each way out, shows the classes of its reader alone."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, cast

import polars as pl
import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from cli.application import application
from reporting import lecture
from reporting.attestations import read_statut
from reporting.demande import DemandeRefusee, Format, Introuvable
from reporting.lecture import read_table
from reporting.portail import create_portail
from specs.contrats import CLASSES, VUES, Colonne, Contrat, Lecteur, contrats, schema_polars
from warehouse.maison import Maison, open_maison
from warehouse.publications import publish
from warehouse.reglages import Reglages

PUBLIES = {nom: contrat for nom, contrat in contrats().items() if contrat.publie}
JOUR = date(2026, 4, 20)
EXEMPLES: dict[str, Any] = {"mois": "2026-03", "date": JOUR, "booleen": True}
Sortie = Callable[[str, Format], bytes]


def marque(colonne: Colonne) -> object:
    """A value that tells its column, when the column may hold one."""
    if colonne.type != "texte":
        return EXEMPLES.get(colonne.type, 1)
    return next(iter(colonne.valeurs), f"marque-{colonne.nom}-")


@pytest.fixture(scope="module")
def pleine(tmp_path_factory: pytest.TempPathFactory) -> Maison:
    """A home that published one row of every published table."""
    maison = open_maison(Reglages(dossier=tmp_path_factory.mktemp("classes") / "donnees"))
    versions = {}
    for nom, contrat in PUBLIES.items():
        ligne = {colonne.nom: marque(colonne) for colonne in contrat.colonnes}
        frame = pl.DataFrame([ligne], schema=schema_polars(contrat))
        versions[nom] = maison.lac.write(nom, frame, None)
    with maison.moteur.begin() as connexion:
        publish(
            connexion,
            date_arrete=JOUR,
            versions=versions,
            empreinte="0" * 64,
            publie_le="2026-04-20T20:00:00Z",
            remises=[],
        )
    return maison


@pytest.fixture
def sorties(pleine: Maison, monkeypatch: pytest.MonkeyPatch) -> dict[Lecteur, Sortie]:
    """The ways out of a whole table: the command line, the downloads of the portal."""
    monkeypatch.setenv("CAISSE_DOSSIER", str(pleine.reglages.dossier))
    portail = TestClient(create_portail(pleine), base_url="http://127.0.0.1")

    def export(table: str, forme: Format) -> bytes:
        # As it was published: the journal, which today's lists are completed from, is empty.
        demande = ["exporter", table, "--format", forme, "--sortie", "-", "--publication", "1"]
        return CliRunner().invoke(application, demande, catch_exceptions=False).stdout_bytes

    def download(table: str, forme: Format) -> bytes:
        return cast("bytes", portail.get(f"/tables/{table}.{forme}").content)

    return {Lecteur.EXPLOITANT: export, Lecteur.PORTAIL: download}


def columns_in(octets: bytes, forme: Format) -> list[str] | None:
    """Names of the columns of a file; None when it shows titles."""
    match forme:
        case Format.CSV:
            return octets.decode("utf-8-sig").splitlines()[0].split(";")
        case Format.JSON:
            return list(json.loads(octets)[0])
        case Format.PARQUET:
            return pl.read_parquet(io.BytesIO(octets)).columns
        case _:
            return None


def text_in(octets: bytes, forme: Format) -> str:
    """Whatever a reader of the file may read."""
    if forme is Format.XLSX:
        with zipfile.ZipFile(io.BytesIO(octets)) as classeur:
            return "".join(classeur.read(nom).decode("utf-8") for nom in classeur.namelist())
    if forme is Format.PARQUET:
        return pl.read_parquet(io.BytesIO(octets)).write_csv()
    return octets.decode("utf-8")


@pytest.mark.parametrize("lecteur", [Lecteur.EXPLOITANT, Lecteur.PORTAIL])
@pytest.mark.parametrize("table", PUBLIES)
def test_a_way_out_shows_the_classes_of_its_reader(
    sorties: dict[Lecteur, Sortie], table: str, lecteur: Lecteur
) -> None:
    """The columns are those that the reader may see; no other value is there, in any format.

    Where nothing is to be hidden, one format is enough: they are all drawn from one frame.
    """
    contrat = PUBLIES[table]
    vues = [c.nom for c in contrat.colonnes if c.classe in VUES[lecteur]]
    tues = [c for c in contrat.colonnes if c.classe not in VUES[lecteur]]
    for forme in Format if tues else (Format.JSON,):
        octets = sorties[lecteur](table, forme)
        assert columns_in(octets, forme) in (vues, None)
        texte = text_in(octets, forme)
        assert [c.nom for c in tues if str(marque(c)) in texte] == []
        marquees = [c for c in contrat.colonnes if c.nom in vues and "marque-" in str(marque(c))]
        assert "marque-" in texte or not marquees


def test_the_portal_shows_no_pseudonym(sorties: dict[Lecteur, Sortie]) -> None:
    """The page asks nobody who they are: employees stay with the command line of the fund."""
    operateur, portail = (
        json.loads(sorties[lecteur]("bases", Format.JSON))[0]
        for lecteur in (Lecteur.EXPLOITANT, Lecteur.PORTAIL)
    )
    assert operateur.keys() - portail.keys() == {"salarie", "contrat"}


def test_the_page_shows_no_pseudonym(pleine: Maison) -> None:
    """Nor does the page itself."""
    page = TestClient(create_portail(pleine), base_url="http://127.0.0.1").get("/").text
    tues = {
        str(marque(colonne))
        for contrat in PUBLIES.values()
        for colonne in contrat.colonnes
        if colonne.classe not in VUES[Lecteur.PORTAIL]
    }
    assert "marque-depot-" in page
    assert [valeur for valeur in sorted(tues) if valeur in page] == []


def test_the_status_of_a_certificate_is_made_of_public_columns(pleine: Maison) -> None:
    """Whoever has the number reads what a certificate says, not what its company owes."""
    vues = read_table(pleine, "attestations", lecteur=Lecteur.PUBLIC)
    assert vues.columns == [
        "attestation", "siren", "date_arrete", "fin_validite", "etat", "revoquee_le",
    ]  # fmt: skip
    reponse = read_statut(pleine, "marque-attestation-", JOUR)
    assert reponse["meta"]["siren"] == "marque-siren-"
    assert "marque-adherent-" not in json.dumps(reponse)


def test_a_column_that_is_not_seen_is_not_filtered_by(pleine: Maison) -> None:
    """A filter would tell, by its number of rows, a value that the reader may not see."""
    with pytest.raises(DemandeRefusee, match="Colonne inconnue : « salarie »") as refus:
        read_table(pleine, "bases", filtres={"salarie": "x"}, lecteur=Lecteur.PORTAIL)
    assert "salarie" not in str(refus.value).split(":", 2)[2]


def test_what_no_reader_sees_never_leaves_by_a_list(
    sorties: dict[Lecteur, Sortie], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A NIR, a name or an account in full, were it in a published table, is shown to nobody."""
    assert CLASSES.keys() - set().union(*VUES.values()) == {"identite"}
    secret = _with_class(PUBLIES["adherents"], "raison_sociale", "identite")
    monkeypatch.setattr(lecture, "contrats", lambda: {"adherents": secret})
    for sortie in sorties.values():
        for forme in Format:
            assert "marque-raison_sociale-" not in text_in(sortie("adherents", forme), forme)


def _with_class(contrat: Contrat, nom: str, classe: str) -> Contrat:
    colonnes = [replace(c, classe=classe) if c.nom == nom else c for c in contrat.colonnes]
    return replace(contrat, colonnes=tuple(colonnes))


@pytest.mark.parametrize("lecteur", Lecteur)
def test_a_table_that_is_not_published_has_no_reader(pleine: Maison, lecteur: Lecteur) -> None:
    """A working table leaves by no list, whoever reads."""
    for nom in contrats().keys() - PUBLIES.keys():
        with pytest.raises(Introuvable):
            read_table(pleine, nom, lecteur=lecteur)


def test_only_what_a_certificate_says_is_public() -> None:
    """A column is public when its contract says so, never because it says nothing."""
    publiques = {
        contrat.nom for contrat in contrats().values() for c in contrat.colonnes
        if c.classe == "publique"
    }  # fmt: skip
    assert publiques == {"attestations"}
    assert Colonne("c", "texte", "c").classe == "entreprise"
