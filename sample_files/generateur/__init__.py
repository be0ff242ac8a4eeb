"""Synthetic portfolios: companies, careers and their monthly DSN, the same bytes for a same seed.

Nobody and nothing in them is real: SIREN begin with 999, which the register has not reached, and
NIR carry a commune code from 990 to 998, which no commune has.

A number of one company is drawn from a stream of its own (`hasard`): adding a company to a
portfolio changes no byte of the files of the others.
"""
