"""Shards as contracts say: by company or by employee, whole or period by period."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from deltalake import DeltaTable

import specs.contrats
from pipelines.declarations.etapes import plan_parts
from pipelines.metier import Etape, Portee
from pipelines.nuit.execution import Production, Travail, run_etape
from pipelines.nuit.partage import read_publiees, share_again
from pipelines.nuit.parts import open_part, part_of, sharded_tables, write_part
from pipelines.nuit.reserves.tenues import hold_entreprises, restore_tenues
from specs.contrats import PAR_SALARIE, ContratInvalide, columns_of, schema_polars
from warehouse.apercu import LacApercu
from warehouse.coffre.trousseau import FERME
from warehouse.pseudonymes import compute_pseudonyme
from warehouse.publications import publish

if TYPE_CHECKING:
    from pipelines.nuit.parts import Part
    from tests.conftest import Caisse
    from warehouse.maison import Maison

JOUR = date(2026, 4, 5)
TABLE = "droits_essai"
UN, AUTRE = "800000010", "999090012"
DROITS: dict[str, Any] = {
    "titre": "droits",
    "publie": True,
    "partage": "salarie",
    "partition": ["part", "exercice"],
    "cle": ["salarie", "exercice", "siren"],
    "colonnes": {
        "part": {"type": "entier", "titre": "part de calcul"},
        "salarie": {"type": "texte", "titre": "salarié", "classe": "pseudonyme"},
        "exercice": {"type": "texte", "titre": "exercice"},
        "siren": {"type": "texte", "titre": "SIREN"},
        "jours_centiemes": {"type": "centiemes", "titre": "jours acquis"},
    },
}
SALARIES = sorted(compute_pseudonyme(b"0" * 32, f"{rang}") for rang in range(6))


@pytest.fixture
def caisse(make_caisse: Callable[..., Caisse]) -> Caisse:
    """A fund of four shards."""
    return make_caisse(nombre_parts=4)


@pytest.fixture(autouse=True)
def contrat(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A table of rights, shared by employee, rewritten by year of rights."""
    declare(monkeypatch, DROITS)
    yield
    monkeypatch.undo()
    forget()


def declare(monkeypatch: pytest.MonkeyPatch, contrat: dict[str, Any]) -> None:
    """The contract of `TABLE` is this one, beside those of the fund."""
    construits = [c for c in specs.contrats.build_contrats() if c[0] != TABLE]
    monkeypatch.setattr(specs.contrats, "build_contrats", lambda: [*construits, (TABLE, contrat)])
    forget()


def forget() -> None:
    """What was read of contracts is read again."""
    specs.contrats.contrats.cache_clear()


def droits(nombre_parts: int, exercice: str = "2025", jours: int = 250) -> pl.DataFrame:
    """A row an employee, every other one of each company, in their shards."""
    lignes = [
        {
            "salarie": salarie,
            "exercice": exercice,
            "siren": (UN, AUTRE)[rang % 2],
            "jours_centiemes": jours,
        }
        for rang, salarie in enumerate(SALARIES)
    ]
    schema = schema_polars(specs.contrats.read_contrat(TABLE))
    frame = pl.DataFrame(lignes, {n: t for n, t in schema.items() if n != "part"})
    return frame.with_columns(part=part_of(nombre_parts, PAR_SALARIE)).select(schema.names())


def write_all(maison: Maison, frame: pl.DataFrame) -> None:
    """Each shard of these rows."""
    for (numero,), lignes in frame.partition_by("part", as_dict=True).items():
        write_part(maison, TABLE, lignes, int(str(numero)))


def publish_all(maison: Maison) -> None:
    """What the lake holds of the table is published."""
    version = maison.lac.version(TABLE)
    assert version is not None
    with maison.moteur.begin() as connexion:
        publish(
            connexion,
            date_arrete=JOUR,
            versions={TABLE: version},
            empreinte="",
            publie_le="2026-04-05T20:00:00Z",
            remises=[],
        )


def read(caisse: Caisse) -> pl.DataFrame:
    """The rows of the lake, by key."""
    return caisse.maison.lac.read(TABLE).collect().sort("salarie", "exercice")


def test_a_table_of_employees_is_shared_again_by_employee(caisse: Caisse) -> None:
    """When the number of shards changes, each row goes where its employee is, none is lost."""
    ailleurs = droits(4).with_columns(part=(pl.col("part") + 1) % 4)
    caisse.maison.lac.write(TABLE, ailleurs, None)
    plan_parts(caisse.maison, JOUR)
    assert read(caisse).equals(droits(4).sort("salarie"))


@pytest.mark.parametrize("apres", [4, 3])
def test_what_was_published_of_a_shard_is_read_whole(caisse: Caisse, apres: int) -> None:
    """The employees of a shard of tonight, though the shards were others when it was published."""
    maison = caisse.maison
    share_again(maison)
    write_all(maison, droits(4))
    publish_all(maison)
    ensuite = replace(maison, reglages=maison.reglages.model_copy(update={"nombre_parts": apres}))
    share_again(ensuite)
    for numero in range(apres):
        part = open_part(ensuite, numero, JOUR, PAR_SALARIE)
        lus = read_publiees(ensuite, TABLE, part).collect()
        siens = droits(apres).filter(part=numero)["salarie"]
        assert sorted(lus["salarie"]) == sorted(siens)


def test_a_shard_published_alone_is_read_alone(caisse: Caisse) -> None:
    """What stands in the files of other shards is not looked for there."""
    share_again(caisse.maison)
    egares = droits(4).with_columns(part=(pl.col("part") + 1) % 4)
    write_all(caisse.maison, egares)
    publish_all(caisse.maison)
    part = open_part(caisse.maison, int(droits(4)["part"][0]), JOUR, PAR_SALARIE)
    assert read_publiees(caisse.maison, TABLE, part).collect().is_empty()


def test_rows_from_before_a_column_are_shared_again(
    caisse: Caisse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A column that the contract got since has no value in them: they move all the same."""
    ailleurs = droits(4).with_columns(part=(pl.col("part") + 1) % 4)
    caisse.maison.lac.write(TABLE, ailleurs, None)
    nature = {"nature": {"type": "texte", "titre": "nature"}}
    declare(monkeypatch, DROITS | {"colonnes": DROITS["colonnes"] | nature})
    plan_parts(caisse.maison, JOUR)
    assert read(caisse)["nature"].null_count() == len(SALARIES)
    assert read(caisse).equals(droits(4).sort("salarie"))


def test_a_table_whose_contract_got_a_period_is_cut_again(
    caisse: Caisse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A year is then rewritten alone; what was published before is read as it was."""
    toutes = pl.concat([droits(4), droits(4, "2026", 10)])
    declare(monkeypatch, DROITS | {"partition": ["part"]})
    share_again(caisse.maison)
    write_all(caisse.maison, toutes)
    publish_all(caisse.maison)
    declare(monkeypatch, DROITS)
    assert not caisse.maison.lac.is_partitioned(TABLE)
    share_again(caisse.maison)
    assert read(caisse).equals(toutes.sort("salarie", "exercice"))
    fichiers = list_files(caisse.maison)
    write_all(caisse.maison, droits(4, "2026", 20))
    assert all("exercice=2025" in fichier for fichier in fichiers & list_files(caisse.maison))
    assert fichiers & list_files(caisse.maison)
    numero = int(droits(4)["part"][0])
    lus = read_publiees(caisse.maison, TABLE, open_part(caisse.maison, numero, JOUR, PAR_SALARIE))
    assert sorted(lus.collect()["jours_centiemes"].unique()) == [10, 250]


def test_a_period_is_rewritten_without_the_others(caisse: Caisse) -> None:
    """Rows of one year leave those of the other as they were; a year can be emptied."""
    write_all(caisse.maison, pl.concat([droits(4), droits(4, "2026", 10)]))
    write_all(caisse.maison, droits(4, "2026", 20))
    sommes = read(caisse).group_by("exercice").agg(pl.col("jours_centiemes").sum())
    assert dict(sommes.iter_rows()) == {"2025": 6 * 250, "2026": 6 * 20}
    numero = droits(4)["part"][0]
    write_part(caisse.maison, TABLE, droits(4).clear(), numero, ["2026"])
    restent = read(caisse).filter(part=numero)
    assert restent["exercice"].unique().to_list() == ["2025"]


def test_all_the_periods_of_a_shard_are_one_version(caisse: Caisse) -> None:
    """A rebuild writes a shard at once; the other shards, and a period alone, are left as usual."""
    toutes = pl.concat([droits(4), droits(4, "2026", 10)])
    write_all(caisse.maison, toutes)
    numero, version = int(droits(4)["part"][0]), caisse.maison.lac.version(TABLE)
    assert version is not None
    siennes = toutes.filter(part=numero).with_columns(pl.col("jours_centiemes") + 1)
    write_part(caisse.maison, TABLE, siennes, numero)
    assert caisse.maison.lac.version(TABLE) == version + 1
    autres = toutes.filter(pl.col("part") != numero)
    attendu = pl.concat([siennes, autres]).sort("salarie", "exercice")
    assert read(caisse).equals(attendu)


def test_periods_that_have_not_changed_are_left(caisse: Caisse) -> None:
    """Of three years that a step makes again, the two that changed are one version, in no other."""
    annees = {annee: droits(4, annee, 10) for annee in ("2024", "2025", "2026")}
    write_all(caisse.maison, pl.concat(annees.values()))
    fichiers = list_files(caisse.maison)
    numero, version = int(droits(4)["part"][0]), caisse.maison.lac.version(TABLE)
    assert version is not None
    annees |= {annee: droits(4, annee, 20) for annee in ("2024", "2026")}
    siennes = pl.concat(annees.values()).filter(part=numero)
    write_part(caisse.maison, TABLE, siennes, numero)
    assert caisse.maison.lac.version(TABLE) == version + 1
    assert read(caisse).filter(part=numero).equals(siennes.sort("salarie", "exercice"))
    assert len(fichiers - list_files(caisse.maison)) == 2
    write_part(caisse.maison, TABLE, siennes, numero, ["2026"])
    assert caisse.maison.lac.version(TABLE) == version + 1


def test_a_table_is_made_though_it_has_no_row(caisse: Caisse) -> None:
    """As those without period are: what is published tells every table of the night."""
    write_part(caisse.maison, TABLE, droits(4).clear(), 0)
    assert caisse.maison.lac.version(TABLE) == 0
    vue = LacApercu(caisse.maison.lac.dossier / "ailleurs", FERME)
    write_part(replace(caisse.maison, lac=vue), TABLE, droits(4).clear(), 0)
    assert vue.version(TABLE) is None


def list_files(maison: Maison) -> set[str]:
    """Files of the table as it stands."""
    return set(DeltaTable(str(maison.lac.dossier / TABLE)).file_uris())


def prepare(maison: Maison, part: Part, _date_arrete: date) -> Travail:
    """One more day to each employee of the shard."""
    lus = maison.lac.read(TABLE).filter(part.siennes()).collect()
    plus = lus.with_columns(pl.col("jours_centiemes") + 100)
    return Travail("essai", lambda: Production({TABLE: plus}, {TABLE: len(plus)}))


def test_a_step_runs_on_shards_of_employees(
    caisse: Caisse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It reads and writes the rows of its own employees, whatever their company."""
    etape = Etape("essai", Portee.PART, prepare="ici", partage="salarie", ecrit=(TABLE,))
    monkeypatch.setattr("pipelines.nuit.execution.find", {"ici": prepare}.__getitem__)
    write_all(caisse.maison, droits(4))
    numero = int(droits(4)["part"][0])
    run_etape(caisse.maison, etape, JOUR, numero)
    jours = dict(read(caisse).group_by("part").agg(pl.col("jours_centiemes").max()).iter_rows())
    assert jours.pop(numero) == 350
    assert set(jours.values()) == {250}


@pytest.mark.parametrize("dites", [{}, {TABLE: ()}])
def test_a_step_that_tells_no_period_rewrites_its_shard(
    caisse: Caisse, monkeypatch: pytest.MonkeyPatch, dites: dict[str, tuple[str, ...]]
) -> None:
    """A year of which nothing is left goes, unless the step says which years it makes again."""

    def prepare_less(maison: Maison, part: Part, _date_arrete: date) -> Travail:
        lues = maison.lac.read(TABLE).filter(part.siennes(), pl.col("exercice") == "2026").collect()
        return Travail("essai", lambda: Production({TABLE: lues}, {}, dites))

    etape = Etape("essai", Portee.PART, prepare="ici", partage="salarie", ecrit=(TABLE,))
    monkeypatch.setattr("pipelines.nuit.execution.find", {"ici": prepare_less}.__getitem__)
    write_all(caisse.maison, pl.concat([droits(4), droits(4, "2026", 10)]))
    numero = int(droits(4)["part"][0])
    run_etape(caisse.maison, etape, JOUR, numero)
    restent = read(caisse).filter(part=numero)["exercice"].unique().sort().to_list()
    assert restent == (["2025", "2026"] if dites else ["2026"])
    assert "2025" in read(caisse).filter(pl.col("part") != numero)["exercice"].to_list()


def hold_one(maison: Maison) -> dict[str, list[int]]:
    """Days of each company once one is held, of a table published with other rows."""
    write_all(maison, droits(4))
    publish_all(maison)
    write_all(maison, droits(4, jours=1))
    hold_entreprises(maison, JOUR, "essai", {UN: ValueError("essai")})
    assert restore_tenues(maison, JOUR) == {UN}
    lus = maison.lac.read(TABLE).collect()
    return dict(lus.group_by("siren").agg(pl.col("jours_centiemes").unique()).iter_rows())


def test_a_company_held_gets_back_its_rows_of_every_shard(caisse: Caisse) -> None:
    """Its employees are of any shard: each has its published rows, the others the new ones."""
    assert hold_one(caisse.maison) == {UN: [250], AUTRE: [1]}


def test_every_published_row_of_a_shard_can_be_put_back() -> None:
    """It says whose it is, or details a row that does: one without its right would be nobody's."""
    for contrat in sharded_tables():
        dites = [contrat.nom] if contrat.detaille is None else [contrat.detaille]
        assert not contrat.publie or "siren" in columns_of(dites[0]), contrat.nom


def test_what_is_never_published_of_a_company_held_stays(
    caisse: Caisse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table that steps alone read has nothing to be put back."""
    declare(monkeypatch, DROITS | {"publie": False})
    assert hold_one(caisse.maison) == {UN: [1], AUTRE: [1]}


@pytest.mark.parametrize(
    "change",
    [{"partage": "cdg"}, {"partage": "siren", "partition": ["part"], "cle": ["salarie"]}],
)
def test_a_contract_that_cannot_be_shared_is_refused(
    monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    """A sharing that is unknown, or whose column is not there, is said at once."""
    colonnes = {n: c for n, c in DROITS["colonnes"].items() if n != "siren"}
    faux = DROITS | {"colonnes": colonnes, "cle": ["salarie"]} | change
    declare(monkeypatch, faux)
    with pytest.raises(ContratInvalide):
        specs.contrats.contrats()
