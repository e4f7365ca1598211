"""How the program lists and explains its commands: by an analyst's day, in words instead of types."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

COMMAND_ORDER = {
    "Begin": ("init", "templates", "inputs", "new"),
    "Check and report": ("check", "report", "verify"),
    "Follow up": ("approve",),
    "Compare and choose": ("compare", "portfolio"),
    "Change the case itself": ("edit", "lab", "new-template", "schema"),
}
"""The commands in the order in which they are met, under the headings of `casebook --help`."""


class Command(TyperCommand):
    """A command whose help names what to write, and leaves out Python's types."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """The options, then each argument by its name: in brackets where it may be left out."""
        names = [_usage(param) for param in self.params if param.param_type_name == "argument"]
        return [self.options_metavar or "", *names]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Arguments and options, each with its help."""
        records: dict[str, list[tuple[str, str]]] = {"argument": [], "option": []}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None:
                is_argument = param.param_type_name == "argument"
                entry = (
                    (_name(param), record[1].removesuffix("[required]").strip()) if is_argument else record
                )
                records[param.param_type_name].append(entry)
        for heading, kind in (("Arguments", "argument"), ("Options", "option")):
            if records[kind]:
                with formatter.section(heading):
                    formatter.write_dl(records[kind])


class Group(TyperGroup):
    """All commands, in the order of the day."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names, those of the day first; a command that has no place there yet comes last."""
        placed = [name for names in COMMAND_ORDER.values() for name in names if name in self.commands]
        return [*placed, *sorted(self.commands.keys() - set(placed))]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """A section for each part of the day."""
        placed = {name for names in COMMAND_ORDER.values() for name in names}
        rest = tuple(name for name in self.list_commands(ctx) if name not in placed)
        width = max(len(name) for name in self.commands)
        for heading, names in {**COMMAND_ORDER, "More": rest}.items():
            rows = [
                (name.ljust(width), self.commands[name].get_short_help_str(formatter.width))
                for name in names
                if name in self.commands
            ]
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows)


class Program(typer.Typer):
    """A program whose commands explain themselves so."""

    def command(self, name: str | None = None, **settings: Any) -> Any:
        """Add a command, as in Typer."""
        return super().command(name, **{"cls": Command, **settings})


def _name(param: Any) -> str:
    return f"{param.metavar or param.name}{'...' if param.nargs != 1 else ''}"


def _usage(param: Any) -> str:
    return _name(param) if param.required else f"[{_name(param)}]"
