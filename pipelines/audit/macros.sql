-- The rounding of the house (decisions C-01, C-02): an integer ratio, once, a half away from zero.
create macro arrondi(numerateur, denominateur) as
    sign(numerateur)::hugeint
    * ((2 * abs(numerateur::hugeint) + denominateur::hugeint) // (2 * denominateur::hugeint));
-- First day of a month written AAAA-MM: the day at which a dated value is read for that month.
create macro premier_jour(mois) as try_cast(mois || '-01' as date);
-- Whether a row of the registry, known from `debut` to `fin`, holds in a month.
create macro tient(debut, fin, mois) as
    strftime(debut, '%Y-%m') <= mois and (fin is null or mois <= strftime(fin, '%Y-%m'));
-- Whether a dated value holds at the start of a month; `fin` is the day after its last one.
create macro vaut(debut, fin, mois) as
    debut <= premier_jour(mois) and (fin is null or premier_jour(mois) < fin);
-- Months since year 0: their differences count months.
create macro rang_mois(jour) as year(jour) * 12 + month(jour) - 1;
-- Whether a text shows a NIR, with or without its key, as a word.
create macro montre_nir(texte) as regexp_matches(
    texte,
    '\b[12][0-9]{2}(0[1-9]|1[0-2]|20|3[0-9]|4[0-2]|[5-9][0-9])(0[1-9]|[1-9][0-9]|2A|2B)[0-9]{6}([0-9]{2})?\b'
);
