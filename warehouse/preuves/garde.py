"""What a night checks before it builds: the seals' chain, what is new of the lake, a share of it.

A file of the lake is read again at least once in ROTATION nights, those of the last publication the
night after: what a night costs follows what is new, not the fund's age.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Connection

from warehouse.audit import find_rupture
from warehouse.maison import Maison
from warehouse.preuves.ancrages import check_dernier, read_dernier
from warehouse.preuves.empreintes import ROTATION, read_a_relire
from warehouse.preuves.verification import ROMPU, Ecart, check_empreinte

MONTRES = 5


class PreuveRompue(RuntimeError):  # noqa: N818 - named in French
    """What the night would build on is not what was published. Message in French."""


def check_preuves(maison: Maison, date_arrete: date) -> None:
    """PreuveRompue when something that proves the past does not agree; nothing is written."""
    with maison.moteur.connect() as connexion:
        ecarts = list(_list_ecarts(maison, connexion, date_arrete))
    if ecarts:
        dits = [f"{ecart.objet}, {ecart.ou} : {ecart.dit}" for ecart in ecarts[:MONTRES]]
        suite = [f"et {len(ecarts) - MONTRES} autres"] if len(ecarts) > MONTRES else []
        remede = "la nuit ne calcule rien dessus (caisse audit ; docs/exploitation.md)"
        raise PreuveRompue(" ; ".join([*dits, *suite, remede]))


def _list_ecarts(maison: Maison, c: Connection, date_arrete: date) -> Iterator[Ecart]:
    dernier = read_dernier(c)
    rang = find_rupture(c, (dernier.rang, dernier.tete) if dernier else None)
    if rang is not None:
        yield Ecart("journal d'audit", f"acte {rang}", ROMPU)
    if dernier is None:
        return
    for dit in check_dernier(c, dernier, maison.reglages.dossier, maison.cle_preuves):
        yield Ecart("ancrages", f"publication {dernier.publication}", dit)
    tour = date_arrete.toordinal() % ROTATION
    for empreinte in read_a_relire(c, dernier.publication, tour):
        yield from check_empreinte(maison.lac.dossier, empreinte)
