-- Sum made once: the bases by what the audits look at, so that they are read one time.
select
    depot, rang_declaration, siren, siret, cdg, mois_appel, mois_rattachement, code_base, source,
    statut, motif, manque, sum(quantite) as quantite, count(*) as nombre
from bases
group by all
