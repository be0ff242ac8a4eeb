"""The scans of the day: what is dropped is answered within one of them, unless a night is open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from pipelines import ordonnancement
from pipelines.nuit.passage import ABANDON, close_nuit, open_nuit
from pipelines.rapports.documents.lettres import RAPPORT

if TYPE_CHECKING:
    from pipelines.rapports.documents.valeurs import Rapport
    from tests.conftest import Caisse

ADHERENT = "A80001"
MIDI = datetime(2026, 4, 5, 10, 0, tzinfo=UTC)
Reel = Callable[[bytes], bytes]


@pytest.fixture
def caisse(make_caisse: Callable[..., Caisse], monkeypatch: pytest.MonkeyPatch) -> Caisse:
    """A fund that the settings name, as a scheduler finds it."""
    caisse = make_caisse()
    monkeypatch.setenv("CAISSE_DOSSIER", str(caisse.maison.reglages.dossier))
    monkeypatch.setenv("CAISSE_NOMBRE_PARTS", "1")
    return caisse


def at(instant: datetime) -> dict[str, Any]:
    """What a scheduler gives to a scan of that instant."""
    return {"params": {"maintenant": instant.isoformat()}}


def scan(instant: datetime) -> int:
    """The three tasks of a scan, then those that draw; how many lots it controlled."""
    ordonnancement.recevoir(at(instant))
    lots = ordonnancement.controler(at(instant))
    hand_over(instant)
    return lots


def hand_over(instant: datetime) -> None:
    """What machines read at once; once it is drawn, what people do."""
    ordonnancement.remettre(at(instant))
    for part in ordonnancement.planifier_dessins(at(instant)):
        ordonnancement.dessiner(at(instant), part)
    ordonnancement.remettre(at(instant))


def drop_all(caisse: Caisse, fichiers: Iterable[tuple[str, bytes]]) -> None:
    """Drop these files in the box of the company."""
    for nom, octets in fichiers:
        caisse.drop(ADHERENT, nom, octets)


def names(caisse: Caisse) -> set[str]:
    """What is in `retour/`, without the boxes."""
    return {nom.split("/")[-1] for nom in caisse.returned()}


def reports(*depots: str) -> set[str]:
    """The report of the control of these deposits, in its shapes."""
    return {f"CONTROLE_{depot}.{forme}" for depot in depots for forme in ("pdf", "xml")}


def test_a_dsn_is_answered_by_the_scan_that_reads_it(
    caisse: Caisse, normale: bytes, remplace: bytes, as_real: Reel
) -> None:
    """Test or real, at once; what comes during a night waits for it, or for its end if it died."""
    drop_all(caisse, (("essai.dsn", normale), ("mars.dsn", as_real(normale))))
    assert scan(MIDI) == 1
    assert names(caisse) == {
        *(f"ACK_D0000000{n}.xml" for n in (1, 2)),
        *reports("D00000001", "D00000002"),
    }
    assert caisse.versions() == {}
    nuit = caisse.passage(MIDI + timedelta(hours=1))
    open_nuit(nuit)
    caisse.drop(ADHERENT, "corrige.dsn", as_real(remplace))
    assert scan(nuit.maintenant + timedelta(minutes=5)) == 0
    assert caisse.journal()["corrige.dsn"].etat == "RECU"
    assert scan(nuit.maintenant + ABANDON) == 1
    assert reports("D00000003") < names(caisse)
    open_nuit(caisse.passage(MIDI + timedelta(hours=12)))
    close_nuit(caisse.passage(MIDI + timedelta(hours=13)))
    caisse.drop(ADHERENT, "corrige_essai.dsn", remplace)
    assert scan(MIDI + timedelta(hours=13)) == 1


def test_two_scans_at_once_double_no_row(
    caisse: Caisse, normale: bytes, remplace: bytes, as_real: Reel
) -> None:
    """Whoever comes first controls; the other finds nothing left to do."""
    drop_all(caisse, (("essai.dsn", normale), ("mars.dsn", as_real(remplace))))
    ordonnancement.recevoir(at(MIDI))
    with ThreadPoolExecutor(2) as fils:
        list(fils.map(ordonnancement.controler, [at(MIDI)] * 2))
    lues = caisse.maison.lac.read("declarations_lues").collect()
    assert lues.select("depot", "rang_declaration").is_unique().all()
    assert sorted(lues["depot"].unique()) == ["D00000001", "D00000002"]
    ordonnancement.remettre(at(MIDI))
    assert Counter(nom.split(".")[-1] for nom in names(caisse)) == {"xml": 4}
    hand_over(MIDI)
    assert Counter(nom.split("_")[0] for nom in names(caisse)) == {"ACK": 2, "CONTROLE": 4}


def test_a_file_that_can_not_be_answered_is_set_aside_alone(
    caisse: Caisse,
    normale: bytes,
    remplace: bytes,
    as_real: Reel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The others of its lot are controlled and answered."""

    def malade(rapport: Rapport) -> bytes:
        if rapport.nom == "mars.dsn":
            raise RuntimeError("panne")
        return b"%PDF"

    monkeypatch.setitem(RAPPORT, "pdf", malade)
    drop_all(caisse, (("essai.dsn", normale), ("mars.dsn", as_real(remplace))))
    assert scan(MIDI) == 1
    journal = caisse.journal()
    assert (journal["mars.dsn"].etat, journal["essai.dsn"].etat) == ("MIS_A_L_ECART", "CONFORME")
    assert reports(journal["essai.dsn"].depot) < names(caisse)
    assert not reports(journal["mars.dsn"].depot) & names(caisse)
