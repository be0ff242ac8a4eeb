"""`python -m specs.options`: print the page docs/options.md."""

from __future__ import annotations

import sys

from specs.options.page import render_page

if __name__ == "__main__":
    sys.stdout.write(render_page())
