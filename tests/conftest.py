"""What the end-to-end tests share: a house at a given time, its deposits, what readers see."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
import structlog
from click.testing import Result
from hypothesis import HealthCheck, settings
from typer.testing import CliRunner

from pipelines.metier import list_natures
from pipelines.metiers import METIERS
from pipelines.nuit.execution import run_etape
from pipelines.nuit.ordre import find_etape
from pipelines.nuit.passage import Passage, plan_temps, run_nuit, run_temps
from pipelines.ordonnancement import run_editique
from pipelines.publication.etapes import Resultat
from pipelines.reception.etapes import Reception, create_boites, receive_depots
from pipelines.reception.source_locale import SourceLocale
from specs.contrats import contrats
from tests.arbres import is_arbre, list_differences
from tests.efforts import RESERVES
from tests.reseau import stay_here
from warehouse.coffre.trousseau import OCTETS_CLE
from warehouse.decisions import record_decision
from warehouse.journal import Depot, read_depots
from warehouse.maison import Maison, open_maison
from warehouse.publications import read_publication, read_table_publiee
from warehouse.registre import CSV, YAML, import_registre
from warehouse.reglages import Reglages

# One profile for every property: a machine under load breaks no promise.
settings.register_profile(
    "caisse", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("caisse")

NATURES = list_natures(METIERS)  # of decisions, by code
# Markers of tests that last, the longest first.
LONGS = ({"ordonnanceur", "ecrites", "tue", "recit"}, {"lent"}, {"nuit"})
BONS = Path(__file__).parents[1] / "sample_files" / "bons"
SOIR = datetime(2026, 4, 5, 20, 0, tzinfo=UTC)
MODE_ESSAI, MODE_REEL = b"S10.G00.00.005,'01'", b"S10.G00.00.005,'02'"


@pytest.fixture(scope="session", autouse=True)
def reseau(tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test speaks to another machine."""
    stay_here(tmp_path_factory.mktemp("reseau"))


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark the tests that pass nights, before `-m` chooses among marks."""
    if {"make_caisse", "open_caisse"} & set(getattr(item, "fixturenames", ())):
        item.add_marker("nuit")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out, by name, what a common run does not play.

    Modules of long tests come first, so that no process ends long after the others.
    """
    for item in items:
        for marque, raison in RESERVES.items():
            if item.get_closest_marker(marque):
                item.add_marker(pytest.mark.skip(reason=raison))
    rangs: dict[Path, int] = {}
    for item in items:
        rangs[item.path] = min(rangs.get(item.path, len(LONGS)), _rank_duration(item))
    items.sort(key=lambda item: rangs[item.path])


def _rank_duration(item: pytest.Item) -> int:
    """How long a test may last by its markers: 0 for minutes."""
    marques = {marque.name for marque in item.iter_markers()}
    return next((n for n, longues in enumerate(LONGS) if longues & marques), len(LONGS))


def pytest_runtest_teardown() -> None:
    """What a test made of the log is its own: the next one finds it as nobody configured it."""
    structlog.reset_defaults()


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Two trees of files that should be equal: what differs, not the files."""
    if op != "==" or not (is_arbre(left) and is_arbre(right)):
        return None
    return ["two trees of files differ", *list_differences(left, right)]


@dataclass(frozen=True, slots=True)
class Caisse:
    """A fund in a temporary folder: companies drop, nights pass, readers read."""

    maison: Maison

    def learn(self, registre: bytes, forme: str = CSV) -> None:
        """Import a registry and make the boxes of its companies."""
        with self.maison.moteur.begin() as connexion:
            resultat = import_registre(
                connexion,
                registre,
                archive=self.maison.archive,
                auteur="test",
                motif="test",
                instant="2026-01-01T00:00:00Z",
                forme=forme,
            )
        assert resultat.erreurs == ()
        create_boites(self.maison)

    def box(self, adherent: str, nom: str) -> Path:
        """The `depot/` or `retour/` of a company."""
        return self.maison.reglages.dossier / "sftp" / adherent / nom

    def drop(self, adherent: str, nom: str, octets: bytes) -> None:
        """Drop a file and its digest, as a careful client does."""
        depot = self.box(adherent, "depot")
        (depot / nom).write_bytes(octets)
        (depot / f"{nom}.sha256").write_text(hashlib.sha256(octets).hexdigest())

    def receive(self, maintenant: datetime = SOIR) -> Reception:
        """Claim the complete files."""
        return receive_depots(self.maison, self._source(), maintenant)

    def pass_night(self, maintenant: datetime = SOIR, date_arrete: date | None = None) -> Resultat:
        """One whole night in the order of the DAG and its documents, without the scheduler."""
        passage = self.passage(maintenant, date_arrete)
        (resultat,) = run_nuit(passage)["publier"]
        run_editique(passage)
        assert isinstance(resultat, Resultat)
        return resultat

    def passage(self, maintenant: datetime = SOIR, date_arrete: date | None = None) -> Passage:
        """What a night runs with."""
        return Passage(self.maison, date_arrete or maintenant.date(), maintenant, METIERS)

    def run(self, temps: str, jour: date) -> object:
        """One task of the night, on every lot or shard that it asks for; what the last run says."""
        passage, resultat = self.passage(date_arrete=jour), None
        tache = passage.find_temps(temps)
        for argument in plan_temps(passage, tache) if tache.plans else [None]:
            resultat = run_temps(passage, tache, argument)
        return resultat

    def step(self, nom: str, jour: date, part: int | None = None) -> None:
        """One step, on a shard or on the fund."""
        run_etape(self.maison, find_etape(METIERS, nom), jour, part)

    def read(self, table: str, numero: int | None = None) -> pl.DataFrame:
        """A published table, in the order of its key."""
        return read_table_publiee(self.maison, table, numero).collect().sort(contrats()[table].cle)

    def versions(self) -> dict[str, int]:
        """Version of each table that the last publication pins; none before the first one."""
        with self.maison.moteur.connect() as connexion:
            publication = read_publication(connexion)
        return publication.versions if publication else {}

    def journal(self) -> dict[str, Depot]:
        """Deposits by name (the last one of each name)."""
        with self.maison.moteur.connect() as connexion:
            return {depot.nom: depot for depot in read_depots(connexion)}

    def published(self, *, sauf: tuple[str, ...] = ()) -> dict[str, bytes]:
        """Canonical bytes of what readers and companies see: tables, then files of `retour/`.

        `sauf`: columns left out.
        """
        with self.maison.moteur.connect() as connexion:
            publication = read_publication(connexion)
        if publication is None:
            return self.returned()
        entete = (publication.numero, publication.date_arrete, publication.publie_le)
        tables = {
            nom: self.read(nom).drop(sauf, strict=False).write_csv().encode()
            for nom in publication.versions
        }
        return {"publication": repr(entete).encode()} | tables | self.returned()

    def returned(self) -> dict[str, bytes]:
        """Every file of every `retour/`, by path."""
        racine = self.maison.reglages.dossier / "sftp"
        fichiers = sorted(racine.glob("*/retour/*"))
        return {str(fichier.relative_to(racine)): fichier.read_bytes() for fichier in fichiers}

    def _source(self) -> SourceLocale:
        return SourceLocale(self.maison.reglages.dossier / "sftp")


def decide_avoir(caisse: Caisse) -> None:
    """A credit of 50 EUR to the company of the sample files, decided in April."""
    with caisse.maison.moteur.begin() as connexion:
        record_decision(
            connexion,
            nature=NATURES["AVOIR"],
            siren="800000010",
            cdg="C8000101",
            montant_centimes=5_000,
            date_effet=date(2026, 4, 21),
            auteur="test",
            motif="geste",
            instant="2026-04-21T08:00:00Z",
        )


@pytest.fixture(scope="session")
def open_caisse() -> Iterator[Callable[[Reglages], Caisse]]:
    """Opener of the fund whose home these settings name."""
    ouvertes = []

    def ouvre(reglages: Reglages) -> Caisse:
        cle = reglages.dossier / "cles" / "pseudonymes.cle"
        cle.parent.mkdir(parents=True, exist_ok=True)
        cle.write_bytes(b"0" * OCTETS_CLE)  # the same pseudonyms in every home
        ouvertes.append(open_maison(reglages))
        return Caisse(ouvertes[-1])

    yield ouvre
    for maison in ouvertes:
        maison.moteur.dispose()


@pytest.fixture(scope="session")
def neuve(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty home, to copy: making one runs every migration."""
    dossier = tmp_path_factory.mktemp("neuve") / "maison"
    open_maison(Reglages(dossier=dossier)).moteur.dispose()
    return dossier


@pytest.fixture(scope="session")
def copy_caisse(
    tmp_path_factory: pytest.TempPathFactory, open_caisse: Callable[[Reglages], Caisse]
) -> Callable[[Caisse], Caisse]:
    """Maker of a copy of a fund as it stands: a hundredth of what its nights cost."""

    def copy(caisse: Caisse) -> Caisse:
        dossier = tmp_path_factory.mktemp("caisse") / "maison"
        shutil.copytree(caisse.maison.reglages.dossier, dossier)
        return open_caisse(caisse.maison.reglages.model_copy(update={"dossier": dossier}))

    return copy


@pytest.fixture(scope="session")
def make_caisse(
    tmp_path_factory: pytest.TempPathFactory,
    neuve: Path,
    open_caisse: Callable[[Reglages], Caisse],
) -> Callable[..., Caisse]:
    """Maker of a fund that knows the companies of the sample files, or those of `registre`."""

    def make(registre: bytes | None = None, nombre_parts: int = 1) -> Caisse:
        dossier = tmp_path_factory.mktemp("caisse") / "maison"
        shutil.copytree(neuve, dossier)
        caisse = open_caisse(Reglages(dossier=dossier, nombre_parts=nombre_parts))
        caisse.learn(registre or (BONS / "registre.csv").read_bytes())
        return caisse

    return make


@pytest.fixture(scope="session")
def make_appelee(
    make_caisse: Callable[..., Caisse],
    copy_caisse: Callable[[Caisse], Caisse],
    normale: bytes,
    as_real: Callable[[bytes], bytes],
) -> Callable[..., Caisse]:
    """Maker of a fund that called March, the night of `soir`, of one company that declared it.

    `registre`: what its registry learned first, in YAML. Each is played once, then copied.
    """
    jouees: dict[tuple[int, bytes], Caisse] = {}

    def make(nombre_parts: int = 1, registre: bytes = b"") -> Caisse:
        histoire = (nombre_parts, registre)
        if histoire not in jouees:
            jouees[histoire] = make_caisse(nombre_parts=nombre_parts)
            if registre:
                jouees[histoire].learn(registre, YAML)
            jouees[histoire].drop("A80001", "mars.dsn", as_real(normale))
            jouees[histoire].pass_night()
        return copy_caisse(jouees[histoire])

    return make


@pytest.fixture(scope="session")
def mandat_automatique() -> bytes:
    """The registry of the sample files (YAML), all mandates debited without being asked."""
    octets = (BONS / "registre.yaml").read_bytes()
    assert octets.count(b"prelevement_automatique: non") == 1
    return octets.replace(b"prelevement_automatique: non", b"prelevement_automatique: oui")


@pytest.fixture
def caisse(make_caisse: Callable[..., Caisse]) -> Caisse:
    """A fund that knows the companies of the sample files."""
    return make_caisse()


@pytest.fixture
def appelee(make_appelee: Callable[..., Caisse]) -> Caisse:
    """A fund that called March of one company, to go on from there."""
    return make_appelee()


@pytest.fixture(scope="session")
def deux_nuits(
    make_appelee: Callable[..., Caisse], remplace: bytes, as_real: Callable[[bytes], bytes]
) -> Caisse:
    """A fund that called March, then the difference of its annule-et-remplace a month later.

    To be read only.
    """
    caisse = make_appelee()
    caisse.drop("A80001", "mars_corrige.dsn", as_real(remplace))
    caisse.pass_night(datetime(2026, 5, 5, 20, 0, tzinfo=UTC))
    return caisse


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The command `caisse` with these arguments, in this process and the home of a fund."""
    from cli.application import application

    def run(caisse: Caisse, *arguments: str) -> Result:
        monkeypatch.setenv("CAISSE_DOSSIER", str(caisse.maison.reglages.dossier))
        monkeypatch.setenv("CAISSE_NOMBRE_PARTS", str(caisse.maison.reglages.nombre_parts))
        return CliRunner().invoke(application, arguments)

    return run


@pytest.fixture(scope="session")
def copy_airflow(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], None]:
    """Copier of Airflow's own database, migrated once, into the home that Airflow will have."""
    from cli.airflow.environnement import compute_variables, migrate_base

    dossier = tmp_path_factory.mktemp("airflow")
    (dossier / "airflow").mkdir()
    with pytest.MonkeyPatch.context() as environnement:
        for nom, valeur in compute_variables(dossier).items():
            environnement.setenv(nom, valeur)
        migrate_base()

    def copy(accueil: Path) -> None:
        shutil.copytree(dossier / "airflow", accueil, dirs_exist_ok=True)

    return copy


@pytest.fixture(scope="session")
def soir() -> datetime:
    """The instant of the first night: 22:00 in Paris."""
    return SOIR


@pytest.fixture(scope="session")
def normale() -> bytes:
    """The synthetic DSN of March 2026, as a test."""
    return (BONS / "cnetp_2026-03_normale.dsn").read_bytes()


@pytest.fixture(scope="session")
def remplace() -> bytes:
    """Its annule-et-remplace, as a test."""
    return (BONS / "cnetp_2026-03_annule_remplace.dsn").read_bytes()


@pytest.fixture(scope="session")
def as_real() -> Callable[[bytes], bytes]:
    """The same file declared as real: S10.G00.00.005 is 02."""

    def convert(octets: bytes) -> bytes:
        assert octets.count(MODE_ESSAI) == 1
        return octets.replace(MODE_ESSAI, MODE_REEL)

    return convert


def pytest_sessionstart() -> None:
    """A crash point armed in the environment of the developer would kill the tests."""
    os.environ.pop("CAISSE_POINT_ARRET", None)
