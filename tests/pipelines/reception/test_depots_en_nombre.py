"""Companies that drop exchange files at once, by the stock client, while the engine takes them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pipelines.reception.sshd import find_manque

BANC = Path(__file__).parents[3] / "bench" / "depots_echanges.py"


@pytest.mark.openssh
def test_nothing_is_lost_nor_doubled() -> None:
    """Four companies, by the folder of the machine then from afar: every count is right."""
    if manque := find_manque():
        pytest.fail(manque) if os.environ.get("CAISSE_EXIGE_TOUT") == "1" else pytest.skip(manque)
    fait = subprocess.run(
        [sys.executable, BANC, "--entreprises", "4", "--fichiers", "6"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert fait.returncode == 0, fait.stdout + fait.stderr
    assert "24 déposés, 24 au journal : 0 perdus, 0 pris deux fois" in fait.stdout
