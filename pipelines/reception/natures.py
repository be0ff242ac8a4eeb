"""What the kinds of file say of a file that arrives: a kind that fails stops nobody's reception."""

from __future__ import annotations

from typing import Any

from pipelines.metier import find
from pipelines.nuit.reserves.fautifs import PASSAGERES, describe_cause
from pipelines.nuit.traces import open_journal


def ask_nature(lieu: str, sinon: Any, *arguments: Any) -> Any:  # noqa: ANN401 - any hook of a kind
    """What the function at this place answers, `sinon` when it fails: the controls will tell.

    Raises:
        OSError, DBAPIError...: what trying again may cure.
    """
    try:
        dit = find(lieu)(*arguments)
        return [*dit] if isinstance(sinon, list) else dit
    except PASSAGERES:
        raise
    except Exception as erreur:  # noqa: BLE001 - one file never stops the others
        cause = describe_cause(erreur)
        open_journal("caisse.depots").error("nature de fichier en panne", lieu=lieu, cause=cause)
        return sinon
