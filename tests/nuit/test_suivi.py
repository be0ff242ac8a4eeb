"""Follow-up and certificates on a real house: deposits in, expected months and certificates out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest
from typer.testing import CliRunner

from cli.application import application
from specs.contrats import read_contrat
from specs.options import read_options
from tests.conftest import NATURES
from warehouse.decisions import record_decision
from warehouse.publications import publish

if TYPE_CHECKING:
    from tests.conftest import Caisse

pytestmark = pytest.mark.recit

ADHERENT, SIREN, SIRET = "A80001", "800000010", "80000001000010"
NUMERO = f"ATT-{SIREN}-20260420-01"
TABLES = (
    "declarations_attendues", "relances", "situations", "changements_situation", "attestations",
)  # fmt: skip
AVRIL, MAI, JUIN = date(2026, 4, 20), date(2026, 5, 20), date(2026, 6, 1)


def follow(caisse: Caisse, jour: date) -> dict[str, pl.DataFrame]:
    """Compute every shard on that day; the tables of the lake, by name, in order."""
    for part in range(caisse.maison.reglages.nombre_parts):
        caisse.step("suivi", jour, part)
        caisse.step("attestations", jour, part)
    lues = {table: caisse.maison.lac.read(table).collect() for table in TABLES}
    return {table: lue.sort(read_contrat(table).cle) for table, lue in lues.items()}


def publish_tables(caisse: Caisse, jour: date) -> None:
    """Publish the tables as they stand."""
    versions = {table: caisse.maison.lac.version(table) for table in TABLES}
    with caisse.maison.moteur.begin() as connexion:
        publish(
            connexion,
            date_arrete=jour,
            versions={table: v for table, v in versions.items() if v is not None},
            empreinte="0" * 64,
            publie_le=f"{jour.isoformat()}T20:00:00Z",
            remises=[],
        )


@pytest.fixture
def declaree(appelee: Caisse) -> Caisse:
    """A fund where one company declared March 2026; the other two centres never declared."""
    return appelee


def test_a_declared_month_is_received_and_gives_a_certificate(declaree: Caisse) -> None:
    """Once its limit date is past; the members that are not followed are in order, unasked."""
    tables = follow(declaree, AVRIL)
    assert tables["declarations_attendues"].select("siret", "mois", "etat", "relances").rows() == [
        (SIRET, "2026-03", "RECUE", 0)
    ]
    assert tables["relances"].is_empty()
    assert tables["situations"].select("siren", "a_jour", "dsn_attendues").rows() == [
        (SIREN, True, 1),
        ("999090012", True, 0),
    ]
    assert tables["attestations"]["attestation"].to_list() == [NUMERO]


def test_a_missing_month_is_asked_again_and_takes_the_situation_away(declaree: Caisse) -> None:
    """One reminder a level; the certificate already issued runs until a decision revokes it."""
    follow(declaree, AVRIL)
    publish_tables(declaree, AVRIL)
    tables = follow(declaree, MAI)
    assert tables["relances"].select("siret", "mois", "niveau", "date", "etat").rows() == [
        (SIRET, "2026-04", 1, MAI, "ABSENTE")
    ]
    assert tables["situations"].row(0, named=True)["mois_bloquants"] == f"{SIRET}/2026-04"
    assert tables["changements_situation"].filter(siren=SIREN).select("rang", "apres").rows() == [
        (1, True),
        (2, False),
    ]
    publish_tables(declaree, MAI)
    tables = follow(declaree, JUIN)
    assert tables["relances"].select("mois", "niveau").rows() == [("2026-04", 1), ("2026-04", 2)]
    assert tables["attestations"].select("etat", "revoquee_le").rows() == [("EN_REGLE", None)]


def test_a_refused_deposit_is_told_from_an_absent_one(
    declaree: Caisse, normale: bytes, as_real: Callable[[bytes], bytes], soir: datetime
) -> None:
    """The deposit that could not be used is named in what is expected."""
    avril = as_real(normale).replace(b"S20.G00.05.005,'01032026'", b"S20.G00.05.005,'01042026'")
    declaree.drop(
        ADHERENT, "avril.dsn", avril.replace(b"S21.G00.06.003,'4211Z'", b"S21.G00.06.003,'?'")
    )
    declaree.pass_night(soir + timedelta(days=40))
    depot = declaree.journal()["avril.dsn"]
    assert depot.etat == "NON_CONFORME"
    attendues = follow(declaree, MAI)["declarations_attendues"]
    assert attendues.filter(mois="2026-04").select("etat", "depot").rows() == [
        ("INUTILISABLE", depot.depot)
    ]


def test_computing_again_changes_nothing(declaree: Caisse) -> None:
    """Same inputs, same date: the steps are done, and the tables do not move."""
    premiere = follow(declaree, MAI)
    versions = [declaree.maison.lac.version(table) for table in TABLES]
    assert all(
        a.equals(b) for a, b in zip(premiere.values(), follow(declaree, MAI).values(), strict=True)
    )
    assert versions == [declaree.maison.lac.version(table) for table in TABLES]


def test_the_number_of_shards_changes_nothing(
    make_appelee: Callable[..., Caisse],
) -> None:
    """One shard or five: the same months, the same situations, the same certificates."""
    vues = []
    for nombre_parts in (1, 5):
        caisse = make_appelee(nombre_parts)
        vues.append([f.drop("part") for f in follow(caisse, MAI).values()])
    for une, cinq in zip(*vues, strict=True):
        assert une.equals(cinq)


def ask(*arguments: str) -> tuple[int, str]:
    """Exit code and output of `caisse attestation`."""
    resultat = CliRunner().invoke(application, ["attestation", *arguments])
    return resultat.exit_code, resultat.output


@pytest.fixture
def certifiee(declaree: Caisse, monkeypatch: pytest.MonkeyPatch) -> Caisse:
    """The fund after the night of its first certificate, where the command reads."""
    monkeypatch.setenv("CAISSE_DOSSIER", str(declaree.maison.reglages.dossier))
    monkeypatch.setenv("CAISSE_NOMBRE_PARTS", str(declaree.maison.reglages.nombre_parts))
    follow(declaree, AVRIL)
    publish_tables(declaree, AVRIL)
    return declaree


@pytest.mark.usefixtures("certifiee")
def test_a_number_is_checked_at_any_date() -> None:
    """In the form of API Entreprise; the exit code says whether it is valid."""
    for jour, code, etat in (
        ("2026-04-20", 0, "valide"),
        ("2026-07-20", 0, "valide"),
        ("2026-07-21", 1, "expiree"),
    ):
        rendu, sortie = ask("verifier", NUMERO, "--date", jour)
        assert (rendu, json.loads(sortie)["meta"]["etat"]) == (code, etat)
        assert set(json.loads(sortie)) == {"data", "links", "meta"}
    for numero, jour in (("ATT-1", "2026-04-20"), (NUMERO, "2026-04-19")):
        rendu, sortie = ask("verifier", numero, "--date", jour)
        erreur = json.loads(sortie)["errors"][0]
        assert (rendu, erreur["code"], erreur["meta"]["etat"]) == (1, "38003", "inconnue")
    assert ask("verifier", "ATT-1", "--date", "hier")[0] == 2


def test_a_revocation_takes_effect_on_its_date(certifiee: Caisse) -> None:
    """Valid the day before, revoked from its date on; the status of the company says so too."""
    with certifiee.maison.moteur.begin() as connexion:
        record_decision(
            connexion,
            nature=NATURES["REVOCATION_ATTESTATION"],
            siren=SIREN,
            date_effet=date(2026, 5, 2),
            auteur="gestion",
            motif="délivrée à tort",
            instant="2026-05-02T08:00:00Z",
            contenu={"attestation": NUMERO},
        )
    follow(certifiee, MAI)
    publish_tables(certifiee, MAI)
    etats = [
        json.loads(ask("verifier", NUMERO, "--date", jour)[1])["meta"]["etat"]
        for jour in ("2026-05-01", "2026-05-02")
    ]
    assert etats == ["valide", "revoquee"]
    rendu, sortie = ask("statut", "--adherent", SIREN, "--date", "2026-05-20")
    meta = json.loads(sortie)["meta"]
    assert (rendu, meta["etat"], meta["revoquee_le"]) == (1, "revoquee", "2026-05-02")
    assert meta["situation"]["motif"] == "DECLARATIONS"


@pytest.mark.usefixtures("certifiee")
def test_the_situation_is_told_at_any_date() -> None:
    """As the publication in force that day says it; none before the first one."""
    situations = [
        json.loads(ask("statut", "--adherent", SIREN, "--date", jour)[1])
        for jour in ("2026-03-01", "2026-04-30")
    ]
    assert situations[0]["errors"][0]["meta"]["situation"] is None
    assert situations[1]["meta"]["situation"]["a_jour"] is True
    assert situations[1]["meta"]["situation"]["date_arrete"] == "2026-04-20"


def test_a_request_gives_a_certificate_the_next_night(certifiee: Caisse) -> None:
    """Recorded as a decision with its author and reason; an unknown member is refused."""
    demande = ("--auteur", "gestion", "--motif", "appel d'offres", "--date", "2026-04-21")
    rendu, sortie = ask("demander", "--adherent", ADHERENT, *demande)
    assert (rendu, sortie) == (
        0,
        f"Demande n° 1 enregistrée pour l'adhérent {ADHERENT} (SIREN {SIREN}).\n",
    )
    lues = follow(certifiee, date(2026, 4, 21))["attestations"]
    assert lues.select("attestation", "motif", "demande").rows() == [
        (NUMERO, "EMISSION", None),
        (f"ATT-{SIREN}-20260421-01", "DEMANDE", 1),
    ]
    rendu, sortie = ask("demander", "--adherent", "A99999", *demande)
    assert (rendu, sortie) == (
        2,
        "Adhérent inconnu du registre : « A99999 ». Écrire son numéro, ou son SIREN.\n",
    )


def with_month(octets: bytes, mois: str) -> bytes:
    """The same declaration of March 2026, for another month of 2026."""
    return octets.replace(b"S20.G00.05.005,'01032026'", f"S20.G00.05.005,'01{mois}2026'".encode())


def test_an_estimated_call_is_replaced_by_difference(
    make_caisse: Callable[..., Caisse],
    normale: bytes,
    as_real: Callable[[bytes], bytes],
    soir: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """April does not come: March estimates it. April comes: the calls add up to its own bases."""
    appel_estime = read_options()["appel_estime"]
    dernier_mois = replace(appel_estime.valeurs[0], valeur="dernier_mois")
    options = dict(read_options()) | {
        "appel_estime": replace(appel_estime, valeurs=(dernier_mois,))
    }
    monkeypatch.setattr("specs.options.read_options", lambda: options)
    monkeypatch.setattr("specs.baremes.suivi.read_options", lambda: options)
    caisse, temoin = make_caisse(), make_caisse()
    mars, avril = as_real(normale), with_month(as_real(normale), "04")
    caisse.drop(ADHERENT, "mars.dsn", mars)
    caisse.pass_night(soir)
    caisse.pass_night(soir + timedelta(days=45))
    estimees = caisse.read("bases").filter(source="ESTIMATION")
    assert set(estimees["depot"]) == {f"EST-{SIRET}-2026-04"}
    natures = caisse.read("appels").filter(mois_appel="2026-04")
    assert natures["nature"].to_list() == ["ESTIME"]
    caisse.drop(ADHERENT, "avril.dsn", avril)
    caisse.pass_night(soir + timedelta(days=46))
    assert caisse.read("bases").filter(source="ESTIMATION").is_empty()
    for nom, octets in (("mars.dsn", mars), ("avril.dsn", avril)):
        temoin.drop(ADHERENT, nom, octets)
    temoin.pass_night(soir + timedelta(days=46))
    assert sums(caisse).equals(sums(temoin))


def sums(caisse: Caisse) -> pl.DataFrame:
    """Bases and amounts called for each month and contribution, all calls together."""
    cle = ["mois_appel", "mois_rattachement", "cotisation"]
    lignes = caisse.read("lignes_appel").group_by(cle)
    sommes = lignes.agg(pl.col("base_centimes", "montant_centimes").sum())
    return sommes.filter(pl.col("montant_centimes") != 0).sort(cle)
