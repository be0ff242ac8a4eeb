-- Proves: a debit is the sum of its calls, positive, all of its company; it goes to one mandate and
-- day. Source: cotisations section 8 (payment groups: one payment for several calls).
with sommes as (
    select prelevement, siren, sum(montant_centimes) as appels_centimes, min(montant_centimes) as moindre
    from prelevements_appels
    semi join appels using (appel, siren)
    group by all
)
select
    coalesce(p.siren, s.siren) as siren, coalesce(p.prelevement, s.prelevement) as prelevement,
    p.montant_centimes, s.appels_centimes::bigint as appels_centimes
from prelevements p
full join sommes s using (prelevement, siren)
where p.montant_centimes is distinct from s.appels_centimes
    or s.moindre <= 0
union all
select siren, max(prelevement), null, count(*)
from prelevements
group by siren, rum, date_echeance
having count(*) > 1
