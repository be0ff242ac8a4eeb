"""The few controls that the language of conditions can't say, a module a family of blocks."""

from importlib import import_module
from pkgutil import iter_modules

from parsers.controles.particuliers.inscription import PARTICULIERS, particulier

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")  # each registers its functions

__all__ = ["PARTICULIERS", "particulier"]
