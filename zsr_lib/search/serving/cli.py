"""``zsr serve``."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from zsr_lib.errors import ZsrError
from zsr_lib.search.serving.limits import MOST

_EXAMPLES = """
\b
For example:
  zsr serve tiles.index
  zsr serve tiles.index --port 0 --open       (a free port; opens the browser)
  ssh -t -L 8765:localhost:8765 server zsr serve tiles.index     (an archive on another machine)
"""


@click.command(epilog=_EXAMPLES)
@click.argument("folder", type=click.Path(path_type=Path), metavar="INDEX")
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="0 takes a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("-k", "count", type=click.IntRange(1, MOST), default=20, show_default=True, help="How many are shown.")
@click.option("--open/--no-open", "show", default=False, show_default=True, help="Open the page in the browser.")
def serve(folder: Path, port: int, host: str, count: int, show: bool) -> int:
    """A page on this machine: draw, and see what INDEX holds that looks like it. Ctrl-C ends it.

    Nothing leaves this machine, and no other machine can see the page unless --host says so. What zsr index does to
    INDEX meanwhile is seen by the next search.
    """
    try:
        from zsr_lib.search.serving.running import address_of, is_local, listening, serving
    except ModuleNotFoundError as error:
        raise ZsrError(f"zsr serve needs {error.name}.", "install it: pip install 'zsr-lib[search]'.") from error

    async def run() -> None:
        """Listens until it is stopped."""
        sockets = listening(host, port)
        try:
            async with serving(folder, sockets, host, count):
                address = address_of(sockets, host)
                click.echo(f"{folder} is searched at {address} (Ctrl-C ends it)")
                if show:
                    click.launch(address)
                await asyncio.Event().wait()
        finally:
            for each in sockets:
                each.close()

    if not is_local(host):
        click.echo(
            f"zsr: warning: everybody who can reach {host} over the network can search {folder} and see its pictures "
            "and their names; there is no password.",
            err=True,
        )
    try:
        asyncio.run(run())
    except KeyboardInterrupt:
        click.echo("\nThe server has ended.")
    return 0
