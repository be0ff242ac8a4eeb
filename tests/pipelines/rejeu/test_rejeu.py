"""A fund that lived is played again elsewhere, from its journal and its archive, to the byte."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from pipelines import ordonnancement
from pipelines.nuit.moteur import compose_sources
from pipelines.nuit.passage import run_nuit
from pipelines.reception.etapes import receive_depots
from pipelines.reception.sources import open_source
from pipelines.rejeu.comparaison import compare
from pipelines.rejeu.jeu import RejeuImpossible
from pipelines.rejeu.moteurs import replay, split_moteurs, write_clair
from tests.conftest import SOIR, decide_avoir
from warehouse.archive import Archive
from warehouse.coffre.trousseau import FERME
from warehouse.faits import (
    DecisionFaite,
    Fait,
    FaitsManquants,
    ImportFait,
    NuitFaite,
    PassageFait,
    format_faits,
    parse_faits,
    read_faits,
)
from warehouse.registre import YAML, import_registre
from warehouse.tables_sql import ETAPES

if TYPE_CHECKING:
    from click.testing import Result

    from tests.conftest import Caisse

ADHERENT, SIREN = "A80001", "800000010"
MIDI, DESSIN = datetime(2026, 4, 5, 10, 0, tzinfo=UTC), datetime(2026, 4, 5, 20, 5, tzinfo=UTC)
SUITE, FIN = datetime(2026, 5, 4, 9, 0, tzinfo=UTC), datetime(2026, 5, 5, 20, 0, tzinfo=UTC)
BAREME, TAUX = "specs/baremes/cotisations.yaml", b"valeur: 210000"


def scan(caisse: Caisse, instant: datetime) -> None:
    """A scan of the day, as the scheduler runs it."""
    quand = {"params": {"maintenant": instant.isoformat()}}
    ordonnancement.recevoir(quand)
    ordonnancement.controler(quand)
    ordonnancement.remettre(quand)
    ordonnancement.run_editique(caisse.passage(instant))


@pytest.fixture(scope="module")
def vecue(
    make_caisse: Callable[..., Caisse],
    normale: bytes,
    remplace: bytes,
    mandat_automatique: bytes,
    as_real: Callable[[bytes], bytes],
) -> Caisse:
    """Scans, a correction of the registry, a decision, a file taken, three nights, one for nothing.

    To be read only.
    """
    caisse = make_caisse()
    with pytest.MonkeyPatch.context() as environnement:
        environnement.setenv("CAISSE_DOSSIER", str(caisse.maison.reglages.dossier))
        environnement.setenv("CAISSE_NOMBRE_PARTS", "1")
        caisse.drop(ADHERENT, "essai.dsn", normale)
        caisse.drop(ADHERENT, "illisible.dsn", b"rien")
        scan(caisse, MIDI)
        caisse.drop(ADHERENT, "mars.dsn", as_real(normale))
        run_nuit(caisse.passage(SOIR))
        ordonnancement.run_editique(caisse.passage(DESSIN))
        next(caisse.box(ADHERENT, "retour").glob("APPEL_*.csv")).unlink()
        correct(caisse, mandat_automatique)
        decide_avoir(caisse)
        caisse.drop(ADHERENT, "corrige.dsn", as_real(remplace))
        caisse.drop(ADHERENT, "encore.dsn", as_real(remplace))
        scan(caisse, SUITE)
        caisse.pass_night(FIN)
        caisse.pass_night(FIN.replace(hour=21))
    return caisse


def correct(caisse: Caisse, registre: bytes) -> None:
    """Import another state of the registry, between the two nights."""
    acte = {"auteur": "test", "motif": "mandat", "instant": "2026-04-20T08:00:00Z"}
    with caisse.maison.moteur.begin() as connexion:
        import_registre(connexion, registre, archive=caisse.maison.archive, **acte, forme=YAML)


def facts(caisse: Caisse, publication: int = 2) -> list[Fait]:
    """What was done to a fund."""
    with caisse.maison.moteur.connect() as connexion:
        return read_faits(connexion, publication)


def test_every_publication_comes_again_to_the_byte(
    vecue: Caisse, tmp_path: Path, ask: Callable[..., Result]
) -> None:
    """Through the command: tables and files, documents that were drawn later included."""
    dit = ask(vecue, "rejouer", "--sortie", str(tmp_path / "rejeu"))
    assert dit.exit_code == 0, dit.output
    lignes = dit.output.splitlines()
    assert [ligne.split(" : ")[-1] for ligne in lignes[1:]] == ["identique, à l'octet près"] * 2
    assert all(" 0 fichiers" not in ligne for ligne in lignes[1:])


def test_nights_that_remember_nothing_publish_the_same(
    vecue: Caisse, tmp_path: Path, ask: Callable[..., Result], open_caisse: Callable[..., Caisse]
) -> None:
    """Through the command: every step done again each night, the same tables and files."""
    dit = ask(vecue, "rejouer", "--depuis-zero", "--sortie", str(tmp_path / "rejeu"))
    assert dit.exit_code == 0, dit.output
    assert dit.output.count("identique, à l'octet près") == 2
    reglages = vecue.maison.reglages.model_copy(update={"dossier": tmp_path / "rejeu"})
    with open_caisse(reglages).maison.moteur.connect() as connexion:
        faites = connexion.execute(select(ETAPES.c.version_code, ETAPES.c.etape)).all()
    audits = {version for version, etape in faites if etape == "audit"}
    assert len(audits) == 2
    assert all("-" in version for version in audits)


def test_what_is_drawn_while_a_night_publishes_is_for_the_next_one(
    make_caisse: Callable[..., Caisse],
    normale: bytes,
    remplace: bytes,
    as_real: Callable[[bytes], bytes],
    tmp_path: Path,
) -> None:
    """The documents of the night before, drawn and handed over after this one began."""
    caisse = make_caisse()
    caisse.drop(ADHERENT, "mars.dsn", as_real(normale))
    run_nuit(caisse.passage(SOIR))
    caisse.drop(ADHERENT, "corrige.dsn", as_real(remplace))
    receive_depots(caisse.maison, open_source(caisse.maison.reglages), FIN)
    ordonnancement.run_editique(caisse.passage(FIN.replace(minute=5)))
    run_nuit(caisse.passage(FIN), sauf={"recevoir"})
    emis = caisse.read("fichiers_emis")
    assert not emis["nom"].str.ends_with(".pdf").any()
    ordonnancement.run_editique(caisse.passage(FIN.replace(minute=10)))
    cible = replay(facts(caisse), caisse.maison, tmp_path / "rejeu")
    assert {e.objet for e in compare(caisse.maison, cible, 2).ecarts} == set()
    caisse.drop(ADHERENT, "illisible.dsn", b"rien")
    caisse.pass_night(FIN.replace(day=6))
    assert caisse.read("fichiers_emis")["nom"].str.ends_with(".pdf").any()


def test_facts_are_in_the_order_of_what_was_done(vecue: Caisse) -> None:
    """Acts come before the night that read them; facts go to a file and come back."""
    faits = facts(vecue)
    assert parse_faits(format_faits(faits)) == faits
    nuits = [f.nuit and f.nuit.publication for f in faits if isinstance(f, PassageFait)]
    assert [numero for numero in nuits if numero] == [1, 2]
    rangs = {type(fait).__name__: rang for rang, fait in enumerate(faits)}
    premiere = next(r for r, f in enumerate(faits) if isinstance(f, PassageFait) and f.nuit)
    assert premiere < rangs["ImportFait"] < rangs["DecisionFaite"] < rangs["PassageFait"]
    assert sum(len(f.pris) for f in faits if isinstance(f, PassageFait)) == 1
    assert facts(vecue, 1)[-2:] == [
        faits[premiere],
        PassageFait("2026-04-05T20:05:00Z", dessin=True),
    ]


def test_what_comes_out_otherwise_is_named(vecue: Caisse, tmp_path: Path) -> None:
    """A decision that was another: the table, the row and the amount, the files."""
    faits = [
        replace(f, montant_centimes=6_000) if isinstance(f, DecisionFaite) else f
        for f in facts(vecue)
    ]
    cible = replay(faits, vecue.maison, tmp_path / "rejeu")
    assert compare(vecue.maison, cible, 1).ecarts == ()
    ecarts = {e.objet: e.explication for e in compare(vecue.maison, cible, 2).ecarts}
    assert "credit_centimes 5000 -> 6000" in ecarts["ecritures"]
    assert "numero" in ecarts["decisions"]


def test_a_night_is_played_by_the_engine_that_ran_it(vecue: Caisse, tmp_path: Path) -> None:
    """Its sources come from the archive, whatever the present engine would say."""
    ancien = vecue.maison.archive.write(with_another_rate(compose_sources()))
    faits = [
        replace(f, nuit=replace(f.nuit, version="ancienne", sources=ancien))
        if isinstance(f, PassageFait) and f.nuit
        else f
        for f in facts(vecue, 1)
    ]
    autrefois = replay(faits, vecue.maison, tmp_path / "autrefois")
    assert "lignes_appel" in {e.objet for e in compare(vecue.maison, autrefois, 1).ecarts}
    with autrefois.moteur.connect() as connexion:
        siens = read_faits(connexion, 1)
    rejouee = replay(siens, autrefois, tmp_path / "rejouee")
    assert compare(autrefois, rejouee, 1).ecarts == ()


def with_another_rate(sources: bytes) -> bytes:
    """The same engine with another rate of leave."""
    puits = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sources)) as lues, zipfile.ZipFile(puits, "w") as ecrites:
        for entree in lues.infolist():
            octets = lues.read(entree)
            if entree.filename == BAREME:
                assert TAUX in octets
                octets = octets.replace(TAUX, b"valeur: 220000")
            ecrites.writestr(entree, octets)
    return puits.getvalue()


def test_an_engine_that_is_not_there_is_named(vecue: Caisse, tmp_path: Path) -> None:
    """Sources that were not kept, libraries that are others: it says so, and does not try."""
    for sources, dit in (
        (None, "les sources de son moteur n'ont pas été gardées"),
        (vecue.maison.archive.write(with_other_libraries()), "demande d'autres bibliothèques"),
    ):
        nuit = NuitFaite(1, SOIR.date(), "ancienne", sources)
        faits: list[Fait] = [PassageFait("2026-04-05T20:00:00Z", nuit=nuit)]
        with pytest.raises(RejeuImpossible, match=dit):
            replay(faits, vecue.maison, tmp_path / f"{sources}")


def with_other_libraries() -> bytes:
    """An engine whose lock is another."""
    puits = io.BytesIO()
    with zipfile.ZipFile(puits, "w") as ecrites:
        ecrites.writestr("requirements.lock", "polars==1.0")
    return puits.getvalue()


def test_what_is_missing_stops_the_replay_and_is_named(vecue: Caisse, tmp_path: Path) -> None:
    """A file that the archive no longer has, a folder that is not empty."""
    perdu = ImportFait(1, "2026-01-01T00:00:00Z", "0" * 64, "test", "test", "csv", None)
    with pytest.raises(RejeuImpossible, match="ne se lit plus"):
        replay([perdu], vecue.maison, tmp_path / "perdu")
    with pytest.raises(RejeuImpossible, match="n'est pas vide"):
        replay([], vecue.maison, tmp_path)
    with pytest.raises(FaitsManquants, match="publication 3"):
        facts(vecue, 3)


def test_stretches_follow_the_engines() -> None:
    """What comes before a night is done by its engine; what comes last, by the last one."""
    acte = ImportFait(1, "2026-01-01T00:00:00Z", "0" * 64, "a", "m", "csv", None)

    def night(numero: int, version: str) -> PassageFait:
        return PassageFait("i", nuit=NuitFaite(numero, SOIR.date(), version, None))

    faits: list[Fait] = [acte, night(1, "a"), acte, night(2, "a"), acte, night(3, "b"), acte]
    tranches = [(n and n.version, len(siens)) for n, siens in split_moteurs(faits)]
    assert tranches == [("a", 4), ("b", 3)]
    assert [nuit for nuit, _ in split_moteurs([acte])] == [None]


@pytest.mark.parametrize(
    ("arguments", "dit"),
    [
        (("9",), "n'existe pas"),
        (("--date", "2026-04-01"), "Rien n'était publié alors"),
        (("1", "--date", "2026-05-01"), "pas les deux"),
    ],
)
def test_a_request_that_means_nothing_is_refused(
    vecue: Caisse, tmp_path: Path, ask: Callable[..., Result], arguments: list[str], dit: str
) -> None:
    """With a sentence, and nothing is made."""
    refus = ask(vecue, "rejouer", *arguments, "--sortie", str(tmp_path / "rejeu"))
    assert refus.exit_code == 2
    assert dit in refus.output
    assert not (tmp_path / "rejeu").exists()


def test_the_publication_of_a_day_is_found(
    vecue: Caisse, tmp_path: Path, ask: Callable[..., Result]
) -> None:
    """As known on a day: what had been published by then."""
    dit = ask(vecue, "rejouer", "--date", "2026-05-01", "--sortie", str(tmp_path / "rejeu"))
    assert dit.exit_code == 0, dit.output
    assert dit.output.startswith("Publication 1 : rejouée")


def test_an_engine_of_before_the_vault_is_given_what_it_reads_in_clear(
    vecue: Caisse, tmp_path: Path
) -> None:
    """Imports and deposits of its facts, nothing else, under the names that it looks for."""
    faits = facts(vecue, 1)
    claire = Archive(tmp_path / "depots", FERME)
    write_clair(faits, vecue.maison.archive, claire)
    deposes = {d.sha256 for f in faits if isinstance(f, PassageFait) for d in f.depots}
    imports = {f.sha256 for f in faits if isinstance(f, ImportFait)}
    assert deposes
    assert set(claire.list_contents()) == deposes | imports
    for sha256 in claire.list_contents():
        assert hashlib.sha256(claire.path(sha256).read_bytes()).hexdigest() == sha256
