-- Proves: an account is that of a line in force that gives a new one, and each such line that is not
-- refused has its account, once: nothing of a test, of a file replaced, cancelled or set aside.
-- Source: design section 4 (nothing lost); decisions X-04, X-12.
with dites as (
    select siren, depot, rang
    from lignes_en_vigueur
    semi join (select depot, rang from comptes_lus where action = 'N') using (depot, rang)
    anti join (select depot, rang from constats_rib where severite = 'bloquante') using (depot, rang)
    anti join tenues using (siren)
    where nature = 'RIB' and statut = 'EN_VIGUEUR'
), comparees as (
    select siren, depot, rang, 1 as dite, 0 as ecrite
    from dites
    union all
    select siren, depot, rang, 0, 1
    from comptes_salaries
    anti join tenues using (siren)
)
select siren, depot, rang, sum(dite)::bigint as dite, sum(ecrite)::bigint as ecrite
from comparees
group by all
having sum(dite) <> 1 or sum(ecrite) <> 1
