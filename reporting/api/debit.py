"""How many calls a caller makes: beyond, it waits for the next minute."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

MINUTE_S = 60


@dataclass(slots=True)
class Debit:
    """Calls of the minute by caller, in this process; what is counted goes with the minute."""

    maximum: int
    _minute: int = 0
    _appels: Counter[str] = field(default_factory=Counter)
    _verrou: Lock = field(default_factory=Lock)

    def count(self, appelant: str, maintenant: datetime) -> int:
        """Count a call; seconds to wait before the next one is answered, 0 for none."""
        minute, seconde = divmod(int(maintenant.timestamp()), MINUTE_S)
        with self._verrou:
            if minute != self._minute:
                self._minute, self._appels = minute, Counter()
            self._appels[appelant] += 1
            return MINUTE_S - seconde if self._appels[appelant] > self.maximum else 0
