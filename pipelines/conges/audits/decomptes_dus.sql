-- Proves: what a statement makes due, to the employee and to whom its lines are for, adds up to its gross;
-- what is transferred is its net, on its day. With the audit of amounts due, what is declared of each month
-- is what the ledger says. Source: L3241-1; choices L-47, L-50.
with sommes as (
    select siren, origine as decompte, sum(montant_centimes) as du,
        coalesce(sum(montant_centimes) filter (where mode = 'VIREMENT'), 0) as vire,
        max(execution) filter (where mode = 'VIREMENT') as execution
    from dus_conges
    group by all
)
select coalesce(d.siren, s.siren) as siren, coalesce(d.decompte, s.decompte) as decompte,
    d.brut_centimes::bigint as brut, s.du::bigint as du
from decomptes d
full join sommes s using (siren, decompte)
where coalesce(d.brut_centimes, 0) <> coalesce(s.du, 0)
    or coalesce(s.vire, 0) <> greatest(d.net_centimes, 0)
    or (s.vire > 0 and s.execution is distinct from d.date_paiement)
