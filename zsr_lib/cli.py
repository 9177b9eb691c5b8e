"""The command ``zsr``. Each room brings its own commands; this table says where they are."""

import importlib
import sys

import click

from zsr_lib import __version__
from zsr_lib.errors import UnknownNameError, ZsrError, printable

# Imported only when called, so that `zsr --help` does not wait for torch.
COMMANDS = {
    "data": ("zsr_lib.data.cli", "data", "List, prepare and look at data sets."),
    "evaluate": ("zsr_lib.evaluation.cli", "evaluate", "Score anyone's codes by fully named metrics."),
    "compare": ("zsr_lib.experiments.compare_cli", "compare", "Paired comparison of two systems."),
    "run": ("zsr_lib.experiments.cli", "run", "Run an experiment: fit, audit, evaluate, record."),
    "rescore": ("zsr_lib.experiments.cli", "rescore", "Score a finished run otherwise, without training."),
    "table": ("zsr_lib.experiments.tables_cli", "table", "Tables of the experiments that were run."),
    "verify": ("zsr_lib.experiments.verify_cli", "verify", "Make stored runs again, and compare."),
    "submit": ("zsr_lib.experiments.submit_cli", "submit", "Score anyone's codes under a named task, with a record."),
    "published": ("zsr_lib.reporting.published.cli", "published_command", "What others report, with its caveats."),
    "show": ("zsr_lib.experiments.tables_cli", "show", "Everything about one run."),
    "index": ("zsr_lib.search.cli", "index", "Index a folder of pictures, or bring its index up to date."),
    "search": ("zsr_lib.search.searching_cli", "search", "Find the pictures that are nearest to a sketch."),
    "info": ("zsr_lib.search.info_cli", "info", "What an index holds, and how it was made."),
    "calibrate": ("zsr_lib.search.info_cli", "calibrate", "Measure what the scores of an index mean, with labels."),
    "serve": ("zsr_lib.search.serving.cli", "serve", "A local page: draw, and see what an index holds."),
    "book": ("zsr_lib.book.cli", "book", "Execute the chapters and build the pages."),
    "doctor": (
        "zsr_lib.doctor",
        "doctor",
        "Check this machine; for each problem, the command that mends it.",
    ),
}


class LazyGroup(click.Group):
    """A click group whose commands are imported on first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command:
        """Imports the room that owns command `name`.

        Raises:
            UnknownNameError: No such command.
        """
        if name not in COMMANDS:
            raise UnknownNameError("command", name, COMMANDS)
        module, attribute, _ = COMMANDS[name]
        return getattr(importlib.import_module(module), attribute)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the one-line helps from the table, without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="zsr")
def cli() -> None:
    """Zero-shot sketch-based retrieval: data, systems, evaluation, and the book that checks its numbers."""


def main(arguments: list[str] | None = None) -> None:
    """Runs the command line; expected failures print what to do and exit with status 2."""
    try:
        sys.exit(cli.main(args=arguments, prog_name="zsr", standalone_mode=False) or 0)
    except ZsrError as error:
        click.echo(printable(f"zsr: error: {error}"), err=True)
        sys.exit(2)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (KeyboardInterrupt, click.Abort):
        click.echo("\nzsr: stopped. What was finished is kept; run the same command again to go on.", err=True)
        sys.exit(130)
