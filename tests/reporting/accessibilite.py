"""What a reader would stumble on in a page, as a real browser shows it."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

GRAVES = ("serious", "critical")
# What a reader without eyes, or without a mouse, would stumble on: each says where.
DEFAUTS = """() => {
  const dits = [];
  const nom = e => (e.getAttribute('aria-label') || e.textContent || '').trim();
  if (document.querySelectorAll('h1').length !== 1) dits.push('h1');
  if (!document.documentElement.lang) dits.push('lang');
  for (const e of document.querySelectorAll('input:not([type=hidden]), select, textarea'))
    if (!(e.labels && e.labels.length)) dits.push('sans étiquette : ' + e.name);
  for (const e of document.querySelectorAll('a, button'))
    if (!nom(e)) dits.push('sans nom : ' + e.outerHTML.slice(0, 80));
  for (const e of document.querySelectorAll('table'))
    if (!e.caption) dits.push('table sans titre');
  for (const e of document.querySelectorAll('th')) if (!e.scope) dits.push('th sans portée');
  for (const e of document.querySelectorAll('svg:not([aria-label])')) dits.push('image muette');
  const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
  if (new Set(ids).size !== ids.length) dits.push('identifiant double');
  return dits;
}"""


CACHES = """[...document.querySelectorAll('.defile')]
  .filter(e => e.scrollWidth > e.clientWidth + 1).map(e => 'caché : ' + e.ariaLabel)"""


def complain(page: Page) -> list[str]:
    """What a reader would stumble on: scrolling sideways, things without a name, axe's findings."""
    plaintes: list[str] = page.evaluate(DEFAUTS)
    trouves = Axe().run(page).response["violations"]
    plaintes += [
        f"{t['id']} : {n['html'][:120]}"
        for t in trouves
        if t["impact"] in GRAVES
        for n in t["nodes"]
    ]
    for largeur in (360, 1_280):
        page.set_viewport_size({"width": largeur, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth") > largeur:
            plaintes.append(f"déborde à {largeur}")
        if largeur == 360:  # where a row is a card, nothing of it is out of sight
            plaintes += page.evaluate(CACHES)
    return plaintes
