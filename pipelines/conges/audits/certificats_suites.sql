-- Proves: an employment has one certificate in force a leave year; one that replaces another names it, and that
-- one is no longer in force; nothing is more than whole, nor worked after the end; an employee sees all but the
-- provisional one, on a day. Source: choices L-26 and L-65.
select siren, min(certificat) as certificat, exercice, count(*)::bigint as nombre
from certificats
where en_vigueur
group by salarie, siren, cdg, exercice, debut
having count(*) > 1
union all
select c.siren, c.certificat, c.exercice, null
from certificats c
left join certificats avant on avant.certificat = c.remplace
where c.remplace is not null and avant.en_vigueur is distinct from false
union all
select siren, certificat, exercice, completude::bigint
from certificats
where completude not between 0 and 100 or (debut > fin and mois_presence_fractions > 0)
    or (completude = 100) <> (mois_manquants is null)
    or mois_assimiles_fractions > mois_travail_fractions
    or (visible_le is null) <> (nature = 'INTERMEDIAIRE')
