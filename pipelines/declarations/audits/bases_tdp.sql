-- Proves: the last wage return of an establishment and month is in the bases, whole, unless a DSN
-- counts for that month; and neither a return nor an estimation stands beside such a DSN.
-- Source: decisions X-05 (the last one counts, a usable DSN always wins).
with declares as (
    select distinct siret, mois_appel from declarations where statut = 'RETENUE'
), retours as (
    select siren, siret, mois_appel, depot, code_base, quantite
    from bases_tdp
    qualify numero_depot = max(numero_depot) over (partition by siret, mois_appel)
), comparees as (
    select siren, siret, mois_appel, depot, code_base, quantite as attendu, 0 as porte
    from retours
    anti join declares using (siret, mois_appel)
    union all
    select siren, siret, mois_appel, depot, code_base, 0, quantite
    from bases_sommees
    where source = 'TDP'
), ecarts as (
    select
        siren, siret, mois_appel, depot, code_base, sum(attendu)::bigint as attendu,
        sum(porte)::bigint as porte
    from comparees
    group by all
    having sum(attendu) <> sum(porte)
)
select * from ecarts
union all
select b.siren, b.siret, b.mois_appel, b.depot, b.code_base, 0, b.quantite::bigint
from bases_sommees b
semi join declares using (siret, mois_appel)
where b.source in ('TDP', 'ESTIMATION')
