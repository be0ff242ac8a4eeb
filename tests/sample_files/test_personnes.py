"""No declaration that is committed names a real employee."""

from __future__ import annotations

import re
from pathlib import Path

from sample_files.generateur.identites import PREMIERE_COMMUNE

DOSSIER = Path(__file__).parents[2] / "sample_files"
NIR = re.compile(rb"^S21\.G00\.30\.001,'(\d{13})'", re.MULTILINE)
# Invented by hand before the generator, for the first samples: no other may come.
INVENTES = {
    *("1040875057107", "1070369123104", "1780175056103", "1850669123101", "1900901004106"),
    *("1920275052102", "1920475054104", "1951275055105", "1971275056106", "2920369123102"),
    *("2920475051101", "2980575053103", "2990513055105"),
}


def test_every_committed_nir_is_of_nobody() -> None:
    """Each names a commune that does not exist, as the generator's do, or is one of the list."""
    fichiers = sorted(DOSSIER.rglob("*.dsn"))
    vus = {nir.decode() for fichier in fichiers for nir in NIR.findall(fichier.read_bytes())}
    assert {nir for nir in vus if int(nir[7:10]) < PREMIERE_COMMUNE} == INVENTES
