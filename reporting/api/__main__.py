"""`python -m reporting.api`: print the document docs/openapi.json."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from reporting.api.application import create_api
from reporting.api.document import render_document
from warehouse.maison import open_maison
from warehouse.reglages import Reglages

if __name__ == "__main__":
    with TemporaryDirectory() as dossier:  # what it describes is of no home
        sys.stdout.write(render_document(create_api(open_maison(Reglages(dossier=Path(dossier))))))
