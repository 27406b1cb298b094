"""`trialbook env`: print what points a shell at the server, for `eval "$(trialbook env)"`.

AWS clients need the endpoint, credentials and a region. The `sagemaker` SDK needs one thing more: it asks STS for the
account at an address of its own, unless a defaults file names its bucket; that file is written into the store folder.
With `--tls-proxy` the shell also sends https to amazonaws.com through the server's proxy, which covers the calls that
no setting can redirect (`get_execution_role()`, `account_id()`).
"""

from __future__ import annotations

import getpass
import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trialbook.cli.background import find_server
from trialbook.cli.store_option import resolve_store, store_option
from trialbook.services.sdk_defaults import write_defaults
from trialbook.settings import DEFAULT_ACCOUNT, DEFAULT_PORT, DEFAULT_REGION, STORE_FOLDER

if TYPE_CHECKING:
    from collections.abc import Mapping

CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI")
"""Any of these in the environment means that credentials are configured."""
LOCAL = "127.0.0.1,localhost"
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-[0-9]{1,2}")


def exports(
    folder: Path, url: str, region: str, account: str, tls_proxy: int | None, environ: Mapping[str, str]
) -> dict[str, str]:
    """Give the variables to set, by name. Writes the defaults file, and with a proxy the authority's certificate.

    Parameters
    ----------
    environ
        What is set already: credentials in it are left alone, exceptions from proxies are added to.
    """
    variables = {"AWS_ENDPOINT_URL": url, "AWS_REGION": region, "AWS_DEFAULT_REGION": region}
    if not any(environ.get(name) for name in CREDENTIALS):
        variables |= {"AWS_ACCESS_KEY_ID": access_key(), "AWS_SECRET_ACCESS_KEY": "trialbook"}
    variables["SAGEMAKER_USER_CONFIG_OVERRIDE"] = str(write_defaults(folder, region, account))
    if tls_proxy is not None:
        variables |= _proxy_exports(folder, tls_proxy, environ)
    return variables


def access_key() -> str:
    """Give the operating system's name of the user as an access key: the record says under it who did what."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError):  # a user id without a name, as in some containers
        name = "local"
    return re.sub(r"[^A-Za-z0-9_.-]", "-", name) or "local"


def _proxy_exports(folder: Path, port: int, environ: Mapping[str, str]) -> dict[str, str]:
    # Imported here: `cryptography` comes with the server extra, and recipe A needs none of it.
    try:
        from trialbook.server.authority import Authority
    except ModuleNotFoundError as error:
        raise click.ClickException(f"--tls-proxy needs {error.name}: pip install 'trialbook[server]'.") from None
    ca = str(Authority.open(folder.absolute() / "tls").ca)
    url = f"http://127.0.0.1:{port}"
    direct = environ.get("NO_PROXY") or environ.get("no_proxy") or ""
    missing = [name for name in LOCAL.split(",") if name not in direct.split(",")]
    exceptions = ",".join([*filter(None, [direct]), *missing])
    # Both spellings: where the lower-case one is set, Python's clients read it first.
    return {
        "HTTPS_PROXY": url,
        "https_proxy": url,
        "NO_PROXY": exceptions,
        "no_proxy": exceptions,
        "AWS_CA_BUNDLE": ca,
        "REQUESTS_CA_BUNDLE": ca,
    }


def statement(shell: str, name: str, value: str) -> str:
    """Give the statement that sets a variable in a shell: `sh`, `fish` or `powershell`."""
    if shell == "powershell":
        quoted = value.replace("'", "''")
        return f"$env:{name} = '{quoted}'"
    if shell == "fish":
        quoted = value.replace("\\", "\\\\").replace("'", "\\'")
        return f"set -gx {name} '{quoted}'"
    return f"export {name}={shlex.quote(value)}"


def _region(ctx: click.Context, param: click.Parameter, value: str | None) -> str:  # noqa: ARG001 (click's signature)
    region = value or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or DEFAULT_REGION
    if not _REGION.fullmatch(region):
        raise click.BadParameter(f"'{region}' is not the name of an AWS region, such as {DEFAULT_REGION}.")
    return region


def _account(ctx: click.Context, param: click.Parameter, value: str) -> str:  # noqa: ARG001 (click's signature)
    if not (value.isascii() and value.isdigit() and len(value) == 12):
        raise click.BadParameter(f"'{value}' is not an AWS account id: expected 12 digits, such as {DEFAULT_ACCOUNT}.")
    return value


@click.command("env")
@store_option
@click.option("--url", help="The server. Default: the one that runs in the background, else the default port.")
@click.option("--region", callback=_region, help=f"Default: as the environment says, else {DEFAULT_REGION}.")
@click.option("--account", default=DEFAULT_ACCOUNT, show_default=True, callback=_account, help="The server's account.")
@click.option(
    "--tls-proxy",
    metavar="PORT",
    type=click.IntRange(1, 65535),
    help="Also use the HTTPS proxy that `trialbook serve --tls-proxy PORT` runs.",
)
@click.option(
    "--shell",
    type=click.Choice(["sh", "fish", "powershell"]),
    default="sh",
    show_default=True,
    help="Whose statements to print; sh is for bash and zsh too.",
)
def command(store: str | None, url: str | None, region: str, account: str, tls_proxy: int | None, shell: str) -> None:
    r"""Print the settings that point AWS clients in this shell at Trialbook.

    \b
        eval "$(trialbook env)"                                                sh, bash, zsh
        trialbook env --shell fish | source                                    fish
        trialbook env --shell powershell | Out-String | Invoke-Expression      PowerShell
    """
    resolved = resolve_store(store)
    folder = Path(STORE_FOLDER) if "://" in resolved else Path(resolved)
    served = find_server(folder)
    where = url or (served.url if served else f"http://127.0.0.1:{DEFAULT_PORT}")
    before = os.environ.get("SAGEMAKER_USER_CONFIG_OVERRIDE")
    variables = exports(folder, where.rstrip("/"), region, account, tls_proxy, os.environ)
    for name, value in variables.items():
        click.echo(statement(shell, name, value))
    if before and before != variables["SAGEMAKER_USER_CONFIG_OVERRIDE"]:
        click.echo(f"SAGEMAKER_USER_CONFIG_OVERRIDE was '{before}'; its settings do not hold in this shell.", err=True)
