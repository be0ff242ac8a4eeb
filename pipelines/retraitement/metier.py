"""What an operator asks to be done again or undone, and another approves."""

from __future__ import annotations

from pipelines.metier import Metier

RETRAITEMENT = Metier("retraitement", decisions="pipelines.retraitement.decisions:NATURES")
