-- Sum made once: the settings of a centre in each month; of two that hold, the later.
-- Source: cotisations sections 2 (réfaction) and 4 (reduced rate).
select p.cdg, p.parametre, m.mois, arg_max(p.valeur, p.debut) as valeur
from parametres_cdg p
join mois_vus m on tient(p.debut, p.fin, m.mois)
group by all
