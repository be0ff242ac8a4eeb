"""What is printed of leave: once, whole, the same bytes whenever it is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pypdf import PdfReader

from pipelines.conges.documents.impression import list_imprimes
from pipelines.conges.metier import CONGES
from pipelines.editique.impression import plan_impressions, print_part
from tests.pipelines.conges.publications import fill
from warehouse.maison import Maison, open_maison
from warehouse.publications import publish, read_publication
from warehouse.reglages import Reglages

SIREN, SALARIE, AUTRE = "800000010", "a" * 32, "b" * 32
LUNDI, MARDI, JANVIER = date(2026, 9, 7), date(2026, 9, 8), date(2027, 1, 4)
COMMUNES = {"siren": SIREN, "salarie": SALARIE, "exercice": 2026}
CERTIFICAT = COMMUNES | {"certificat": "CG1", "en_vigueur": True, "nature": "DEFINITIF",
                         "visible_le": MARDI}  # fmt: skip
DROIT = COMMUNES | {"droit": "DR1", "jours_legaux": 30, "indemnite_centimes": 274_000}
DECOMPTE = COMMUNES | {"decompte": "D1", "demande": "R1", "depot": "D1", "rang": 2,
                       "motif": "PAIEMENT", "nature": "CP", "date_paiement": MARDI,
                       "debut": MARDI, "fin": MARDI}  # fmt: skip
FISCALE = {"salarie": SALARIE, "annee": 2026, "brut_centimes": 1, "net_imposable_centimes": 1,
           "pas_centimes": 0}  # fmt: skip
REFUS = COMMUNES | {"demande": "R2", "depot": "D2", "rang": 3, "etat": "REFUSEE", "debut": MARDI,
                    "nature": "CP", "motif": "D103 D104", "salarie": AUTRE,
                    "fin": MARDI}  # fmt: skip
IDENTITE = {"depot": "D1", "ligne": 1, "salarie": SALARIE, "nom": "ESSAI", "prenoms": "Anne"}
TABLES: Mapping[str, list[dict[str, Any]]] = {
    "certificats": [CERTIFICAT], "droits": [DROIT], "decomptes": [DECOMPTE],
    "attestations_fiscales": [FISCALE], "demandes_conges": [REFUS], "lignes_decompte": [],
    "compteurs_conges": [], "liens_salaries": [], "depots": [{"depot": "D1"}],
}  # fmt: skip
RIEN: Mapping[str, list[dict[str, Any]]] = {nom: [] for nom in TABLES}
DOCUMENTS = {
    "CERTIFICAT_CG1.pdf", f"DROITS_{SALARIE[:12]}_2026-09-08.pdf", "DECOMPTE_D1.pdf",
    "REFUS_D2-3.pdf",
}  # fmt: skip


@pytest.fixture
def maison(tmp_path: Path) -> Maison:
    """A home that published nothing yet, and knows who the employee is."""
    maison = open_maison(Reglages(dossier=tmp_path / "maison", nombre_parts=2))
    frame = fill("identites_lues", pl.DataFrame([IDENTITE]))
    maison.lac.write("identites_lues", frame, {"lot": "L"})
    return maison


def night(maison: Maison, jour: date, tables: Mapping[str, list[dict[str, Any]]]) -> None:
    """A publication of these rows."""
    versions = {}
    for nom, lignes in tables.items():
        frame = fill(nom, pl.DataFrame(lignes)) if lignes else fill(nom, pl.DataFrame()).clear()
        ou = {"part": 0} if "part" in frame.columns else None
        versions[nom] = maison.lac.write(nom, frame, ou)
    with maison.moteur.begin() as c:
        publish(c, date_arrete=jour, versions=versions, empreinte=f"{jour}",
                publie_le=f"{jour}T20:00:00Z", remises=())  # fmt: skip


def print_all(maison: Maison) -> None:
    """Every shard, until nothing waits."""
    while parts := plan_impressions(maison, [CONGES]):
        for part in parts:
            print_part(maison, [CONGES], part)


def queue(maison: Maison) -> dict[str, dict[str, bytes]]:
    """The folders of the queue and their files."""
    racine = maison.reglages.dossier / "impression"
    return {
        dossier.name: {f.name: f.read_bytes() for f in sorted(dossier.iterdir())}
        for dossier in sorted(racine.iterdir())
        if dossier.is_dir()
    }


def text(octets: bytes) -> str:
    """What a PDF says, on one line."""
    pages = PdfReader(BytesIO(octets)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_each_document_is_printed_once(maison: Maison) -> None:
    """One folder a publication that has something new, with a manifest that names nobody."""
    night(maison, LUNDI, RIEN)
    print_all(maison)
    night(maison, MARDI, TABLES)
    print_all(maison)
    night(maison, JANVIER, TABLES)
    print_all(maison)
    dossiers = queue(maison)
    fiscale = f"ATTESTATION_FISCALE_{SALARIE[:12]}_2026_2027-01-04.pdf"
    assert {nom: set(d) for nom, d in dossiers.items()} == {
        "000002": {*DOCUMENTS, "manifeste.csv"}, "000003": {fiscale, "manifeste.csv"},
    }  # fmt: skip
    manifeste = dossiers["000002"]["manifeste.csv"].decode().splitlines()
    assert manifeste[0] == "fichier;document;siren;salarie"
    assert f"REFUS_D2-3.pdf;REFUS;{SIREN};{AUTRE}" in manifeste
    assert "Anne ESSAI" in text(dossiers["000002"]["DECOMPTE_D1.pdf"])
    assert "ESSAI" not in "".join(manifeste)


def test_a_certificate_waits_for_the_day_its_employee_sees_it(maison: Maison) -> None:
    """Published to its company the day before (L-26)."""
    night(maison, LUNDI, TABLES | {"decomptes": [], "demandes_conges": [], "droits": []})
    print_all(maison)
    night(maison, MARDI, TABLES | {"decomptes": [], "demandes_conges": [], "droits": []})
    print_all(maison)
    assert set(queue(maison)["000002"]) == {"CERTIFICAT_CG1.pdf", "manifeste.csv"}
    assert "000001" not in queue(maison)


def test_an_interrupted_printing_goes_on_with_the_same_bytes(maison: Maison) -> None:
    """Some files drawn, then the machine stops; a name that came later changes nothing."""
    night(maison, LUNDI, RIEN)
    print_all(maison)
    night(maison, MARDI, TABLES)
    parts = plan_impressions(maison, [CONGES])
    print_part(maison, [CONGES], parts[0])
    encours = maison.reglages.dossier / "impression" / "000002.en-cours"
    gardes = {f.name: f.read_bytes() for f in encours.iterdir()} if encours.exists() else {}
    encours.mkdir(parents=True, exist_ok=True)
    (encours / ".en-cours-abc").write_bytes(b"%PDF")
    plus_tard = IDENTITE | {"depot": "D9", "nom": "AUTRE"}
    frame = fill("identites_lues", pl.DataFrame([IDENTITE, plus_tard]))
    maison.lac.write("identites_lues", frame, {"lot": "L"})
    print_all(maison)
    fini = queue(maison)["000002"]
    assert set(fini) == {*DOCUMENTS, "manifeste.csv"}
    assert all(fini[nom] == octets for nom, octets in gardes.items())
    assert "Anne ESSAI" in text(fini["DECOMPTE_D1.pdf"])
    (maison.reglages.dossier / "impression" / ".derniere").write_text("1")
    print_all(maison)
    assert queue(maison)["000002"] == fini, "un dossier nommé est entier"


def test_a_refusal_tells_why_in_plain_words(maison: Maison) -> None:
    """Each reason once, none of the codes of the layouts."""
    night(maison, LUNDI, RIEN)
    print_all(maison)
    night(maison, MARDI, TABLES)
    print_all(maison)
    dit = text(queue(maison)["000002"]["REFUS_D2-3.pdf"])
    assert "Il ne vous reste pas assez de jours" in dit
    assert "Ces jours sont déjà pris" in dit
    assert "D103" not in dit


def test_what_was_printed_is_not_listed_again(maison: Maison) -> None:
    """The same publication after itself has nothing new."""
    night(maison, MARDI, TABLES)
    with maison.moteur.connect() as c:
        publiee = read_publication(c)
    assert publiee is not None
    assert list_imprimes(maison, publiee, publiee).is_empty()
    assert list_imprimes(maison, publiee, None).height == len(DOCUMENTS)
