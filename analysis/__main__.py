"""What can an analyst run? ``python -m analysis index``, ``counts``, ``example``, ``rows``: files in and out."""

import os
from importlib import import_module

import click

from analysis.refusal import Refusal

# numpy starts as many threads for matrix products as there are cores, and there is no product here worth one:
# they would only cost start-up. Who sets the variable keeps it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

BAD_INPUT = 2
COMMANDS = ("counts", "example", "index", "rows")


class _Commands(click.Group):
    """Loads a command when it is called, and turns a refusal into its sentence on stderr and exit status 2.

    Only the command that runs is imported: reading a stranger's table must not wait for pandas.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's interface
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's interface
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"analysis.commands.{cmd_name}"), cmd_name)
        return command

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            click.echo(f"Không thực hiện được. {refusal}", err=True)
            ctx.exit(BAD_INPUT)


@click.group(cls=_Commands)
def main() -> None:
    """Tính chỉ số hài lòng từ tệp dữ liệu (score satisfaction indices from files)."""


if __name__ == "__main__":
    main()
