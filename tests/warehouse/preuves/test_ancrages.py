"""Seals of publications, on both engines: what is written between two of them is in the second."""

from __future__ import annotations

from datetime import date

from warehouse.arrivees import Arrivee, record_depots
from warehouse.audit import record_audit
from warehouse.maison import Maison
from warehouse.preuves.ancrages import (
    check_dernier,
    list_breaks,
    read_ancrages,
    read_dernier,
    record_ancrage,
    write_fichier,
)
from warehouse.publications import publish

INSTANT = "2026-03-01T21:00:00Z"
ACTE = {"auteur": "a", "action": "essai", "objet": "o", "motif": "m", "instant": INSTANT}


def publish_night(maison: Maison, numero: int) -> None:
    """A deposit and an act, then a publication and its seal."""
    with maison.moteur.begin() as c:
        record_depots(c, [Arrivee("A1", f"{numero}.dsn", f"{numero}" * 64, 3, INSTANT)])
        record_audit(c, **ACTE)
        publication = publish(
            c, date_arrete=date(2026, 3, numero), versions={"appels": numero}, empreinte="x",
            publie_le=INSTANT, remises=[],
        )  # fmt: skip
        record_ancrage(c, publication.numero, maison.cle_preuves)
    with maison.moteur.connect() as c:
        write_fichier(c, maison.reglages.dossier)


def test_each_publication_seals_what_came_since_the_one_before(maison: Maison) -> None:
    """Every check agrees; with another key, none does."""
    dossier, autre = maison.reglages.dossier, b"1" * 32
    for numero in (1, 2, 3):
        publish_night(maison, numero)
    with maison.moteur.connect() as c:
        ancrages, dernier = read_ancrages(c), read_dernier(c)
        assert dernier == ancrages[-1]
        assert [a.segments["depots"].jusqu_a for a in ancrages] == [1, 2, 3]
        assert [a.rang for a in ancrages] == [1, 2, 3]
        assert list(list_breaks(c, dossier, maison.cle_preuves)) == []
        assert list(check_dernier(c, dernier, dossier, maison.cle_preuves)) == []
        assert len(list(list_breaks(c, dossier, autre))) == 3
        assert len(list(check_dernier(c, dernier, dossier, autre))) == 1
