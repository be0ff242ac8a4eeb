"""Where payroll software has what each block of the DSN says (`logiciel_de_paie.yaml`)."""

from __future__ import annotations

from collections.abc import Mapping

from specs.fichiers import read_yaml


def read_lieux() -> Mapping[str, str]:
    """The screen of each block, in the words of payroll clerks; none for what the export makes."""
    return read_yaml("specs", "logiciel_de_paie")
