"""`trialbook console`: the link that opens the console, and a browser on it."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click

from trialbook.cli.background import find_server, start_server
from trialbook.cli.store_option import resolve_store, store_option
from trialbook.settings import Settings


@click.command()
@store_option
@click.option("--url", metavar="URL", help="The server's address; by default that of the background server.")
@click.option("--open", "browse", is_flag=True, help="Also open it in the web browser.")
def console(store: str | None, url: str | None, *, browse: bool) -> None:
    """Print the link that opens the console; starts a server in the background when none runs for the folder.

    The link carries a token, so keep it to yourself. It stays valid until `console-token` in the store folder is
    deleted and the server started again.
    """
    try:
        from trialbook.server.console.session import read_token
    except ModuleNotFoundError as error:
        raise click.ClickException(f"The console needs {error.name}: pip install 'trialbook[server]'.") from None
    resolved = resolve_store(store)
    if url is None:
        if "://" in resolved:
            raise click.UsageError("For a store in a database, say which server: --url http://127.0.0.1:8817.")
        served = find_server(Path(resolved)) or start_server(Path(resolved))[0]
        url = served.url
    link = f"{url.rstrip('/')}/?token={read_token(Settings(store=resolved))}"
    click.echo(link)
    if browse:
        webbrowser.open(link)
