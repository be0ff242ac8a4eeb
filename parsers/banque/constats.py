"""What is found wrong in a file, alike findings told once with their number."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from parsers.anomalies import BLOQUANTE, SCHEMA, anomalies

DISTINCTS_MAX = 1_000
BLOQUANTES_MAX = 1_000

Cle = tuple[str, str | None, str, str | None, str | None, str | None]


@dataclass(slots=True)
class Constats:
    """Findings by kind: the first line, and how many; memory does not grow with their number.

    `bloquantes` counts those that refuse the file.
    """

    bloquantes: int = 0
    _lignes: dict[Cle, list[int]] = field(default_factory=dict)

    def add(
        self,
        code: str,
        severite: str,
        ligne: int,
        *,
        variante: str | None = None,
        rubrique: str | None = None,
        valeur: str | None = None,
        attendu: str | None = None,
    ) -> None:
        """Keep a finding; past `DISTINCTS_MAX` kinds, those of a code are one."""
        cle: Cle = (code, variante, severite, rubrique, valeur, attendu)
        if cle not in self._lignes and len(self._lignes) >= DISTINCTS_MAX:
            cle = (code, variante, severite, None, None, None)
        self._lignes.setdefault(cle, [ligne, 0])[1] += 1
        self.bloquantes += severite == BLOQUANTE

    def refuse(self, code: str) -> None:
        """Make the findings of a code refuse the file."""
        for cle in [cle for cle in self._lignes if cle[0] == code]:
            nouvelle: Cle = (cle[0], cle[1], BLOQUANTE, *cle[3:])
            self._lignes[nouvelle] = self._lignes.pop(cle)
            self.bloquantes += self._lignes[nouvelle][1]

    @property
    def is_hopeless(self) -> bool:
        """Whether so much refuses the file that the rest of it would teach nothing more."""
        return self.bloquantes >= BLOQUANTES_MAX

    def frame(self, fichier: int) -> pl.DataFrame:
        """The findings as anomalies of the file."""
        colonnes = ("code", "variante", "severite", "rubrique", "valeur", "attendu")
        lignes = [
            {**dict(zip(colonnes, cle, strict=True)), "ligne": ligne, "nombre": nombre}
            for cle, (ligne, nombre) in self._lignes.items()
        ]
        types = {nom: SCHEMA[nom] for nom in (*colonnes, "ligne", "nombre")}
        frames = [
            anomalies(lot.with_columns(pl.lit(fichier).alias("fichier")).drop("code"), str(code))
            for (code,), lot in pl.DataFrame(lignes, types)
            .partition_by("code", as_dict=True)
            .items()
        ]
        return pl.concat([SCHEMA.to_frame(), *frames])
