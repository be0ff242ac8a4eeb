-- Proves: every line in force of the wage returns is settled, once, with the bases and hours of its
-- file, and no other is: nothing of a test, of a file replaced, cancelled or set aside.
-- Source: design section 4 (nothing lost); decisions X-04, X-12.
with en_vigueur as (
    select siren, depot, rang
    from lignes_en_vigueur
    anti join tenues using (siren)
    where nature = 'TDP' and statut = 'EN_VIGUEUR' and depot not in (select depot from depots_ecartes)
), comparees as (
    select e.siren, e.depot, e.rang, 1 as lus, 0 as ranges, coalesce(r.hours_temp, 0) as quantite
    from en_vigueur e
    join releves_lus r using (depot, rang)
    union all
    select e.siren, e.depot, e.rang, 0, 0, b.base
    from en_vigueur e
    join bases_relevees b on (b.depot, b.ligne) = (e.depot, e.rang)
    union all
    select siren, depot, rang, 0, 1, 0
    from releves_tdp
    anti join tenues using (siren)
    union all
    select siren, depot, releve, 0, 0, -quantite
    from bases_tdp
    anti join tenues using (siren)
)
select
    siren, depot, rang, sum(lus)::bigint as lus, sum(ranges)::bigint as ranges,
    sum(quantite)::bigint as ecart
from comparees
group by all
having sum(lus) <> 1 or sum(ranges) <> 1 or sum(quantite) <> 0
