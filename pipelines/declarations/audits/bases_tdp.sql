-- Proves: the last wage return in force of an establishment and month is in the bases, whole, unless a
-- usable DSN counts for that month; neither a return nor an estimation stands beside such a DSN; what
-- is said of a return is so. Source: decisions X-05, X-10 (the last one received counts, a usable DSN
-- always wins), C-05 (a cancellation declares nothing).
with declares as (
    select distinct siret, mois_appel
    from declarations
    where statut = 'RETENUE' and type in ('01', '02', '03', '05')
), retours as (
    select *, (recu_le, depot) = max((recu_le, depot)) over (partition by siret, mois_appel) as dernier
    from releves_tdp
), comparees as (
    select r.siren, r.siret, r.mois_appel, r.depot, b.code_base, b.quantite as attendu, 0 as porte
    from retours r
    anti join declares using (siret, mois_appel)
    join bases_tdp b on (b.depot, b.releve) = (r.depot, r.rang)
    where r.dernier
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
union all
select r.siren, r.siret, r.mois_appel, r.depot, r.statut, 0, 0
from retours r
left join declares d using (siret, mois_appel)
where r.dernier = (r.statut = 'REMPLACEE')
    or r.dernier and r.cdg is not null and (d.siret is not null) <> (r.statut = 'ECARTEE')
    or r.dernier and r.cdg is null and r.statut <> 'EN_ATTENTE'
