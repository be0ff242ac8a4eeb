"""A home before its night, which tests disturb."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.reglages import Reglages

if TYPE_CHECKING:
    from tests.conftest import Caisse

PARTS, LOT_OCTETS = 3, 20_000  # a lot a file


@dataclass(frozen=True, slots=True)
class Depart:
    """A home where files were dropped, before its night."""

    dossier: Path
    soir: datetime
    ouvre: Callable[[Reglages], Caisse]
    joue: Callable[[str], int]
    returned: frozenset[str]

    def copy(self, parent: Path) -> Depart:
        """The same home elsewhere."""
        shutil.copytree(self.dossier, parent / "maison")
        return replace(self, dossier=parent / "maison")

    def kill_night(self, arret: str) -> int:
        """Start the night in a process that dies at the point; its return code."""
        return self.joue(self.ask(arret))

    def ask(self, arret: str = "", cpu_s: float = 0) -> str:
        """What asks for the night, dead at the point or after so much CPU, if one is told."""
        environ = {
            "CAISSE_DOSSIER": str(self.dossier),
            "CAISSE_NOMBRE_PARTS": str(PARTS),
            "CAISSE_LOT_OCTETS": str(LOT_OCTETS),
            "CAISSE_POINT_ARRET": arret,
        }
        maintenant = self.soir.isoformat()
        return json.dumps({"maintenant": maintenant, "environ": environ, "cpu_s": cpu_s})

    def finish_night(self) -> dict[str, bytes]:
        """Run the night to its end here; what readers and companies then see."""
        caisse = self.open()
        caisse.pass_night(self.soir)
        return caisse.published()

    def open(self) -> Caisse:
        """The fund of this home."""
        return self.ouvre(Reglages(dossier=self.dossier, nombre_parts=PARTS, lot_octets=LOT_OCTETS))
