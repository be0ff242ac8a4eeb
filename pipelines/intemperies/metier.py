"""Bad weather."""

from __future__ import annotations

from pipelines.metier import Metier

INTEMPERIES = Metier("intemperies", cas=(("intemperies", "pipelines.intemperies.cas.execution"),))
