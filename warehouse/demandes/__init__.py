"""What companies ask for from their space: kept, shown, taken into the registry by the night.

`journal` keeps the requests, `inscriptions` says what one would change of the registry, `prise`
changes it.
"""
