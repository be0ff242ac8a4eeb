"""A business added as a folder and one line: the night, the documents and the lists take it up."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner

import specs.contrats
from cli.application import application
from cli.listes import list_commandes
from pipelines.cas.domaines import list_domaines, run_cas
from pipelines.cas.lecture import read_cas
from pipelines.controle import relecture
from pipelines.controle.natures import Lu
from pipelines.explications.demandes import Demande, explain
from pipelines.metier import Metier, find
from pipelines.metiers import METIERS
from pipelines.nuit.passage import Passage, run_nuit
from pipelines.reception.etapes import receive_depots
from pipelines.reception.sources import open_source
from pipelines.recus import Recu, list_natures_fichier
from tests.conftest import SOIR
from warehouse.journal import read_depots
from warehouse.pseudonymes import compute_pseudonyme

if TYPE_CHECKING:
    from tests.conftest import Caisse

JEUDI = SOIR + timedelta(days=1)
CONTRAT = {
    "titre": "jouets",
    "publie": True,
    "nouveaute": "lignes",
    "partition": ["part"],
    "cle": ["jouet"],
    "colonnes": {
        "part": {"type": "entier", "titre": "part de calcul"},
        "siren": {"type": "texte", "titre": "SIREN"},
        "jouet": {"type": "texte", "titre": "identifiant du jouet"},
        "montant_centimes": {"type": "centimes", "titre": "montant"},
    },
}
LUS = {
    "titre": "individus et lettres, tels que lus",
    "publie": False,
    "partition": ["lot"],
    "cle": ["depot", "ligne"],
    "colonnes": {
        "lot": {"type": "texte", "titre": "lot de contrôle"},
        "depot": {"type": "texte", "titre": "numéro du dépôt"},
        "ligne": {"type": "entier", "titre": "ligne du fichier"},
        "salarie": {"type": "texte", "titre": "pseudonyme", "classe": "pseudonyme"},
    },
}
CONTRATS = {"jouets": CONTRAT, "individus_jouets": LUS, "lettres_jouets": LUS}
METIER = """
from pipelines.metier import Document, Etape, Explicable, Extraction, Liste, Metier, NatureFichier
from pipelines.metier import Portee

JOUET = Metier(
    "jouet",
    etapes=(
        Etape(
            "jouet",
            Portee.PART,
            prepare="jouet.etapes:prepare",
            plan="pipelines.nuit.parts:plan_membres",
            lit=("appels",),
            ecrit=("jouets",),
        ),
    ),
    documents=(Document("jouet", "jouet.documents:compose"),),
    explications=(Explicable("jouets", "jouet", "jouet.explications:explain"),),
    cas=(("jouet", "jouet.cas"),),
    listes=(Liste("jouets", "jouets", "Le double de chaque appel."),),
    natures=(
        NatureFichier(
            "JOUET",
            lit="jouet.fichiers:read",
            reconnait="jouet.fichiers:recognise",
            tables=("lettres_jouets",),
            voiles=(("nom", "salarie"),),
            definitif=True,
            entier="jouet.fichiers:is_whole",
            accuse="jouet.fichiers:answer",
        ),
    ),
    extractions=(
        Extraction(
            "individus_jouets",
            "jouet.fichiers:extract",
            blocs=("S21.G00.30",),
            voiles=(("nir", "salarie"),),
        ),
    ),
)
"""
ETAPES = """
import polars as pl

from pipelines.nuit.execution import Production, Travail
from pipelines.nuit.parts import dated, in_part


def double(appels):
    return appels.select(
        "siren",
        pl.format("J-{}", "appel").alias("jouet"),
        pl.col("montant_centimes") * 2,
    )


def prepare(maison, part, date_arrete):
    appels = maison.lac.read("appels").filter(part.ecrites()).collect().sort("appel")

    def produce():
        jouets = in_part("jouets", double(appels), part)
        return Production({"jouets": jouets}, {"jouets": len(jouets)})

    return Travail(dated(date_arrete, appels), produce)
"""
DOCUMENTS = """
from functools import partial

from pipelines.editique.lettres import Lettre


def compose(maison, nuit):
    jouets = maison.lac.read("jouets").filter(nuit.served()).collect()
    membres = dict(nuit.boites.drop_nulls().select("siren", "adherent").iter_rows())
    for siren, jouet in jouets.sort("jouet").select("siren", "jouet").iter_rows():
        yield Lettre(membres[siren], partial(draw, jouet))


def draw(jouet):
    yield f"JOUET_{jouet}.txt", jouet.encode()
"""
EXPLICATIONS = """
from pipelines.explications.valeurs import Explication


def explain(lecteur, rangee, ligne):
    phrase = f"{rangee['jouet']} : le double de l'appel, {rangee['montant_centimes']} centimes."
    return Explication((phrase,), dict(rangee), ())
"""
FICHIERS = """
import polars as pl

from parsers.anomalies import SCHEMA
from pipelines.controle.natures import Lu, Tete


def is_whole(octets):
    return octets.startswith(b"Jouet :")


def answer(maison, recus):
    return [[(f"MERCI_{accuse.depot}.txt", recu.octets)] for accuse, recu in recus]


def recognise(recu):
    return recu.octets[:7] == b"Jouet :"


def read(recus, metiers):
    tetes = [Tete(recu.numero, "JOUET", "1", essai=False, lignes=1) for recu in recus]
    lettres = pl.DataFrame(
        {
            "fichier": [recu.numero for recu in recus],
            "ligne": 1,
            "nom": [recu.octets[8:].decode() for recu in recus],
        },
        schema={"fichier": pl.UInt32, "ligne": pl.Int64, "nom": pl.String},
    )
    return Lu(tetes, SCHEMA.to_frame(), {"lettres_jouets": lettres})


def extract(blocs, caisse):
    vide = {"fichier": pl.UInt32, "rang_declaration": pl.Int64, "ligne": pl.Int64}
    if "S21.G00.30" not in blocs:
        return pl.DataFrame(schema=vide | {"nir": pl.String})
    return blocs["S21.G00.30"].select(*vide, nir="S21.G00.30.001")
"""
CAS = """
import polars as pl

from pipelines.cas.valeurs import Resultat

TABLES = {"jouets": pl.Schema({"montant_centimes": pl.Int64})}


def run(entrees, date_arrete):
    montants = pl.DataFrame({"montant_centimes": [entrees.read("appel_centimes", int) * 2]})
    return Resultat({"jouets": montants}, ("Le double de l'appel.",))
"""
UN_CAS = """
- id: J-1
  domaine: jouet
  titre: le double
  source: essai
  date_arrete: 2026-04-05
  entrees: {appel_centimes: 21}
  attendu:
    jouets:
      - {montant_centimes: 42}
"""


@pytest.fixture
def metiers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Metier, ...]]:
    """The businesses of the fund and one more, in a package of its own."""
    paquet = tmp_path / "jouet"
    paquet.mkdir()
    modules = {
        "__init__": "", "metier": METIER, "etapes": ETAPES, "documents": DOCUMENTS,
        "explications": EXPLICATIONS, "cas": CAS, "fichiers": FICHIERS,
    }  # fmt: skip
    for nom, source in modules.items():
        (paquet / f"{nom}.py").write_text(source, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    sujets = specs.contrats.read_sujets
    monkeypatch.setattr(
        specs.contrats, "read_sujets", lambda paquet: dict(sujets(paquet)) | CONTRATS
    )
    specs.contrats.contrats.cache_clear()
    yield (*METIERS[:-2], find("jouet.metier:JOUET"), *METIERS[-2:])
    for nom in [nom for nom in sys.modules if nom.split(".")[0] == "jouet"]:
        del sys.modules[nom]
    monkeypatch.undo()
    specs.contrats.contrats.cache_clear()


@pytest.fixture
def jouee(
    make_caisse: Callable[..., Caisse],
    metiers: tuple[Metier, ...],
    normale: bytes,
    as_real: Callable[[bytes], bytes],
) -> Caisse:
    """A night with the toy business."""
    caisse = make_caisse(nombre_parts=1)
    caisse.drop("A80001", "mars.dsn", as_real(normale))
    run_nuit(Passage(caisse.maison, SOIR.date(), SOIR, metiers))
    return caisse


def test_a_business_added_is_taken_up_everywhere(
    jouee: Caisse, metiers: tuple[Metier, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its table is computed and published, its file handed over, its rows explained and listed."""
    appel = jouee.read("appels").row(0, named=True)
    jouet = jouee.read("jouets").row(0, named=True)
    nom, montant = f"J-{appel['appel']}", 2 * appel["montant_centimes"]
    assert (jouet["jouet"], jouet["montant_centimes"]) == (nom, montant)
    assert jouee.returned()[f"A80001/retour/JOUET_{nom}.txt"] == nom.encode()
    (phrase,) = explain(jouee.maison, Demande(nom), metiers).phrases
    assert phrase == f"{nom} : le double de l'appel, {montant} centimes."
    monkeypatch.setenv("CAISSE_DOSSIER", str(jouee.maison.reglages.dossier))
    listes = typer.Typer()
    for commande, liste in list_commandes(metiers):
        listes.command(commande)(liste)
    for lancee, arguments in ((listes, ["jouets"]), (application, ["exporter", "jouets"])):
        lignes = json.loads(CliRunner().invoke(lancee, [*arguments, "--format", "json"]).output)
        assert [ligne["jouet"] for ligne in lignes] == [nom]


def test_its_kind_of_file_is_read(jouee: Caisse, metiers: tuple[Metier, ...]) -> None:
    """What it recognises is read by it, kept without the personal value, and waits for nothing."""
    jouee.drop("A80001", "lettre.txt", b"Jouet : PAUL")
    run_nuit(Passage(jouee.maison, JEUDI.date(), JEUDI, metiers))
    lettres = jouee.maison.lac.read("lettres_jouets").collect()
    paul = compute_pseudonyme(jouee.maison.cle_pseudonymes, "PAUL")
    assert lettres["salarie"].to_list() == [paul]
    assert jouee.returned()["A80001/retour/MERCI_D00000002.txt"] == b"Jouet : PAUL"
    with jouee.maison.moteur.connect() as connexion:
        assert [depot.etat for depot in read_depots(connexion)][-1] == "INTEGRE"


def test_what_it_keeps_of_the_past_is_read_once(
    jouee: Caisse, metiers: tuple[Metier, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nights before the business was there are read again, once; what is published stays."""
    tous = jouee.maison.lac.read("individus_jouets").collect().sort("ligne")
    assert tous["salarie"].n_unique() == tous.height > 1
    sans = tuple(replace(m, extractions=()) if m.nom == "jouet" else m for m in metiers)
    change = tuple(
        replace(m, extractions=(replace(m.extractions[0], edition=2),)) if m.nom == "jouet" else m
        for m in metiers
    )
    lus: list[int] = []
    lire = relecture.read_depots_dsn

    def read(recus: list[Recu], pour: tuple[Metier, ...]) -> Lu:
        lus.extend(recu.numero for recu in recus)
        return lire(recus, pour)

    monkeypatch.setattr(relecture, "read_depots_dsn", read)
    versions = jouee.maison.lac.version("bases_lues"), jouee.maison.lac.version("declarations")
    jouee.maison.lac.write("individus_jouets", tous.clear(), None)
    for quoi, relues in ((sans, []), (metiers, []), (change, [1]), (change, [])):
        lus.clear()
        run_nuit(Passage(jouee.maison, JEUDI.date(), JEUDI, quoi))
        assert lus == relues
    assert jouee.maison.lac.read("individus_jouets").collect().sort("ligne").equals(tous)
    apres = jouee.maison.lac.version("bases_lues"), jouee.maison.lac.version("declarations")
    assert apres == versions


def test_its_golden_cases_run(metiers: tuple[Metier, ...], tmp_path: Path) -> None:
    """The reader of cases knows its domain and its tables."""
    (tmp_path / "cas.yaml").write_text(UN_CAS, "utf-8")
    domaines = list_domaines(metiers)
    (cas,) = read_cas(tmp_path / "cas.yaml", domaines)
    resultat = run_cas(cas, domaines)
    assert resultat.tables["jouets"]["montant_centimes"].to_list() == [42]


def test_a_kind_of_file_that_fails_stops_no_reception(
    jouee: Caisse, metiers: tuple[Metier, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its file has the receipt of any file; those of the others are taken in."""
    fichiers = importlib.import_module("jouet.fichiers")

    def panne(*_: object) -> None:
        raise ValueError("panne")

    for crochet in ("is_whole", "answer"):
        monkeypatch.setattr(fichiers, crochet, panne)
    jouee.drop("A80001", "lettre.txt", b"Jouet : PAUL")
    jouee.drop("A80001", "autre.txt", b"ceci n'est rien")
    natures = list_natures_fichier(metiers)
    recus = receive_depots(jouee.maison, open_source(jouee.maison.reglages), JEUDI, natures).depots
    assert [depot.nom for depot in recus] == ["autre.txt", "lettre.txt"]
    rendus = {nom.split("/")[-1] for nom in jouee.returned()}
    assert {"ACK_D00000002.xml", "ACK_D00000003.xml"} <= rendus
