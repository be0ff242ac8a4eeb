-- Proves: a published call, and each of its lines, is still there as it was (what a column did not
-- exist to say may be completed). Source: decisions C-08 (a published call is never rewritten).
select p.siren, p.appel, null as mois_rattachement, null as cotisation, p.montant_centimes
from appels_avant p
left join appels a using (appel)
where a.appel is null
    or (a.siren, a.adherent, a.cdg, a.mois_appel, a.rang, a.nature, a.date_arrete,
        a.date_exigibilite, a.montant_centimes)
    <> (p.siren, p.adherent, p.cdg, p.mois_appel, p.rang, p.nature, p.date_arrete,
        p.date_exigibilite, p.montant_centimes)
    or a.groupe is distinct from p.groupe
    or a.reference_paiement <> coalesce(p.reference_paiement, p.appel)
union all
select p.siren, p.appel, p.mois_rattachement, p.cotisation, p.montant_centimes
from lignes_appel_avant p
left join lignes_appel l using (appel, mois_rattachement, cotisation)
where l.appel is null
    or (l.siren, l.cdg, l.mois_appel, l.rang, l.base_centimes, l.taux_ppm, l.montant_centimes)
    <> (p.siren, p.cdg, p.mois_appel, p.rang, p.base_centimes, p.taux_ppm, p.montant_centimes)
    or l.heures_centiemes is distinct from p.heures_centiemes
    or (l.base_brute_centimes, l.abattement_centimes, l.refaction_ppm, l.coefficient_ppm) <> (
        coalesce(p.base_brute_centimes, p.base_centimes), coalesce(p.abattement_centimes, 0),
        coalesce(p.refaction_ppm, 1000000), coalesce(p.coefficient_ppm, 1000000)
    )
