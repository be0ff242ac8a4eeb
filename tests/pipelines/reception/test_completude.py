from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipelines.reception.etapes import receive_depots
from pipelines.reception.source_locale import SourceLocale
from warehouse.maison import Maison

COMPTE = b"S10.G00.00.005,'02'\r\nS90.G00.90.001,'3'\r\nS90.G00.90.002,'1'\r\n"
MESSAGE = COMPTE.replace(b"'3'", b"'9'")  # its footer does not count its lines: no proof of an end
MIDI = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)


def after(secondes: int) -> datetime:
    """The instant so many seconds after the start."""
    return MIDI + timedelta(seconds=secondes)


def test_a_writer_of_one_byte_a_second_is_never_cut(
    maison: Maison, source: SourceLocale, depot: Path
) -> None:
    """Scanned every second, a file that grows is claimed once, whole, a minute after its end."""
    texte = MESSAGE + b" " * 40
    chemin = depot / "lent.dsn"
    for seconde in range(1, len(texte) + 1):
        with chemin.open("ab") as flux:
            flux.write(texte[seconde - 1 : seconde])
        assert receive_depots(maison, source, after(seconde)).depots == ()
    fin = len(texte)
    assert receive_depots(maison, source, after(fin + 59)).depots == ()
    (recu,) = receive_depots(maison, source, after(fin + 60)).depots
    assert maison.archive.read(recu.sha256) == texte


def test_a_footer_that_counts_its_lines_ends_the_wait_at_its_last_byte(
    maison: Maison, source: SourceLocale, depot: Path
) -> None:
    """Written a byte a second, a message whose total is right is claimed whole at once."""
    for seconde in range(1, len(COMPTE) + 1):
        (depot / "a.dsn").write_bytes(COMPTE[:seconde])
        recus = receive_depots(maison, source, after(seconde)).depots
        assert len(recus) == (seconde == len(COMPTE))


def test_a_paused_writer_is_waited_for(maison: Maison, source: SourceLocale, depot: Path) -> None:
    """A transfer that stops for fourteen minutes in the middle is not taken before its end."""
    chemin = depot / "pause.dsn"
    chemin.write_bytes(MESSAGE[:30])
    for secondes in (0, 60, 300, 840):
        assert receive_depots(maison, source, after(secondes)).depots == ()
    with chemin.open("ab") as flux:
        flux.write(MESSAGE[30:])
    assert receive_depots(maison, source, after(850)).depots == ()
    assert len(receive_depots(maison, source, after(910)).depots) == 1


def test_a_truncated_transfer_ends_up_received_as_it_is(
    maison: Maison, source: SourceLocale, depot: Path
) -> None:
    """What never ends is taken after the abandon delay, so that its sender gets an answer."""
    (depot / "tronque.dsn").write_bytes(MESSAGE[:30])
    assert receive_depots(maison, source, after(0)).depots == ()
    assert receive_depots(maison, source, after(899)).depots == ()
    (recu,) = receive_depots(maison, source, after(900)).depots
    assert recu.etat == "RECU"
    assert list(depot.iterdir()) == []


def test_a_storm_of_renames_claims_nothing(
    maison: Maison, source: SourceLocale, depot: Path
) -> None:
    """Each new name starts the wait again; a name of upload in progress is never claimed."""
    chemin = depot / "a.dsn.part"
    chemin.write_bytes(MESSAGE)
    for rang in range(20):
        chemin = chemin.rename(depot / f"nom{rang}.dsn{'.tmp' if rang % 2 else ''}")
        reception = receive_depots(maison, source, after(50 * rang))
        assert reception.depots == ()
        assert [attente.nom for attente in reception.attente] == [chemin.name]
    (depot / "oublie.part").write_bytes(MESSAGE)
    for secondes in (2000, 9000):
        recus = [recu.nom for recu in receive_depots(maison, source, after(secondes)).depots]
        assert "oublie.part" not in recus


def test_the_digest_file_spares_the_wait_and_leaves_with_the_file(
    maison: Maison, source: SourceLocale, depot: Path
) -> None:
    """With its digest a file is claimed at first sight, and nothing stays in the folder."""
    (depot / "a.dsn").write_bytes(MESSAGE)
    (depot / "a.dsn.sha256").write_text(f"{hashlib.sha256(MESSAGE).hexdigest()}  a.dsn\n")
    (recu,) = receive_depots(maison, source, after(0)).depots
    assert recu.nom == "a.dsn"
    assert list(depot.iterdir()) == []


def test_a_digest_that_differs_waits_and_warns(
    maison: Maison, source: SourceLocale, depot: Path, retour: Path
) -> None:
    """While the digest does not match the file waits; taken in the end, its receipt says so."""
    (depot / "a.dsn").write_bytes(MESSAGE[:-5])
    (depot / "a.dsn.sha256").write_text(hashlib.sha256(MESSAGE).hexdigest())
    assert receive_depots(maison, source, after(0)).depots == ()
    assert receive_depots(maison, source, after(600)).depots == ()
    (recu,) = receive_depots(maison, source, after(900)).depots
    assert "<avertissement>" in (retour / f"ACK_{recu.depot}.xml").read_text(encoding="utf-8")


def test_a_lost_file_of_observations_costs_a_delay_only(
    maison: Maison, source: SourceLocale, depot: Path
) -> None:
    """When the observations are destroyed the wait starts again, and the file is then claimed."""
    (depot / "a.dsn").write_bytes(MESSAGE)
    receive_depots(maison, source, after(0))
    (maison.reglages.dossier / "observations.json").write_bytes(b"{")
    assert receive_depots(maison, source, after(60)).depots == ()
    assert len(receive_depots(maison, source, after(120)).depots) == 1
