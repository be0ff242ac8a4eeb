"""The journal keeps each deposit once, in one state, with the trace of each change."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from tests.conftest import NATURES
from warehouse.alertes import ENTREPRISE, Alerte, record_reserve
from warehouse.arrivees import Arrivee, record_depots
from warehouse.cles import record_cles
from warehouse.decisions import record_decision
from warehouse.envois import Envoi, record_envois
from warehouse.journal import (
    ENTREES_MAX,
    TRANSITIONS,
    CleEtape,
    Depot,
    DepotInconnu,
    EtapeDivergente,
    TransitionInterdite,
    change_etat,
    change_etats,
    count_etats,
    find_etape,
    is_derniere,
    read_depots,
    read_etats,
    record_audit,
    record_etape,
    verify_audit,
)
from warehouse.maison import Maison
from warehouse.nuits import record_nuit
from warehouse.preuves.ancrages import record_ancrage
from warehouse.purges import Purgeable, record_purges
from warehouse.registre.versions import record_import, replace_rows
from warehouse.tables_registre import ADHERENTS
from warehouse.tables_sql import AJOUT_SEUL, DEPOTS, ETATS

INSTANT = "2026-03-01T21:00:00Z"
APRES = "2026-03-01T22:00:00Z"
CLE = CleEtape("controle", "lot-1", "e" * 64, "2026.1", "0.1.0")
ACTE = {"action": "annulation", "objet": "D00000001", "motif": "erreur d'envoi"}
ADHERENT = {"numero_adherent": "A1", "siren": "800000010", "raison_sociale": "TRAVAUX"}
DECISION = {
    "nature": NATURES["SUSPENSION_PRELEVEMENT"],
    "siren": "800000010",
    "date_effet": date(2026, 3, 1),
}

ENVOI = Envoi(
    depot="D00000001",
    siren="800000010",
    genre="TDP",
    mode="R",
    file_id="F1",
    operation="N",
    remplace=None,
    contenu="a" * 64,
    convention="1234",
    cdg=None,
    recu_le=INSTANT,
)


def _record(maison: Maison, contenu: str = "a", adherent: str = "004217") -> Depot:
    with maison.moteur.begin() as c:
        (depot,) = record_depots(
            c, [Arrivee(adherent, "dsn.txt", contenu * 64, 3_000_000_000, INSTANT)]
        )
    return depot


def _change(maison: Maison, depot: str, etat: str, motif: str | None = None, **r: Any) -> None:
    with maison.moteur.begin() as c:
        change_etat(c, depot, etat, motif, instant=APRES, **r)


def test_depot_recu(maison: Maison) -> None:
    """A new deposit is RECU, under the next number, and its first state is traced."""
    premier, second = _record(maison, "a"), _record(maison, "b")
    assert [premier.depot, second.depot] == ["D00000001", "D00000002"]
    assert (premier.etat, premier.original, premier.octets) == ("RECU", None, 3_000_000_000)
    with maison.moteur.connect() as c:
        assert read_etats(c, premier.depot) == [("RECU", None, INSTANT)]
        assert read_depots(c) == [premier, second]


def test_doublon(maison: Maison) -> None:
    """The same content of the same member is a duplicate of the first deposit, each time."""
    premier = _record(maison)
    suivants = [_record(maison), _record(maison)]
    assert [(d.etat, d.original) for d in suivants] == [("DOUBLON", premier.depot)] * 2
    assert _record(maison, adherent="000001").etat == "RECU"


def test_many_deposits_move_at_once(maison: Maison) -> None:
    """Each with its trace, those that already are there without; asked again, nothing more."""
    noms = [_record(maison, contenu).depot for contenu in "abcd"]
    for nom in noms:
        _change(maison, nom, "CONFORME")
    voulus = [
        (noms[0], "INTEGRE", None),
        (noms[1], "EN_ATTENTE", "SIRET"),
        (noms[2], "CONFORME", None),
    ]
    for _ in range(2):
        with maison.moteur.begin() as c:
            change_etats(c, voulus, instant=APRES)
    avant = [("RECU", None, INSTANT), ("CONFORME", None, APRES)]
    with maison.moteur.connect() as c:
        assert [(d.etat, d.motif) for d in read_depots(c)] == [
            ("INTEGRE", None),
            ("EN_ATTENTE", "SIRET"),
            ("CONFORME", None),
            ("CONFORME", None),
        ]
        assert read_etats(c, noms[0]) == [*avant, ("INTEGRE", None, APRES)]
        assert read_etats(c, noms[1]) == [*avant, ("EN_ATTENTE", "SIRET", APRES)]
        assert read_etats(c, noms[2]) == avant


def test_many_deposits_are_told_what_the_control_learns(maison: Maison) -> None:
    """Each its own, the trace once; one that stays where it is learns too."""
    noms = [_record(maison, contenu).depot for contenu in "ab"]
    voulus = [(nom, "CONFORME", None) for nom in noms]
    for lignes in (5, 7):
        dits = {nom: {"lignes": lignes + rang, "essai": False} for rang, nom in enumerate(noms)}
        with maison.moteur.begin() as c:
            change_etats(c, voulus, instant=APRES, renseignements=dits)
    with maison.moteur.connect() as c:
        assert [(d.lignes, d.essai, d.etat) for d in read_depots(c)] == [
            (7, False, "CONFORME"),
            (8, False, "CONFORME"),
        ]
        assert len(read_etats(c, noms[0])) == 2
        assert count_etats(c, noms, "CONFORME") == 2
    with pytest.raises(TypeError, match="etat_civil"), maison.moteur.begin() as c:
        change_etats(c, voulus, instant=APRES, renseignements={noms[0]: {"etat_civil": "x"}})


def test_many_deposits_move_or_none(maison: Maison) -> None:
    """A state that can't follow, or a deposit that is not there, leaves the others as they were."""
    noms = [_record(maison, contenu).depot for contenu in "ab"]
    for faux, echec in (
        ((noms[1], "INTEGRE", None), TransitionInterdite),
        (("D00000099", "CONFORME", None), DepotInconnu),
    ):
        with pytest.raises(echec), maison.moteur.begin() as c:
            change_etats(c, [(noms[0], "CONFORME", None), faux], instant=APRES)
    with maison.moteur.connect() as c:
        assert [d.etat for d in read_depots(c)] == ["RECU", "RECU"]


def test_doublons_simultanes(maison: Maison) -> None:
    """The same file dropped thirty times at once is received once."""
    with ThreadPoolExecutor(8) as executeur:
        depots = list(executeur.map(lambda _: _record(maison), range(30)))
    recus = [d for d in depots if d.etat == "RECU"]
    assert len(recus) == 1
    assert {d.original for d in depots if d.etat == "DOUBLON"} == {recus[0].depot}
    assert sorted(d.numero for d in depots) == list(range(1, 31))


def test_contenu_unique(maison: Maison) -> None:
    """The database itself refuses to receive one content twice."""
    depot = _record(maison)
    valeurs = {champ: getattr(depot, champ) for champ in DEPOTS.columns.keys()}  # noqa: SIM118
    with pytest.raises(IntegrityError), maison.moteur.begin() as c:
        c.execute(insert(DEPOTS).values(valeurs | {"numero": 9, "depot": "D00000009"}))


def test_chemin_d_un_depot(maison: Maison) -> None:
    """Each change of state keeps its reason and instant, and what the control learned."""
    depot = _record(maison).depot
    _change(maison, depot, "CONFORME", essai=False, lignes=42, version="P26V01")
    _change(maison, depot, "EN_ATTENTE", "SIRET inconnu du registre")
    _change(maison, depot, "EN_ATTENTE", "SIRET inconnu du registre")
    _change(maison, depot, "INTEGRE")
    with maison.moteur.connect() as c:
        assert read_etats(c, depot) == [
            ("RECU", None, INSTANT),
            ("CONFORME", None, APRES),
            ("EN_ATTENTE", "SIRET inconnu du registre", APRES),
            ("INTEGRE", None, APRES),
        ]
        [lu] = read_depots(c, {"INTEGRE"})
        assert (lu.essai, lu.lignes, lu.version, lu.motif) == (False, 42, "P26V01", None)
        assert read_depots(c, {"RECU"}) == []


@pytest.mark.parametrize(
    ("avant", "apres"),
    [("RECU", "INTEGRE"), ("RECU", "DOUBLON"), ("ILLISIBLE", "CONFORME")],
)
def test_transition_interdite(maison: Maison, avant: str, apres: str) -> None:
    """A change of state that is not planned is refused and leaves no trace."""
    depot = _record(maison).depot
    _change(maison, depot, avant)
    with pytest.raises(TransitionInterdite):
        _change(maison, depot, apres)
    with maison.moteur.connect() as c:
        assert read_etats(c, depot)[-1][0] == avant


def test_doublon_reste_doublon(maison: Maison) -> None:
    """A duplicate never becomes anything else."""
    _record(maison)
    with pytest.raises(TransitionInterdite):
        _change(maison, _record(maison).depot, "CONFORME")


def test_depot_inconnu(maison: Maison) -> None:
    """A deposit that was never received cannot change state."""
    with pytest.raises(DepotInconnu):
        _change(maison, "D00000099", "CONFORME")


def test_renseignement_inconnu(maison: Maison) -> None:
    """Only what the control learns may be written with a state."""
    with pytest.raises(TypeError):
        _change(maison, _record(maison).depot, "CONFORME", adherent="000001")


def test_table_des_transitions() -> None:
    """Every state has its list of next states, and no other word is a state."""
    assert set(TRANSITIONS) == set(ETATS)
    assert {etat for suivants in TRANSITIONS.values() for etat in suivants} <= set(ETATS)


def test_etape_faite(maison: Maison) -> None:
    """A step done is found under its exact key, and may be written again as it was."""
    with maison.moteur.begin() as c:
        assert find_etape(c, CLE) is None
        record_etape(c, CLE, resultat={"lignes": 3, "à": [1]}, empreinte="f", duree_ms=12)
        record_etape(c, CLE, resultat={"à": [1], "lignes": 3}, empreinte="f", duree_ms=99)
    with maison.moteur.connect() as c:
        faite = find_etape(c, CLE)
        autre = CleEtape("controle", "lot-1", "e" * 64, "2026.2", "0.1.0")
        assert find_etape(c, autre) is None
    assert faite is not None
    assert (faite.resultat, faite.empreinte, faite.duree_ms) == ({"lignes": 3, "à": [1]}, "f", 12)


def test_a_key_is_one_that_every_engine_holds(maison: Maison) -> None:
    """As long as the journal admits; a longer one, which PostgreSQL refuses, neither engine has."""
    condenses = "".join(sha256(bytes([rang])).hexdigest() for rang in range(64))
    with maison.moteur.begin() as c:
        longue = replace(CLE, empreinte_entrees=condenses[:ENTREES_MAX])
        record_etape(c, longue, resultat={}, empreinte="f", duree_ms=1)
        assert find_etape(c, longue) is not None
        trop = replace(CLE, empreinte_entrees=condenses)
        with pytest.raises(ValueError, match="étape controle, portée lot-1"):
            record_etape(c, trop, resultat={}, empreinte="f", duree_ms=1)


def test_derniere_etape(maison: Maison) -> None:
    """Done again after another on the same scope, a step is the last one again."""
    autre = replace(CLE, empreinte_entrees="autres entrées")
    with maison.moteur.begin() as c:
        for cle, attendues in ((CLE, (True, False)), (autre, (False, True)), (CLE, (True, False))):
            record_etape(c, cle, resultat={}, empreinte="f", duree_ms=1)
            assert (is_derniere(c, CLE), is_derniere(c, autre)) == attendues


def test_etape_divergente(maison: Maison) -> None:
    """A step that gives another result on the same inputs is refused: it is not deterministic."""
    with maison.moteur.begin() as c:
        record_etape(c, CLE, resultat={}, empreinte="f", duree_ms=1)
        with pytest.raises(EtapeDivergente):
            record_etape(c, CLE, resultat={}, empreinte="g", duree_ms=1)


def test_audit(maison: Maison) -> None:
    """The audit trail of untouched acts verifies, empty or not."""
    with maison.moteur.begin() as c:
        assert verify_audit(c)
        for auteur in ("a", "b", "c"):
            record_audit(c, auteur=auteur, instant=INSTANT, **ACTE)
        assert verify_audit(c)


def test_audit_sans_motif(maison: Maison) -> None:
    """No act without a reason."""
    with maison.moteur.begin() as c, pytest.raises(ValueError, match="motif"):
        record_audit(c, auteur="a", action="x", objet="y", motif=" ", instant=INSTANT)


@pytest.mark.parametrize(
    "fraude",
    [
        "UPDATE audit SET motif = 'autre' WHERE rang = 2",
        "DELETE FROM audit WHERE rang = 2",
        "DELETE FROM audit WHERE rang = 1",
        (
            "UPDATE audit SET rang = 9 WHERE rang = 2;"
            "UPDATE audit SET rang = 2 WHERE rang = 3;"
            "UPDATE audit SET rang = 3 WHERE rang = 9"
        ),
    ],
    ids=["altered", "removed", "first_removed", "reordered"],
)
def test_audit_falsifie(maison: Maison, fraude: str) -> None:
    """Whoever removes the triggers and changes, removes or reorders an act is seen."""
    with maison.moteur.begin() as c:
        for auteur in ("a", "b", "c"):
            record_audit(c, auteur=auteur, instant=INSTANT, **ACTE)
    sqlite = maison.moteur.dialect.name == "sqlite"
    noms = ["audit_sans_update", "audit_sans_delete"] if sqlite else ["audit_ajout_seul ON audit"]
    ordres = [f"DROP TRIGGER {nom}" for nom in noms] + fraude.split(";")
    with maison.moteur.begin() as c:
        for ordre in ordres:
            c.execute(text(ordre))
        assert not verify_audit(c)


@pytest.mark.parametrize("ordre", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}"])
@pytest.mark.parametrize("table", AJOUT_SEUL)
def test_ajout_seul(maison: Maison, table: str, ordre: str) -> None:
    """What is append-only cannot be changed or removed, whatever the code says."""
    _fill(maison)
    avec_motif = ("audit", "decisions", "etats_depot", "imports_registre")
    colonne = dict.fromkeys(avec_motif, "motif") | {"nuits": "registre"}
    colonne |= dict.fromkeys(("alertes", "reserves"), "alerte")
    colonne |= {"publications": "empreinte", "envois": "genre", "ancrages": "sceau"}
    colonne |= {"cles_publications": "coffre", "purges": "regle"}
    requete = ordre.format(table, colonne.get(table, "version"))
    with pytest.raises(DBAPIError, match="ajout seul"), maison.moteur.begin() as c:
        c.execute(text(requete))


def _fill(maison: Maison) -> None:
    """One row in each append-only table."""
    _record(maison)
    with maison.moteur.begin() as c:
        record_audit(c, auteur="a", instant=INSTANT, **ACTE)
        c.execute(text("INSERT INTO publications VALUES (1, '2026-03-31', 'x', 'y')"))
        c.execute(text("INSERT INTO publication_versions VALUES (1, 'depots', 0)"))
        record_ancrage(c, 1, b"cle")
        record_cles(c, 1, b"cle", maison.archive.trousseau)
        record_purges(c, [Purgeable("0" * 64, "c", "r", INSTANT)], INSTANT)
        record_envois(c, [ENVOI])
        numero = record_import(
            c, sha256="0" * 64, auteur="a", motif="m", instant=INSTANT, forme="csv"
        )
        replace_rows(c, ADHERENTS, [ADHERENT], numero)
        record_nuit(c, date(2026, 4, 5), INSTANT)
        record_decision(c, auteur="a", motif="m", instant=INSTANT, **DECISION)
        alerte = Alerte(date(2026, 4, 5), ENTREPRISE, "comptabilite", "x", siren=ADHERENT["siren"])
        record_reserve(c, alerte, INSTANT)


def test_base_en_wal(tmp_path: Path) -> None:
    """SQLite keeps committed rows through a power cut, and checks foreign keys."""
    from warehouse.moteur import open_moteur

    moteur = open_moteur(f"sqlite:///{tmp_path / 'registre.sqlite'}")
    with moteur.connect() as c:
        noms = ("journal_mode", "synchronous", "foreign_keys")
        lus = [c.exec_driver_sql(f"PRAGMA {nom}").scalar() for nom in noms]
    assert lus == ["wal", 2, 1]


def test_lire_n_attend_pas(maison: Maison) -> None:
    """A reader sees the last committed state while a writer is at work."""
    _record(maison)
    with maison.moteur.begin() as ecrivain:
        change_etat(ecrivain, "D00000001", "CONFORME", None, instant=APRES)
        with maison.moteur.connect() as lecteur:
            assert [d.etat for d in read_depots(lecteur)] == ["RECU"]
