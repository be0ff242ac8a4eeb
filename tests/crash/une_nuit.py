"""Nights, as the scheduler plays them, each in a process forked from this one: what tests kill.

A line of the input asks for one, `{"maintenant": instant, "environ": {variable: value}, "cpu_s":
seconds of CPU after which it dies, 0 for never, "faute": what `arme` of `fautes.c` takes, or
nothing}`; a line of the output says how it ended, as `subprocess` would. What a night imports is
imported once, before.
"""

import ctypes
import json
import os
import signal
import sys
from typing import Any

from pipelines.metier import find
from pipelines.metiers import METIERS
from pipelines.nuit.passage import run_nuit
from pipelines.ordonnancement import open_passage, run_editique


def play(demande: dict[str, Any]) -> int:
    """Play a night in a process of its own; its return code."""
    enfant = os.fork()
    if not enfant:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what it logs is no answer
        os.environ.update(demande.pop("environ"))
        signal.setitimer(signal.ITIMER_PROF, demande.pop("cpu_s"))  # nobody catches SIGPROF
        if faute := demande.pop("faute"):
            sous, appel, lignes, rang, erreur, toujours = faute
            textes = (texte.encode() for texte in (sous, appel, lignes))
            ctypes.CDLL(None).arme(*textes, rang, erreur, toujours)
        passage = open_passage({"params": demande})
        run_nuit(passage)
        run_editique(passage)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(enfant, 0)[1])


for metier in METIERS:
    for etape in metier.etapes:
        find(etape.prepare or etape.agit)
for ligne in sys.stdin:
    sys.stdout.write(f"{play(json.loads(ligne))}\n")
    sys.stdout.flush()
