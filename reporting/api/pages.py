"""Pages of an answer: where the next one is (RFC 8288), how many there are."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from fastapi import Request


def count_pages(nombre: int, longueur: int) -> int:
    """How many pages there are: at least one."""
    return max(1, -(-nombre // longueur))


def write_liens(
    requete: Request, page: int, pages: int, fixes: dict[str, str] | None = None
) -> str:
    """The header Link of a page; `fixes`: parameters that its links have besides those asked."""
    places = {"first": 1, "prev": page - 1, "next": page + 1, "last": pages}
    demandes = dict.fromkeys({"page", *(fixes or {})})
    gardes = [(n, v) for n, v in parse_qsl(requete.url.query, True) if n not in demandes]

    def write(numero: int) -> str:
        return urlencode([*gardes, *(fixes or {}).items(), ("page", str(numero))])

    return ", ".join(
        f'<{requete.url.path}?{write(numero)}>; rel="{nom}"'
        for nom, numero in places.items()
        if 1 <= numero <= pages
    )
