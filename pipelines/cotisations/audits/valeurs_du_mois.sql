-- Sum made once: rate, coefficient and reference wage of each contribution in each month, null when
-- none is known: a neighbour's value is never taken. A contribution that never had a coefficient has
-- 1. Source: cotisations sections 2 to 4; decisions, first paragraph, and C-04.
select
    c.cotisation, m.mois, t.valeur as taux_ppm, s.valeur as salaire_centimes,
    case when c.cotisation in (select code from valeurs_datees where serie = 'coefficient_ppm')
        then k.valeur else 1000000
    end as coefficient_ppm,
    c.cotisation in (select code from valeurs_datees where serie = 'taux_ppm') as tarifee
from (select distinct cotisation from cotisations_appelees) c
cross join mois_vus m
left join valeurs_datees t
    on t.code = c.cotisation and t.serie = 'taux_ppm' and vaut(t.debut, t.fin, m.mois)
left join valeurs_datees k
    on k.code = c.cotisation and k.serie = 'coefficient_ppm' and vaut(k.debut, k.fin, m.mois)
left join valeurs_datees s
    on s.code = c.cotisation and s.serie = 'salaire_reference_centimes'
    and vaut(s.debut, s.fin, m.mois)
