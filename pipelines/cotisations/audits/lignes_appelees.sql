-- Sum made once: what the calls of a month say together of each line; the sum over the calls of a
-- month equals a computation from scratch. Source: decisions C-02, C-08.
select
    siren, cdg, mois_appel, mois_rattachement, cotisation,
    sum(coalesce(heures_centiemes, base_brute_centimes)) as quantite,
    sum(base_brute_centimes) as base_brute_centimes,
    sum(base_centimes) as base_centimes,
    sum(abattement_centimes) as abattement_centimes,
    sum(montant_centimes) as montant_centimes,
    arg_max(taux_ppm, rang) as taux_ppm
from lignes_appel
group by all
