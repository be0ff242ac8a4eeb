"""The word of another person on a reprocessing, by Airflow's human-in-the-loop screens.

Airflow takes the answer of anyone who may answer: what is answered is recorded as a decision, and
an answer that the decision refuses (by the author, without a reason, too late) is asked again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Param

if TYPE_CHECKING:
    from airflow.sdk import Context

APPROUVER, REFUSER = "Approuver", "Refuser"
ATTENTE = timedelta(days=7)
REPRISE = timedelta(seconds=10)  # an answer that comes as the task goes to wait may end it
MOTIF = Param("", type="string", maxLength=500, title="Motif", description="Obligatoire.")


class Accord(HITLOperator):
    """Shows a request, waits for the answer of another person, records it; refusal in the end."""

    template_fields = (*HITLOperator.template_fields, "demande")

    def __init__(self, *, demande: Any, **autres: Any) -> None:  # noqa: ANN401 - as Airflow's
        del autres["params"]  # Airflow gives those of the DAG
        super().__init__(
            subject="",
            options=[APPROUVER, REFUSER],
            defaults=REFUSER,
            params={"motif": MOTIF},
            response_timeout=ATTENTE,
            execution_timeout=None,  # the wait has its own
            retry_delay=REPRISE,
            **autres,
        )
        self.demande = demande

    def execute(self, context: Context) -> str | None:
        """Write what is asked, then wait; a try that comes after the answer has nothing to ask."""
        from pipelines.ordonnancement import retraitements

        suite = retraitements.find_suite(self.demande)
        if suite is not None:
            return suite
        self.subject, self.body = retraitements.describe_demande(self.demande)
        super().execute(context)
        return None  # never reached: the wait is an exception of Airflow

    def execute_complete(self, context: Context, event: dict[str, Any]) -> str | None:
        """Record the answer, or wait for another one; what became of the request."""
        from pipelines.ordonnancement import retraitements
        from warehouse.decisions import DecisionRefusee

        reponse = super().execute_complete(context, event)
        try:
            return retraitements.decider(
                self.demande,
                approuve=reponse["chosen_options"] == [APPROUVER],
                par=(reponse["responded_by_user"] or {}).get("name"),
                motif=reponse["params_input"].get("motif", ""),
                instant=reponse["responded_at"],
            )
        except DecisionRefusee as refus:
            self.log.warning("Réponse refusée : %s.", refus)
        return self.execute(context)
