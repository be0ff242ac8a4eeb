"""`python -m specs.documents`: print the page docs/documents.md."""

from __future__ import annotations

import sys

from specs.documents.page import render_page

if __name__ == "__main__":
    sys.stdout.write(render_page())
