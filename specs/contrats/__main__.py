"""`python -m specs.contrats`: print the page docs/dictionnaire.md."""

from __future__ import annotations

import sys

from specs.contrats.page import render_page

if __name__ == "__main__":
    sys.stdout.write(render_page())
