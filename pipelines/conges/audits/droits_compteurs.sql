-- Proves: the main leave and the fifth week are the legal days of the rights, 24 at most in the main leave; what is
-- left of a counter is what was acquired less what was taken. Source: rules of leave 5.3.
with acquis as (
    select salarie, exercice,
        sum(acquis_centiemes) filter (where compteur in ('PRINCIPAL', 'CINQUIEME')) as legaux,
        sum(acquis_centiemes) filter (where compteur = 'PRINCIPAL') as principal
    from compteurs_conges
    group by salarie, exercice
)
select d.siren, d.exercice, d.jours_legaux::bigint as jours, a.legaux::bigint as acquis
from droits d
left join acquis a using (salarie, exercice)
where a.legaux is distinct from d.jours_legaux * 100 or a.principal is distinct from least(2400, a.legaux)
union all
select d.siren, c.exercice, c.acquis_centiemes::bigint, c.reste_centiemes::bigint
from compteurs_conges c
left join droits d using (salarie, exercice)
where d.exercice is null or least(c.acquis_centiemes, c.pris_centiemes) < 0
