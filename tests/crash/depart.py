"""A home before its night, which tests disturb."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from errno import EIO
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.reglages import Reglages

if TYPE_CHECKING:
    from tests.conftest import Caisse

PARTS, LOT_OCTETS = 3, 20_000  # a lot a file


@dataclass(frozen=True, slots=True)
class Faute:
    """A call of a night that fails: the n-th of a name to what is under a path of its home.

    `appel`: how its name begins; `erreur`: an errno; `toujours`: those after it too.
    """

    sous: str = ""
    appel: str = ""
    rang: int = 1
    erreur: int = EIO
    toujours: bool = False


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

    def fail_night(self, faute: Faute) -> tuple[int, list[str]]:
        """Start the night on a disk that fails; its return code, the calls: name and path."""
        appels = self.dossier.parent / "appels"
        sous = str(self.dossier / faute.sous)
        dite = [sous, faute.appel, str(appels), faute.rang, faute.erreur, faute.toujours]
        return self.joue(self.ask(faute=dite)), appels.read_text("utf-8").splitlines()

    def ask(self, arret: str = "", cpu_s: float = 0, faute: Sequence[str | int] = ()) -> str:
        """What asks for the night, dead at the point or after so much CPU, if one is told."""
        environ = {
            "CAISSE_DOSSIER": str(self.dossier),
            "CAISSE_NOMBRE_PARTS": str(PARTS),
            "CAISSE_LOT_OCTETS": str(LOT_OCTETS),
            "CAISSE_POINT_ARRET": arret,
        }
        maintenant = self.soir.isoformat()
        dits = {"maintenant": maintenant, "environ": environ, "cpu_s": cpu_s, "faute": faute}
        return json.dumps(dits)

    def finish_night(self) -> dict[str, bytes]:
        """Run the night to its end here; what readers and companies then see."""
        caisse = self.open()
        caisse.pass_night(self.soir)
        return caisse.published()

    def open(self) -> Caisse:
        """The fund of this home."""
        return self.ouvre(Reglages(dossier=self.dossier, nombre_parts=PARTS, lot_octets=LOT_OCTETS))
