"""The command line in French: what its library writes of its own, help and mistakes.

Commands and groups are made by `Application`, in place of `typer.Typer`. The library names
parameters by their types and writes in English; here each says what to write (`FICHIER`,
`AAAA-MM-JJ`), and a mistake says what was read and what to write instead.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import typer
from typer._click import Command, Context, HelpFormatter, Parameter
from typer._click.exceptions import NoArgsIsHelpError, UsageError
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption, _TyperParameter

from cli.fautes import tell_faute

F = TypeVar("F", bound=Callable[..., Any])
COUPEE = re.compile(r"(?<!\n)\n(?!\n)")  # an end of line within a paragraph
AIDE = "Montrer cette aide."
COMMANDE = "COMMANDE [ARGUMENTS]..."
# What an option takes, by the type of its parameter.
VALEURS = {"str": "TEXTE", "int": "N", "Path": "CHEMIN", "datetime": "AAAA-MM-JJ", "bool": ""}
# Fixed texts of the module of the library that draws help and mistakes.
TEXTES = {
    "ARGUMENTS_PANEL_TITLE": "Arguments",
    "OPTIONS_PANEL_TITLE": "Options",
    "COMMANDS_PANEL_TITLE": "Commandes",
    "ERRORS_PANEL_TITLE": "Erreur",
    "ABORTED_TEXT": "Abandonné.",
    "DEFAULT_STRING": "[sinon : {}]",
    "ENVVAR_STRING": "[variable : {}]",
    "REQUIRED_LONG_STRING": "[obligatoire]",
    "RICH_HELP": "L'aide : [blue]{command_path} {help_option}[/]",
}


class Refus(UsageError):  # noqa: N818 - a French word, as every domain name
    """A mistake, told in French."""


class Argument(TyperArgument):
    """An argument, whose name says what it is: its type is told of a closed list alone."""

    def display_type_rich(self, ctx: Context) -> str | None:
        """The codes of its list."""
        return self.display_type(ctx) if self.type_descriptor.is_choice else None


class _EnFrancais(Command):
    """What commands and groups have in common."""

    def get_params(self, ctx: Context) -> list[Parameter]:
        """The parameters, each named by what is to be written."""
        parametres = super().get_params(ctx)
        for parametre in parametres:
            if isinstance(parametre, _TyperParameter):
                _name(parametre)
        return parametres

    def format_usage(self, ctx: Context, formatter: HelpFormatter) -> None:
        """How the command is written."""
        ecriture = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, ecriture, prefix="Usage : ")

    def format_help(self, ctx: Context, formatter: HelpFormatter) -> None:
        """The whole help, the lines of a paragraph put together."""
        _translate()
        self.help = COUPEE.sub(" ", inspect.cleandoc(self.help or ""))
        super().format_help(ctx, formatter)

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: Context | None = None,
        **extra: Any,  # noqa: ANN401 - what the library hands over
    ) -> Context:
        """What was written, read; Refus when it cannot be."""
        with _told():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: Context) -> Any:  # noqa: ANN401 - whatever the command gives back
        """What the command does; Refus when it finds that what was written makes no sense."""
        with _told():
            return super().invoke(ctx)


class Commande(_EnFrancais, TyperCommand):
    """A command."""


class Groupe(_EnFrancais, TyperGroup):
    """A group of commands."""

    def collect_usage_pieces(self, ctx: Context) -> list[str]:
        """What follows its name."""
        return [*super().collect_usage_pieces(ctx)[:-1], COMMANDE]


class Application(typer.Typer):
    """`typer.Typer`, in French."""

    def __init__(
        self,
        *,
        help: str,  # noqa: A002 - as the library names it
        name: str | None = None,
        no_args_is_help: bool = True,
    ) -> None:
        super().__init__(
            cls=Groupe,
            name=name,
            help=help,
            no_args_is_help=no_args_is_help,
            add_completion=False,
            pretty_exceptions_show_locals=False,
        )

    def command(self, name: str | None = None) -> Callable[[F], F]:  # type: ignore[override]
        """As that of `typer.Typer`, by its name alone."""
        return super().command(name, cls=Commande)


def _name(parametre: _TyperParameter) -> None:
    """Say what it takes where nothing says it; idempotent."""
    if isinstance(parametre, TyperArgument):
        parametre.__class__ = Argument  # the library makes them, of its own class
        parametre.metavar = (parametre.metavar or parametre.name.upper()).removesuffix("...")
    elif parametre.metavar is None and not parametre.type_descriptor.is_choice:
        type_ = parametre.bare_type().removeprefix("list[").removesuffix("]")
        parametre.metavar = VALEURS.get(type_, type_)
    if isinstance(parametre, TyperOption) and parametre.name == "help":
        parametre.help = AIDE


@contextmanager
def _told() -> Iterator[None]:
    """A mistake that the library tells, told again in French."""
    try:
        yield
    except (Refus, NoArgsIsHelpError):
        raise
    except UsageError as faute:
        _translate()
        raise Refus(tell_faute(faute), faute.ctx) from faute


def _translate() -> None:
    """Its drawing module takes time to load: translated when it is about to be used."""
    from typer import rich_utils

    for nom, texte in TEXTES.items():
        setattr(rich_utils, nom, texte)
