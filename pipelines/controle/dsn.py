"""The DSN of a lot, read together piece by piece: its declarations, and what businesses keep."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import polars as pl

from parsers.anomalies import BLOQUANTE, SANS_COHERENCE, SCHEMA, merge
from parsers.dsn.enveloppe import Entete, open_fichier, parse_entete
from parsers.dsn.lecteur import Morceau, read_dsn
from parsers.dsn.lots import Envoi
from parsers.textes import detached
from pipelines.controle.declarations_lues import (
    DECLARATION,
    SCHEMA_DECLARATIONS,
    TETES,
    compute_declarations,
    keep_heads,
)
from pipelines.controle.natures import Lu, Tete, list_extractions
from pipelines.metier import Extraction, Metier, find
from pipelines.recus import Recu
from specs.caisse import read_caisse

DSN = "DSN"
Blocs = dict[str, pl.DataFrame]


def read_depots_dsn(recus: Sequence[Recu], metiers: Sequence[Metier]) -> Lu:
    """Read and check DSN; a file without any message that can be read brings nothing."""
    contenu = _Contenu(list_extractions(metiers))
    entetes: dict[int, Entete] = {}
    envois: dict[str, list[Envoi]] = defaultdict(list)
    for recu in recus:
        ouverture = open_fichier(recu.numero, recu.octets)
        contenu.anomalies.append(ouverture.anomalies)
        entetes[recu.numero] = parse_entete(recu.octets)
        for version, envoi in ouverture.envois:
            envois[version].append(envoi)
    for version in sorted(envois):
        contenu.add(version, envois[version])
    declarations = contenu.declarations()
    nombres = dict(declarations.group_by("fichier").len().iter_rows())
    tetes = [
        Tete(n, DSN, e.version, e.essai, contenu.lignes.get(n), nombres.get(n, 0))
        for n, e in entetes.items()
    ]
    tables = {"declarations_lues": declarations} | contenu.tables()
    return Lu(tetes, merge(contenu.anomalies), tables)


class _Contenu:
    """What the pieces bring, added up file by file."""

    def __init__(self, extractions: Sequence[Extraction]) -> None:
        self.anomalies = [SCHEMA.to_frame()]
        self.lignes: dict[int, int] = defaultdict(int)
        self._extractions = extractions
        self._lus = frozenset(bloc for e in extractions for bloc in e.blocs)
        self._tables: dict[str, list[pl.DataFrame]] = {e.table: [] for e in extractions}
        self._declarations = [SCHEMA_DECLARATIONS.to_frame()]
        self._rangees = [SCHEMA_DECLARATIONS.to_frame().select(DECLARATION)]
        self._individus = [SCHEMA_DECLARATIONS.to_frame().select(DECLARATION)]
        self._refuses: set[int] = set()
        self._debordes: set[int] = set()

    def add(self, version: str, envois: list[Envoi]) -> None:
        """Read messages of one version and keep what they bring."""
        avant = self._ranks({e.fichier for e in envois})
        tetes: Blocs = {}
        for morceau in read_dsn(envois, version):
            self._add_anomalies(avant(morceau.anomalies))
            self._refuses |= _refused(morceau.anomalies)
            tetes = self._add_declarations(morceau, version, tetes, avant)
            sains = self._sound(morceau.blocs)
            for extraction in self._extractions:
                lignes = find(extraction.extrait)(sains, read_caisse())
                self._tables[extraction.table].append(detached(avant(lignes)))
            for bloc, ranges in (("S20.G00.05", self._rangees), ("S21.G00.30", self._individus)):
                if bloc in morceau.blocs:
                    ranges.append(avant(morceau.blocs[bloc].select(*DECLARATION)))
            for fichier, nombre in morceau.lignes_par_fichier.items():
                self.lignes[fichier] += nombre

    def _add_declarations(
        self,
        morceau: Morceau,
        version: str,
        tetes: Blocs,
        avant: Callable[[pl.DataFrame], pl.DataFrame],
    ) -> Blocs:
        """Keep the declarations whose headers are all there; the headers left to the next piece."""
        lues = {
            bloc: pl.concat([*(m[bloc] for m in (tetes, morceau.blocs) if bloc in m)])
            for bloc in TETES
            if bloc in tetes or bloc in morceau.blocs
        }
        declarees = compute_declarations(lues, version)
        self._declarations.append(avant(declarees))
        return keep_heads(morceau.blocs, tetes, declarees)

    def _add_anomalies(self, anomalies: pl.DataFrame) -> None:
        """Anomalies of a piece; those of files refused beyond the bound are merged as they come.

        Nothing of coherence will be told of these: what is left out by now stays so.
        """
        self.anomalies.append(anomalies)
        self._debordes.update(anomalies.filter(code=SANS_COHERENCE)["fichier"])
        if self._debordes.intersection(anomalies["fichier"].unique()):
            tout, debordes = pl.concat(self.anomalies), pl.col("fichier").is_in([*self._debordes])
            self.anomalies = [tout.filter(~debordes), merge([tout.filter(debordes)])]

    def _sound(self, blocs: Mapping[str, pl.DataFrame]) -> Blocs:
        """The blocks that are kept, without the files that something refuses so far."""
        lus = {bloc: frame for bloc, frame in blocs.items() if bloc in self._lus}
        if not self._refuses:
            return lus
        sains = ~pl.col("fichier").is_in(list(self._refuses))
        return {bloc: frame.filter(sains) for bloc, frame in lus.items()}

    def _ranks(self, fichiers: set[int]) -> Callable[[pl.DataFrame], pl.DataFrame]:
        """Shift of the ranks of declarations in files whose messages are of several versions."""
        deja = pl.concat(self._rangees).filter(pl.col("fichier").is_in(list(fichiers)))
        decalages = dict(deja.group_by("fichier").agg(pl.col("rang_declaration").max()).iter_rows())
        if not decalages:
            return lambda frame: frame
        decalage = pl.col("fichier").replace_strict(decalages, default=0, return_dtype=pl.Int64)
        return lambda frame: frame.with_columns(pl.col("rang_declaration") + decalage)

    def declarations(self) -> pl.DataFrame:
        """Declarations with the number of their individuals, in file and rank order."""
        individus = pl.concat(self._individus).group_by(DECLARATION).len("individus")
        return (
            pl.concat(self._declarations)
            .join(individus, on=DECLARATION, how="left")
            .with_columns(pl.col("individus").fill_null(0).cast(pl.Int64))
            .sort(DECLARATION)
        )

    def tables(self) -> dict[str, pl.DataFrame]:
        """What was extracted, in file and line order; a table for which nothing was read is out."""
        return {
            table: pl.concat(morceaux).sort("fichier", "ligne")
            for table, morceaux in self._tables.items()
            if morceaux
        }


def _refused(anomalies: pl.DataFrame) -> set[int]:
    """Files with a blocking anomaly."""
    return set(anomalies.filter(severite=BLOQUANTE)["fichier"].unique())
