"""Leave."""

from __future__ import annotations

from pipelines.metier import Metier

CONGES = Metier("conges", cas=(("conges", "pipelines.conges.cas.execution"),))
