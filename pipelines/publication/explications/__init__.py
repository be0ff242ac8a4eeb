"""Why each published amount is what it is: from the published tables down to the lines of the DSN.

`lecture` reads what is published, `lignes` and its neighbours compose and compute again (pure),
`texte` and `objets` tell it to a reader and to a program.
"""
