"""`trialbook verify`: was this data used? Files are hashed here; their bytes do not travel."""

from __future__ import annotations

import datetime as dt
import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trialbook.cli.store_option import store_option
from trialbook.errors import ApiError, TrialbookError, UsageError
from trialbook.sdk.reading import open_reading

if TYPE_CHECKING:
    from trialbook.model import Document

MOST_SENT = 8 << 20
"""Characters of row sketches in one request; the server takes 16 MiB in all."""
CODES = {"unused": 0, "used": 1, "undecided": 2}


@click.command()
@click.argument("what", metavar="PATH|s3://URI|HASH")
@store_option
@click.option("--seen-only", is_flag=True, help="Decide although there are jobs whose inputs were never seen.")
@click.option("--no-rows", is_flag=True, help="Do not compare rows of tables.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def verify(what: str, store: str | None, *, seen_only: bool, no_rows: bool, as_json: bool) -> None:
    """Say whether data was read by any job or run: by content, under any name, whole, in part, or row by row.

    A local file or folder is hashed here and only hashes are sent. Exits with 0 when it was not used, 1 when it was,
    2 when that could not be decided or something went wrong.
    """
    try:
        request: Document = {**_question(what, rows=not no_rows), "ignore_unseen": seen_only}
        answer = open_reading(store).call("verify", request)
    except (TrialbookError, OSError) as error:
        # A script must not take a failure for an answer: 1 says that the data was used.
        click.echo(f"trialbook: {error.message if isinstance(error, ApiError) else error}", err=True)
        sys.exit(CODES["undecided"])
    if as_json:
        click.echo(json.dumps(answer, indent=2))
    else:
        _print(answer)
    sys.exit(CODES[answer["decision"]])


def _question(what: str, *, rows: bool) -> Document:
    from trialbook.services import contents

    if "://" in what:
        return {"uri": what}
    path = Path(what).expanduser()
    if path.exists():
        return _of_path(path, rows=rows)
    if contents.parse(what) is not None:
        return {"hash": what}
    raise UsageError(f"'{what}' is no file or folder here, no s3:// URI, and no SHA-256 or content identity.")


def _of_path(path: Path, *, rows: bool) -> Document:
    from trialbook.services import contents

    if path.is_file():
        return {"files": [_file(path, path.name, rows=rows)], "name": path.name}
    paths = contents.files_below(path)
    if not paths:
        raise UsageError(f"'{path}' holds no files.")
    with click.progressbar(paths, label="Hashing", file=sys.stderr if sys.stderr.isatty() else io.StringIO()) as shown:
        files = [_file(one, one.relative_to(path).as_posix(), rows=rows) for one in shown]
    return {"files": _within(files), "name": str(path), "folder": True}


def _within(files: list[Document]) -> list[Document]:
    """Shrink row sketches to what one request may hold; comparisons are then of samples, and answers say so."""
    from trialbook.services import row_sketches

    tables = [one for one in files if "rows" in one]
    if sum(len(one["rows"].get("Hashes", "")) for one in tables) > MOST_SENT:
        most = max(MOST_SENT // (12 * len(tables)), 16)
        for one in tables:
            one["rows"] = row_sketches.shrunk(one["rows"], most)
    return files


def _file(path: Path, name: str, *, rows: bool) -> Document:
    from trialbook.services import contents, row_sketches

    sha256, size = contents.hash_file(path)
    told: Document = {"name": name, "sha256": sha256, "size": size}
    if rows and row_sketches.kind_of(name) is not None:
        told["rows"] = row_sketches.document(path, name)
    return told


def _print(answer: Document) -> None:
    click.echo(answer["summary"])
    if answer["asked"]["content"]:
        click.echo(f"  content  {answer['asked']['content']}")
    for finding in answer["findings"]:
        click.echo(f"\n{finding['relation']}: {finding['text']}")
        for use in finding["uses"]:
            click.echo(f"  {_use(use)}")
        if finding["count"] > len(finding["uses"]):
            click.echo(f"  ... {finding['count'] - len(finding['uses'])} more")
    if answer["unchecked"]:
        click.echo("\nNot checked:")
        for one in answer["unchecked"]:
            click.echo(f"  {one['what']}: {one['why']}")
    elif answer["tables"]:
        click.echo(f"\nRows were compared with {answer['tables']} tables.")


def _use(use: Document) -> str:
    by = use["by"]
    when = f"{dt.datetime.fromtimestamp(use['time'], dt.UTC):%Y-%m-%d %H:%M:%SZ}" if use["time"] else "at some time"
    run = f", run {by['run']}" if by.get("run") else ""
    served = "".join(f"; then {one['type']} {one['name']}" for one in use["downstream"])
    name = f" as {use['name']}" if use["name"] else ""
    return f"{when}  {use['direction']}{name}: {by['type']} {by['name']}{run} ({by.get('status')}){served}"
