-- Proves: the rights of a leave year are those of its certificates in force, all of them issued; time within the
-- twelve months, thirty days at most. Source: L-11, rules of leave 2.1, 2.2 and 7.
with sommes as (
    select salarie, exercice, sum(brut_centimes) as brut, bool_and(nature <> 'INTERMEDIAIRE') as emis
    from certificats_entiere
    where en_vigueur
    group by salarie, exercice
)
select d.siren, d.exercice, d.brut_centimes::bigint as brut, s.brut::bigint as certificats
from droits d
left join sommes s using (salarie, exercice)
where s.brut is distinct from d.brut_centimes or s.emis is distinct from true
union all
select siren, exercice, mois_retenus_fractions::bigint, jours_legaux::bigint
from droits
where jours_legaux not between 0 and 30 or mois_retenus_fractions < 0
    or mois_travail_fractions + mois_maladie_fractions > 12 * 7020000
