"""What a scheduler needs before its first run: its tables, our DAGs, the pools that they name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from cli.airflow.environnement import (
    BASE,
    SQLITE,
    compute_variables_services,
    migrate_base,
)
from cli.airflow.executeur import count_coeurs, read_places_grappe
from warehouse.reglages import Reglages

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag

PAR_DEFAUT = "default_pool"  # Airflow makes it itself
# A pool that is not here has one place: slow, and safe. Two receptions wait for each other anyway.
PLACES = {"sftp": 2, "calcul": count_coeurs(), "publication": 1}


class DagIllisible(RuntimeError):  # noqa: N818 - named in French
    """A file of `dags/` cannot be read: the scheduler would ignore it."""


def prepare() -> dict[str, int]:
    """Make the database of this environment ready; places of each pool that the DAGs name.

    Done again, it changes nothing: a pool that exists keeps the places an operator gave it.
    CalledProcessError when the database cannot be migrated, DagIllisible.
    """
    migrate_base()
    return _create_pools(_record_dags())


def _record_dags() -> set[str]:
    """Write our DAGs in the database, so that they can be started at once; the pools they name."""
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.dag_processing.dagbag import BundleDagBag, sync_bag_to_db

    gestion = DagBundlesManager()  # type: ignore[no-untyped-call]
    gestion.sync_bundles_to_db()
    pools: set[str] = set()
    for lot in gestion.get_all_dag_bundles():
        lot.initialize()
        sac = BundleDagBag(lot.path, bundle_path=lot.path, bundle_name=lot.name)
        _check_read(sac.import_errors)
        sync_bag_to_db(sac, lot.name, lot.version)
        pools |= read_pools(sac)
    return pools


def read_pools(sac: DagBag) -> set[str]:
    """Pools that the tasks of these DAGs name."""
    return {tache.pool for dag in sac.dags.values() for tache in dag.tasks} - {PAR_DEFAUT}


def _check_read(erreurs: Mapping[str, str]) -> None:
    if erreurs:
        raise DagIllisible(f"DAG illisible : {', '.join(sorted(erreurs))}")


def read_places(reglages: Reglages) -> dict[str, int]:
    """Places of the pools of a scheduler; none when it was never prepared, or does not answer.

    Nothing is made: a base that is a file and is not there is not opened.
    """
    variables = compute_variables_services(reglages)
    base = variables[BASE]
    if base.startswith(SQLITE) and not Path(base.removeprefix(SQLITE)).is_file():
        return {}
    os.environ.update(variables)
    with suppress(SQLAlchemyError):
        from airflow.models.pool import Pool
        from airflow.utils.session import create_session

        with create_session() as session:
            lus = session.execute(select(Pool.pool, Pool.slots).where(Pool.pool != PAR_DEFAUT))
            return {str(nom): places for nom, places in lus}
    return {}


def _create_pools(noms: Iterable[str]) -> dict[str, int]:
    from airflow.models.pool import Pool
    from airflow.utils.session import create_session

    neuves = PLACES | read_places_grappe(os.environ)
    with create_session() as session:
        places = {}
        for nom in sorted(noms):
            connu = Pool.get_pool(nom, session=session)
            places[nom] = connu.slots if connu else neuves.get(nom, 1)
            if connu is None:
                Pool.create_or_update_pool(
                    nom,
                    places[nom],
                    description="nommé par les DAG de Caisse",
                    include_deferred=False,
                    session=session,
                )
    return places
