-- Sum made once: the months that a base, a line or a declaration names.
select mois, premier_jour(mois) as jour
from (
    select distinct mois_rattachement as mois from bases_sommees
    union
    select distinct mois_appel from bases_sommees
    union
    select distinct mois_rattachement from lignes_appel
    union
    select distinct mois_appel from declarations
)
where mois is not null
