"""`trialbook serve`: the server in the foreground."""

from __future__ import annotations

import typing

import click

from trialbook.cli.store_option import resolve_store, store_option
from trialbook.settings import DEFAULT_ACCOUNT, DEFAULT_PORT, LOOPBACK, LauncherName, Settings


def _account(ctx: click.Context, param: click.Parameter, value: str) -> str:  # noqa: ARG001 (click's signature)
    if not (value.isascii() and value.isdigit() and len(value) == 12):
        raise click.BadParameter(f"'{value}' is not an AWS account id: expected 12 digits, such as {DEFAULT_ACCOUNT}.")
    return value


@click.command()
@store_option
@click.option(
    "--objects",
    metavar="DIR|URL",
    help="Where objects lie: a folder, or an s3://, gs:// or az:// URL. Default: in the store folder.",
)
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="The address to listen on. Only loopback until keys exist."
)
@click.option(
    "--port",
    default=DEFAULT_PORT,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="The port; 0 takes a free one.",
)
@click.option(
    "--launcher",
    type=click.Choice(typing.get_args(LauncherName)),
    default="record",
    show_default=True,
    help="What runs jobs: 'record' keeps them as records that are Completed at once.",
)
@click.option("--aws-limits", is_flag=True, help="Enforce SageMaker's own quotas, name patterns and search limits.")
@click.option(
    "--account",
    default=DEFAULT_ACCOUNT,
    show_default=True,
    callback=_account,
    help="The AWS account id that ARNs carry.",
)
@click.option(
    "--tls-proxy",
    metavar="PORT",
    type=click.IntRange(0, 65535),
    help="Also run an HTTPS proxy that answers for *.amazonaws.com on this port.",
)
def serve(
    store: str | None,
    objects: str | None,
    host: str,
    port: int,
    launcher: LauncherName,
    aws_limits: bool,
    account: str,
    tls_proxy: int | None,
) -> None:
    """Serve the SageMaker API and Trialbook's own on one port, over one store.

    Ctrl-C or SIGTERM ends it cleanly; kill -9 loses nothing that was acknowledged.
    """
    if host not in LOOPBACK:
        raise click.BadParameter(
            f"'{host}' is reachable from other machines, which needs access keys, and this version has none yet: "
            "listen on 127.0.0.1 and reach it through an SSH tunnel.",
            param_hint="--host",
        )
    # Imported here: the server's packages are an extra, and `--help` needs none of them.
    try:
        from trialbook.server.run import run
    except ModuleNotFoundError as error:
        raise click.ClickException(f"The server needs {error.name}: pip install 'trialbook[server]'.") from None
    run(
        Settings(
            store=resolve_store(store),
            objects=objects,
            host=host,
            port=port,
            launcher=launcher,
            aws_limits=aws_limits,
            account=account,
            tls_proxy=tls_proxy,
        )
    )
