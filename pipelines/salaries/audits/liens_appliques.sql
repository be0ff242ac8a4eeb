-- Proves: nothing stands under an identifier that designates another employee in that company, and
-- whom it designates is nobody else. Source: X-21; options passage_au_nir, changement_de_nir.
with lies as (
    select siren, identifiant, salarie from liens_salaries where etat = 'LIE'
)
select a.siren, 'LIENS' as nom, count(*)::bigint as lignes
from lies a
join lies b on (b.siren, b.identifiant) = (a.siren, a.salarie)
group by a.siren
union all
select siren, nom, sum(remplaces)::bigint
from retenues_sommees
where remplaces > 0
group by siren, nom
union all
select s.siren, 'SALARIES', count(*)::bigint
from salaries s
join lies l on (l.siren, l.identifiant) = (s.siren, s.salarie)
group by s.siren
union all
select b.siren, 'BASES', count(*)::bigint
from bases_entiere b
join lies l on (l.siren, l.identifiant) = (b.siren, b.salarie)
anti join tenues t on t.siren = b.siren
group by b.siren
