"""Files of the bank among the deposits: which they are, whose box they must come from.

They are known by the vocabulary of their first bytes (ISO 20022). The bank's box takes nothing
else (B011), and no other box takes them (B010).
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from parsers.anomalies import SCHEMA, anomalie, merge
from parsers.banque.flux import is_xml
from parsers.banque.lecteur import LectureBanque, read_banque
from parsers.banque.mouvements import SCHEMA_MOUVEMENTS
from pipelines.controle.natures import Lu, Tete
from pipelines.metier import Metier
from pipelines.recus import Recu
from pipelines.reglements.reconnaissance import TETE_OCTETS, is_boite_banque
from specs.octets import Octets
from warehouse.iban import LONGUEURS, mask_iban

BANQUE = "BANQUE"
# What is dropped instead of a message: first bytes, wording of the anomaly, what it is.
AUTRES_FORMES = (
    (b"PK\x03\x04", "archive", "ZIP"),
    (b"PK\x05\x06", "archive", "ZIP vide"),
    (b"\x1f\x8b", "archive", "gzip"),
    (b"7z\xbc\xaf\x27\x1c", "archive", "7z"),
    (b"Rar!\x1a\x07", "archive", "RAR"),
    (b"%PDF-", "document", "PDF"),
)


def read_depots_banque(recus: Sequence[Recu], _metiers: Sequence[Metier]) -> Lu:
    """Read files of the bank, which have no test mode; `mouvements_banque` as they are told.

    The account of the payer is in clear in `iban_tiers`, masked in `compte_masque`.
    """
    tetes, anomalies, mouvements = [], [SCHEMA.to_frame()], [SCHEMA_MOUVEMENTS.to_frame()]
    for recu in recus:
        lue = _read(recu.numero, recu.octets, boite_banque=is_boite_banque(recu))
        anomalies.append(lue.anomalies)
        mouvements.append(lue.mouvements)
        lignes = None if lue.version is None else len(lue.mouvements)
        tetes.append(Tete(recu.numero, BANQUE, lue.version, essai=False, lignes=lignes))
    return Lu(tetes, merge(anomalies), {"mouvements_banque": _masked(pl.concat(mouvements))})


def _read(fichier: int, octets: Octets, *, boite_banque: bool | None) -> LectureBanque:
    if boite_banque and not is_xml(octets):
        return _refused(_not_a_message(fichier, octets))
    if boite_banque is False:
        return _refused(anomalie(fichier, "B010"))
    return read_banque(fichier, octets)


def _masked(mouvements: pl.DataFrame) -> pl.DataFrame:
    """Movements with what an officer may see of the account of the payer."""
    masques = [
        mask_iban(i) if len(i or "") in LONGUEURS else None for i in mouvements["iban_tiers"]
    ]
    return mouvements.with_columns(pl.Series("compte_masque", masques, pl.String()))


def _not_a_message(fichier: int, octets: Octets) -> pl.DataFrame:
    """What the file is, when its first bytes tell."""
    tete = octets[:TETE_OCTETS]
    for debut, variante, valeur in AUTRES_FORMES:
        if tete.startswith(debut):
            return anomalie(fichier, "B011", variante=variante, valeur=valeur)
    return anomalie(fichier, "B011")


def _refused(anomalies: pl.DataFrame) -> LectureBanque:
    return LectureBanque(None, SCHEMA_MOUVEMENTS.to_frame(), anomalies)
