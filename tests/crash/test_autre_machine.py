"""The same night on machines that are set otherwise: the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.crash.conftest import NUIT
from tests.crash.depart import Depart

pytestmark = pytest.mark.tue
MACHINES = {
    "noumea": {"TZ": "Pacific/Noumea", "LC_ALL": "C", "PYTHONHASHSEED": "3",
               "POLARS_MAX_THREADS": "1"},
    "fils": {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "9", "POLARS_MAX_THREADS": "7",
             "POLARS_ENGINE_AFFINITY": "in-memory"},
}  # fmt: skip


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_another_machine_publishes_the_same_bytes(
    depart: Depart, temoin: dict[str, bytes], machine: dict[str, str]
) -> None:
    """Time zone, language, seed of the hashes, threads and engine of Polars change nothing."""
    fait = subprocess.run(
        [sys.executable, NUIT],
        env=os.environ | machine,
        input=f"{depart.ask()}\n",
        capture_output=True,
        text=True,
        check=True,
    )
    assert fait.stdout == "0\n", fait.stderr
    assert depart.open().published() == temoin
