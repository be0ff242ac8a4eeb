"""Every published document is what its tables give: one whose amount was changed is named."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Table, select, text, update

from pipelines.metiers import METIERS
from pipelines.publication.relecture import Discordance, describe_difference, verify_documents
from warehouse.preuves.copie import open_copie
from warehouse.publications import read_publication
from warehouse.tables_sql import DESSINS, REMISES

if TYPE_CHECKING:
    from click.testing import Result
    from sqlalchemy import Connection

    from tests.conftest import Caisse

BONS = Path(__file__).parents[3] / "sample_files" / "bons"
APPEL = "APPEL_C8000101-202603-01"


@pytest.fixture(scope="module")
def vecue(
    make_appelee: Callable[..., Caisse], remplace: bytes, as_real: Callable[[bytes], bytes]
) -> Caisse:
    """Two publications; in the second, a file that the fund itself has something to say of."""
    caisse = make_appelee()
    caisse.drop("A80001", "corrige.dsn", as_real(remplace))
    caisse.drop("A80001", "inconnu.dsn", (BONS / "siret_inconnu.dsn").read_bytes())
    caisse.pass_night(datetime(2026, 5, 4, 20, tzinfo=UTC))
    assert "CP-03" in caisse.read("anomalies")["code"].to_list()
    return caisse


@pytest.fixture
def documents_seuls(monkeypatch: pytest.MonkeyPatch) -> None:
    """`caisse audit` without its other checks, which have their tests."""
    monkeypatch.setattr("warehouse.preuves.verification.verify_preuves", lambda _: ())
    monkeypatch.setattr("cli.audit._audit", lambda _: ())


def verify(caisse: Caisse, numero: int) -> list[Discordance]:
    """What does not agree in a publication of a home, which is only read."""
    with open_copie(caisse.maison.reglages) as copie, copie.moteur.connect() as connexion:
        publication = read_publication(connexion, numero)
        assert publication is not None
        return list(verify_documents(copie, publication, METIERS))


@contextmanager
def forging(caisse: Caisse) -> Iterator[Connection]:
    """The base, for someone who took its guards away."""
    with caisse.maison.moteur.begin() as connexion:
        gardes = connexion.execute(text("select name from sqlite_master where type = 'trigger'"))
        for garde in gardes.scalars().all():
            connexion.execute(text(f"drop trigger {garde}"))
        yield connexion


def forge(c: Connection, caisse: Caisse, table: Table, nom: str, avant: str, apres: str) -> None:
    """Put another content in place of one that was given, in the archive and in the base."""
    sienne = table.c.nom == nom
    octets = caisse.maison.archive.read(c.scalars(select(table.c.sha256).where(sienne)).one())
    assert avant.encode() in octets
    autre = caisse.maison.archive.write(octets.replace(avant.encode(), apres.encode()))
    c.execute(update(table).where(sienne).values(sha256=autre))


def test_documents_are_what_their_tables_give(vecue: Caisse) -> None:
    """Of the last publication and of the one before, drawn or not."""
    assert verify(vecue, 1) + verify(vecue, 2) == []


@pytest.mark.usefixtures("documents_seuls")
def test_an_amount_changed_in_a_file_is_named(
    vecue: Caisse,
    copy_caisse: Callable[..., Caisse],
    ask: Callable[..., Result],
) -> None:
    """Its box, its name, the place and both amounts; `caisse audit` says it."""
    caisse = copy_caisse(vecue)
    with forging(caisse) as connexion:
        forge(connexion, caisse, REMISES, f"{APPEL}.csv", "2819,23", "2918,23")
    (discordance,) = verify(caisse, 1)
    assert discordance.cle == ("A80001", f"{APPEL}.csv")
    assert discordance.dit.endswith(" : 2918,23 au lieu de 2819,23")
    dit = ask(caisse, "audit", "--toutes")
    assert dit.exit_code == 1
    assert f"documents : A80001/{APPEL}.csv : {discordance.dit}" in dit.output


def test_an_amount_changed_in_what_was_drawn_is_named(
    vecue: Caisse, copy_caisse: Callable[..., Caisse]
) -> None:
    """In what it was drawn from, by its place; in the file alone, as it is drawn again."""
    caisse = copy_caisse(vecue)
    nom = f"{APPEL}.pdf"
    with forging(caisse) as connexion:
        forge(connexion, caisse, REMISES, nom, "%PDF", "%pdf")
    (dessine,) = verify(caisse, 1)
    assert dessine.cle == ("A80001", nom)
    assert "mêmes octets" in dessine.dit
    with forging(caisse) as connexion:
        forge(connexion, caisse, DESSINS, nom, "819,23", "918,23")
    ecarts = verify(caisse, 1)
    assert {ecart.cle for ecart in ecarts} == {("A80001", nom)}
    assert re.search(r"total : 2.918,23.€ au lieu de 2.819,23.€", ecarts[0].dit)


def test_a_document_too_many_or_missing_is_named(
    vecue: Caisse, copy_caisse: Callable[..., Caisse]
) -> None:
    """One that no table gives; one that was not given."""
    caisse = copy_caisse(vecue)
    with forging(caisse) as connexion:
        sienne = REMISES.c.nom == f"{APPEL}.csv"
        connexion.execute(update(REMISES).where(sienne).values(nom="AUTRE.csv"))
    dits = {ecart.cle[1]: ecart.dit for ecart in verify(caisse, 1)}
    assert dits == {
        f"{APPEL}.csv": "les tables le donnent, il n'a pas été remis",
        "AUTRE.csv": "aucune table ne le donne",
    }


@pytest.mark.usefixtures("documents_seuls")
def test_another_engine_is_not_asked(
    vecue: Caisse,
    ask: Callable[..., Result],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What it composed is not what this one composes: it is said, and not held against it."""
    monkeypatch.setattr("pipelines.nuit.versions.version_moteur", lambda: "autre")
    dit = ask(vecue, "audit")
    assert dit.exit_code == 0
    assert "Publication 2 : d'un autre moteur" in dit.output


def test_what_is_no_amount_is_not_shown() -> None:
    """A value may name a person: its place alone is said."""
    dit = describe_difference(b"nom;DUPONT", b"nom;DURAND")
    assert dit == "ligne 1, valeur 2 n'est pas ce que les tables donnent"
