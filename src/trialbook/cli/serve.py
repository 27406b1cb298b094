"""`trialbook serve`: the server in the foreground."""

from __future__ import annotations

import typing
from typing import Any

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
    default="process",
    show_default=True,
    help="What runs jobs: 'process' runs them on this machine, 'record' keeps them as records that are Completed at "
    "once.",
)
@click.option(
    "--job-slots",
    metavar="N",
    type=click.IntRange(0),
    default=0,
    help="Jobs that run at the same time. Default: one a processor.",
)
@click.option("--job-memory", metavar="MIB", type=click.IntRange(1), help="Memory that one job may use, in MiB.")
@click.option(
    "--job-seconds", metavar="S", type=click.FloatRange(1), help="The longest a job may run, whatever its request says."
)
@click.option(
    "--jobs-folder", metavar="DIR", help="Where the folders of running jobs lie. Default: jobs/ in the store folder."
)
@click.option(
    "--job-keep",
    metavar="S",
    type=click.FloatRange(0),
    default=86400.0,
    show_default=True,
    help="How long the folder of a failed job is kept, in seconds.",
)
@click.option(
    "--job-private/--no-job-private",
    default=True,
    help="Whether a job sees its own folder as /opt/ml, where the system can see to it. Default: it does.",
)
@click.option(
    "--job-confine/--no-job-confine",
    default=True,
    help="Whether a job can write to its own folder and /tmp alone, where the system can see to it. Default: it cannot "
    "write elsewhere.",
)
@click.option("--images", metavar="FILE", help="What serves which image. Default: images.toml in the store folder.")
@click.option(
    "--environments", metavar="DIR", help="Where environments for images are kept. Default: in the user's cache folder."
)
@click.option(
    "--describe-wait",
    metavar="S",
    type=click.FloatRange(0, 50),
    default=10.0,
    show_default=True,
    help="How long a describe call of a client that polls waits for a job's end, in seconds.",
)
@click.option(
    "--endpoint-start",
    metavar="S",
    type=click.FloatRange(1),
    default=300.0,
    show_default=True,
    help="How long a model's server may take to answer its first ping, in seconds.",
)
@click.option(
    "--endpoint-idle",
    metavar="S",
    type=click.FloatRange(1),
    default=1800.0,
    show_default=True,
    help="How long after its last request an endpoint's processes end; the next request starts them again.",
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
    **jobs: Any,
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
            **jobs,
        )
    )
