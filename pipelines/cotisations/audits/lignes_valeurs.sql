-- Proves: a new line shows the rate, the réfaction and the coefficient of its month.
-- Source: cotisations section 2 (rate in force in the month of attachment); decisions C-01, C-04.
select
    l.siren, l.appel, l.mois_rattachement, l.cotisation, l.taux_ppm, a.taux_ppm as taux_attendu,
    l.refaction_ppm, a.refaction_ppm as refaction_attendue,
    l.coefficient_ppm, a.coefficient_ppm as coefficient_attendu
from lignes_appel l
anti join appels_avant v using (appel)
join lignes_attendues a using (siren, cdg, mois_appel, mois_rattachement, cotisation)
where not a.attend
    and (l.taux_ppm, l.refaction_ppm, l.coefficient_ppm)
    <> (a.taux_ppm, a.refaction_ppm, a.coefficient_ppm)
