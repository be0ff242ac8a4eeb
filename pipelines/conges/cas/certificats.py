"""CERT lines of a case -> the tables that the reading of exchange files fills.

Fields bear the names of the layout in lower case, values are written as in the XML form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from pipelines.cas.champs import Champs
from pipelines.conges.cas.tables import (
    CONNU,
    EUROS,
    HEURES,
    JOURS,
    JUSQUE,
    SALARIE,
    SIREN,
    TOUJOURS,
    Lecteur,
    Ligne,
    a_day,
    a_text,
    an_integer,
    hundredths,
    needed,
)

MOIS = "des mois"
DU, AU = date(2025, 4, 1), date(2026, 3, 31)
_TAUX = re.compile(r"(\d{1,5})(?:\.(\d{1,4}))?", re.ASCII)


def a_rate(champs: Champs, nom: str) -> int | None:
    """An hourly wage, in ten-thousandths of a euro, or none."""
    texte = champs.read_optional(nom, str)
    if texte is None:
        return None
    lu = _TAUX.fullmatch(texte)
    if lu is None:
        raise champs.error(nom, "il faut un salaire horaire, comme « 14.2500 »")
    return int(lu[1]) * 10_000 + int(f"{lu[2] or '':0<4}")


CERTIFICAT: Mapping[str, Lecteur] = MappingProxyType(
    {
        "salarie": a_text(SALARIE), "siren": a_text(SIREN), "cdg": a_text(), "siret": a_text(),
        "matricule": a_text(), "category": a_text("O"), "cert_ref": a_text(),
        "replaces_cert": a_text(), "from": a_day, "to": a_day, "unit": a_text(),
        "months": hundredths(MOIS), "hours": hundredths(HEURES), "gross": hundredths(EUROS, 0),
        "avg_wage": hundredths(EUROS), "rate": a_rate, "schedule": hundredths(HEURES, 15_167),
        "hours_ap": hundredths(HEURES), "hours_int": hundredths(HEURES), "reason_end": a_text(),
        "entry_firm": a_day, "entry_branch": a_day, "n1_paid": a_text("N"),
        "n1_days": hundredths(JOURS), "n1_amount": hundredths(EUROS), "children": an_integer,
    }
)  # fmt: skip
ABSENCE: Mapping[str, Lecteur] = MappingProxyType(
    {
        "abs_kind": a_text("A"), "abs_code": a_text("01"), "from": needed(date),
        "to": needed(date), "hours": hundredths(HEURES), "maintained": hundredths(EUROS),
    }
)  # fmt: skip
REPORT: Mapping[str, Lecteur] = MappingProxyType(
    {
        "exercice": needed(int), "days": hundredths(JOURS, 0), "reason": a_text("M"),
        "stop_from": needed(date), "resumed": a_day, "informed": a_day,
    }
)  # fmt: skip
DETAILS = MappingProxyType({"absences": ABSENCE, "reports": REPORT})


def read_certificats(champs: Champs) -> dict[str, list[Ligne]]:
    """Rows of `certs`, `absences_certs` and `reports`, each with the day it is known."""
    lus: dict[str, list[Ligne]] = {"certs": [], "absences_certs": [], "reports": []}
    for numero, certificat in enumerate(champs.children("certificats"), 1):
        certificat.check_names((*CERTIFICAT, *DETAILS, "recu", JUSQUE))
        lieu = {
            "depot": f"F{numero:03d}",
            CONNU: certificat.read("recu", date, TOUJOURS),
            JUSQUE: certificat.read_optional(JUSQUE, date),
        }
        lu = _certificate(certificat, numero) | lieu
        lus["certs"].append(lu)
        lus["absences_certs"] += _details(certificat, "absences", lu, 100)
        lus["reports"] += _details(certificat, "reports", lu, 200)
    return lus


def _certificate(champs: Champs, numero: int) -> Ligne:
    lu: dict[str, Any] = {nom: lire(champs, nom) for nom, lire in CERTIFICAT.items()}
    en_heures = lu["hours"] is not None and lu["months"] is None
    return lu | {
        "rang": 2,
        "ligne": 2,
        "siret": lu["siret"] or f"{lu['siren']}00010",
        "cert_ref": lu["cert_ref"] or f"C{numero}",
        "from": lu["from"] or DU,
        "to": lu["to"] or AU,
        "unit": lu["unit"] or ("H" if en_heures else "M"),
        "recu_le": f"{champs.read('recu', date, TOUJOURS)}",
    }


def _details(champs: Champs, nom: str, porteur: Ligne, premier: int) -> Iterator[Ligne]:
    for rang, detail in enumerate(champs.children(nom), premier):
        detail.check_names(DETAILS[nom])
        yield {c: lire(detail, c) for c, lire in DETAILS[nom].items()} | {
            "depot": porteur["depot"],
            "rang": rang,
            "ligne": porteur["rang"],
            "siren": porteur["siren"],
            "salarie": porteur["salarie"],
            CONNU: porteur[CONNU],
            JUSQUE: porteur[JUSQUE],
        }
