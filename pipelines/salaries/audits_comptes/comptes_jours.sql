-- Proves: two accounts of one employee of a company never serve on the same day; none serves before the
-- day asked for, nor ends before it begins. Source: exchange.md 6.2 (RB-003); decisions X-12, L-43.
with servent as (
    select siren, salarie, depot, rang, debut_demande, debut, coalesce(fin, date '9999-12-31') as fin
    from comptes_salaries
    where etat in ('VALABLE', 'A_CONFIRMER')
)
select a.siren, a.depot, a.rang, b.depot as autre_depot, b.rang as autre_rang
from servent a
join servent b
    on (a.siren, a.salarie) = (b.siren, b.salarie)
    and (a.depot, a.rang) < (b.depot, b.rang)
    and a.debut <= b.fin
    and b.debut <= a.fin
union all
select siren, depot, rang, null, null
from servent
where debut < debut_demande or fin < debut
