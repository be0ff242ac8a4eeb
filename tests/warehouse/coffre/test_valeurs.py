"""Identities of the lake and accounts of the registry: clear to who reads, sealed on the disk."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from deltalake import write_deltalake
from polars.testing import assert_frame_equal
from sqlalchemy import select, text

from pipelines.rejeu.comparaison import compare
from specs.contrats import contrats, read_contrat, schema_polars
from warehouse.coffre.lignes import COLONNE, list_scellees
from warehouse.coffre.rotation import LAC, REGISTRE, count_sealed, name_courante, seal_again
from warehouse.coffre.trousseau import (
    FERME,
    Cle,
    CoffreFerme,
    SceauRompu,
    Trousseau,
    add_cle,
    list_fichiers,
)
from warehouse.coffre.valeurs import ENTETE, Sceau, Sceaux
from warehouse.jumelle import open_jumelle
from warehouse.lac import Lac
from warehouse.maison import open_maison
from warehouse.points_arret import VARIABLE
from warehouse.preuves.copie import open_copie
from warehouse.preuves.verification import verify_preuves
from warehouse.tables_registre import IBANS

if TYPE_CHECKING:
    from tests.conftest import Caisse
    from warehouse.maison import Maison

ADHERENT, INSTANT = "A80001", "2026-05-06T08:00:00Z"
TABLE = read_contrat("identites_lues")
PREMIERE, SECONDE = Cle(b"1" * 32), Cle(b"2" * 32)
TROUSSEAU = Trousseau((PREMIERE,))
LIEU = b"une table, une ligne"
SCELLER = """
import sys
from pathlib import Path
from warehouse.coffre.rotation import seal_again
from warehouse.maison import open_maison
from warehouse.reglages import Reglages
seal_again(open_maison(Reglages(dossier=Path(sys.argv[1]))), '2026-05-06T08:00:00Z')
"""


def rows(lot: str, nombre: int = 5, nom: str = "DUPONTEL") -> pl.DataFrame:
    """Identities of a lot."""
    lignes = [
        {"lot": lot, "depot": f"D{lot}", "ligne": rang, "siren": "800000010", "nom": nom}
        | {"rang_declaration": 1, "rang_individu": 1, "nir": f"18506691231{rang:02}"}
        for rang in range(nombre)
    ]
    schema = schema_polars(TABLE)
    return pl.DataFrame([dict.fromkeys(schema) | ligne for ligne in lignes], schema)


def read(lac: Lac) -> pl.DataFrame:
    """The identities of a lake, in order."""
    return lac.read(TABLE.nom).sort(TABLE.partition + TABLE.cle).collect()


def files_of(lac: Lac) -> bytes:
    """All that is written of the table, decoded when it is packed."""
    fichiers = [f for f in sorted((lac.dossier / TABLE.nom).rglob("*")) if f.is_file()]
    lignes = [
        pl.read_parquet(f, hive_partitioning=False)
        for f in fichiers
        if f.suffix == ".parquet" and "_delta_log" not in f.parts
    ]
    textes = [f.select(pl.col(pl.String)).write_ndjson().encode() for f in lignes]
    return b"".join([*(f.read_bytes() for f in fichiers), *textes])


def test_a_value_is_opened_where_it_was_sealed() -> None:
    """The same, or not, each time; no other place, key or byte opens it."""
    sceau, sceaux = Sceau(PREMIERE), Sceaux(TROUSSEAU)
    scelles = [sceau.seal(b"DURAND", LIEU) for _ in range(2)]
    memes = [sceau.seal_same(b"DURAND", LIEU) for _ in range(2)]
    assert len({*scelles, *memes}) == 3
    assert {sceaux.open(scelle, LIEU) for scelle in (*scelles, *memes)} == {b"DURAND"}
    assert sceau.seal_same(b"DURAND", LIEU + b"s")[:ENTETE] != memes[0][:ENTETE]
    alteres = [memes[0][:-1] + bytes([memes[0][-1] ^ 1]), memes[0][:ENTETE], memes[0][:9]]
    for scelle, lieu in [(memes[0], b"ailleurs"), *((altere, LIEU) for altere in alteres)]:
        with pytest.raises(SceauRompu):
            sceaux.open(scelle, lieu)
    with pytest.raises(CoffreFerme):
        sceaux.open(Sceau(SECONDE).seal(b"DURAND", LIEU), LIEU)


def test_identities_are_sealed_in_the_files_alone(tmp_path: Path) -> None:
    """Read as they were given; the same rows are no new version, nor other bytes."""
    lacs = [Lac(tmp_path / nom, TROUSSEAU) for nom in "ab"]
    ecrits = []
    for lac in lacs:
        lac.write(TABLE.nom, rows("L"), {"lot": "L"})
        assert lac.write(TABLE.nom, rows("L"), {"lot": "L"}) == lac.version(TABLE.nom)
        assert_frame_equal(read(lac), rows("L"))
        ecrits.append([f.read_bytes() for f in lac.dossier.rglob("*.parquet")])
        assert b"DUPONTEL" not in files_of(lac)
        assert b"18506691231" not in files_of(lac)
    assert ecrits[0] == ecrits[1]


def test_only_who_asks_for_an_identity_needs_the_key(tmp_path: Path) -> None:
    """The columns that rows are joined by are read without it."""
    Lac(tmp_path, TROUSSEAU).write(TABLE.nom, rows("L"), {"lot": "L"})
    ferme = Lac(tmp_path, FERME).read(TABLE.nom)
    assert ferme.select("depot", "ligne").collect().height == 5
    with pytest.raises(CoffreFerme):
        ferme.select("nir").collect()


def test_an_identity_moved_to_another_row_is_seen(tmp_path: Path) -> None:
    """Two rows of a file exchange theirs: neither is opened."""
    lac = Lac(tmp_path, TROUSSEAU)
    lac.write(TABLE.nom, rows("L"), {"lot": "L"})
    chemin = str(tmp_path / TABLE.nom)
    lignes = pl.read_delta(chemin).with_columns(pl.col(COLONNE).reverse())
    write_deltalake(chemin, lignes, mode="overwrite", partition_by=["lot"])
    with pytest.raises(SceauRompu):
        Lac(tmp_path, TROUSSEAU).read(TABLE.nom).select("nir").collect()


def test_rows_from_before_are_read_beside_those_that_are_sealed(tmp_path: Path) -> None:
    """A lake in clear goes on; sealed again, nothing of it is left in clear, its log included."""
    Lac(tmp_path, FERME).write(TABLE.nom, rows("A"), {"lot": "A"})
    Lac(tmp_path, FERME).write(TABLE.nom, rows("B"), {"lot": "B"})
    lac = Lac(tmp_path, TROUSSEAU)
    for _ in range(2):
        lac.write(TABLE.nom, rows("C"), {"lot": "C"})
        lac.write(TABLE.nom, rows("B", 4), {"lot": "B"})
    attendues = pl.concat([rows("A"), rows("B", 4), rows("C")])
    assert_frame_equal(read(lac), attendues)
    assert lac.count_sealed(TABLE.nom) == {None: 5, PREMIERE.nom: 9}
    assert lac.seal_again(TABLE.nom) == 5
    tourne = Lac(tmp_path, Trousseau((PREMIERE, SECONDE)))
    assert tourne.seal_again(TABLE.nom) == 14
    assert tourne.count_sealed(TABLE.nom) == {SECONDE.nom: 14}
    assert_frame_equal(read(Lac(tmp_path, Trousseau((SECONDE,)))), attendues)


def test_every_table_with_an_identity_has_a_key_that_says_where_a_row_stands() -> None:
    """Two rows of one table never stand in the same place: the key of the contract is enough."""
    scellees = [contrat for contrat in map(read_contrat, contrats()) if list_scellees(contrat)]
    assert {c.nom for c in scellees} == {"identites_lues", "identites_echange"}
    for contrat in scellees:
        assert contrat.partition
        assert not {*contrat.cle, *contrat.partition}.intersection(list_scellees(contrat))
        assert not contrat.publie


@pytest.fixture
def vecue(
    make_appelee: Callable[..., Caisse],
    mandat_automatique: bytes,
    remplace: bytes,
    as_real: Callable[[bytes], bytes],
) -> Iterator[Caisse]:
    """A fund with accounts, identities and two publications."""
    caisse = make_appelee(registre=mandat_automatique)
    caisse.drop(ADHERENT, "corrige.dsn", as_real(remplace))
    caisse.pass_night()
    yield caisse
    caisse.maison.moteur.dispose()


def registry(maison: Maison) -> list[str]:
    """The account numbers, as they are read."""
    with maison.moteur.connect() as c:
        return list(c.scalars(select(IBANS.c.iban).order_by(IBANS.c.compte)))


def raw(maison: Maison) -> str:
    """The base as it is on the disk, its log folded in it."""
    with maison.moteur.connect() as c:
        c.execute(text("pragma wal_checkpoint(truncate)"))
    return (maison.reglages.dossier / "registre.sqlite").read_bytes().decode("latin-1")


def proofs(maison: Maison) -> list[object]:
    """What `caisse audit` says of a home."""
    with open_copie(maison.reglages) as copie:
        return list(verify_preuves(copie))


def test_a_key_is_turned_with_the_past_proved_and_nights_that_follow(
    vecue: Caisse, normale: bytes, as_real: Callable[[bytes], bytes]
) -> None:
    """Killed in the middle, then done: same rows, same seals, nothing left under the former key."""
    maison, dossier = vecue.maison, vecue.maison.reglages.dossier
    premiere, ibans = name_courante(maison.archive), registry(maison)
    identites = maison.lac.read(TABLE.nom).sort(TABLE.cle).collect()
    assert ibans
    assert identites["nir"].drop_nulls().len()
    assert not [iban for iban in ibans if iban in raw(maison)]
    assert proofs(maison) == []
    add_cle(dossier, 2)
    tue = subprocess.run(
        [sys.executable, "-c", SCELLER, str(dossier)],
        env={**os.environ, VARIABLE: "coffre.partition_scellee"},
        check=False,
    )
    assert tue.returncode == -9
    tournee = open_maison(maison.reglages)
    seal_again(tournee, INSTANT)
    noms = {nom for comptes in count_sealed(tournee).values() for nom in comptes}
    assert noms == {name_courante(tournee.archive)}
    assert premiere != name_courante(tournee.archive)
    list_fichiers(dossier)[0].unlink()
    reouverte = open_maison(maison.reglages)
    assert registry(reouverte) == ibans
    assert_frame_equal(reouverte.lac.read(TABLE.nom).sort(TABLE.cle).collect(), identites)
    assert proofs(reouverte) == []
    suite = replace(vecue, maison=reouverte)
    suite.drop(ADHERENT, "encore.dsn", as_real(normale))
    suite.pass_night()
    assert proofs(reouverte) == []


def test_a_home_from_before_is_put_under_a_key(vecue: Caisse) -> None:
    """Its registry and its identities, in clear: sealed by one command, the log too."""
    maison = vecue.maison
    ibans, identites = registry(maison), maison.lac.read(TABLE.nom).sort(TABLE.cle).collect()
    with maison.moteur.begin() as c:
        for compte, iban in c.execute(select(IBANS.c.compte, IBANS.c.iban)).all():
            ordre = text("update ibans set iban = :iban where compte = :compte")
            c.execute(ordre, {"iban": iban, "compte": compte})
    nir = identites["nir"].drop_nulls()[0]
    clair = Lac(maison.lac.dossier, FERME)
    with clair._writing(TABLE) as delta:
        clair._overwrite(delta, TABLE, identites, None)
    assert nir.encode() in files_of(clair)
    assert registry(maison) == ibans
    assert proofs(maison) == []
    faits = seal_again(open_maison(maison.reglages), INSTANT)
    assert faits[LAC] == identites.height
    assert faits[REGISTRE] == len(ibans)
    assert nir.encode() not in files_of(clair)
    assert not [iban for iban in ibans if iban in raw(maison)]
    assert registry(maison) == ibans
    assert proofs(maison) == []


def test_a_twin_opens_what_its_house_opens(vecue: Caisse) -> None:
    """And is as it is, to the row."""
    with open_jumelle(vecue.maison) as jumelle:
        assert registry(jumelle) == registry(vecue.maison)
        assert compare(vecue.maison, jumelle, 1).ecarts == ()
