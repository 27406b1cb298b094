"""`trialbook clarify` and `trialbook drift`: bias and explanation reports from a configuration file."""

from __future__ import annotations

import importlib
import json
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trialbook.cli.figures import show, show_drift
from trialbook.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_model_url = click.option("--model-url", metavar="URL", help="Where the model answers, such as .../invocations.")
_predictor = click.option(
    "--predictor",
    metavar="MODULE:FUNCTION",
    help="A predict function: takes rows (n, features), gives one prediction a row.",
)


@click.command()
@click.argument("config", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.option(
    "--data",
    required=True,
    type=click.Path(exists=True, path_type=Path),
    help="The data set: a file, or a folder of files, in the format that CONFIG names.",
)
@click.option(
    "--out",
    default=Path("clarify"),
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where analysis.json and the reports go.",
)
@_model_url
@_predictor
@click.option("--quiet", is_flag=True, help="Print nothing but failures.")
def clarify(config: Path, data: Path, out: Path, model_url: str | None, predictor: str | None, quiet: bool) -> None:
    """Analyse a data set and a model as CONFIG, an analysis_config.json, says.

    Writes analysis.json, report.html, report.pdf, report.ipynb and explanations_shap/. When the model fails, what did
    not need it is written all the same, and the exit code is 1.
    """
    from trialbook.clarify.drift import read_analysis

    try:
        analyse(config, data, out, model_url, predictor, quiet=quiet)
    finally:
        if not quiet and (out / "analysis.json").exists():
            show(read_analysis(out), out)


@click.command()
@click.argument("baseline", type=click.Path(exists=True, path_type=Path))
@click.argument("current", required=False, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--data",
    type=click.Path(exists=True, path_type=Path),
    help="Analyse this later data set as the baseline was, instead of reading CURRENT.",
)
@click.option(
    "--limit",
    "limits",
    multiple=True,
    metavar="[METRIC=]NUMBER",
    help="How far bias metrics may move: all of them, or one (DI=0.2).  [default: 0.1]",
)
@click.option("--ndcg", default=0.9, show_default=True, help="Features rank as before while the NDCG is no less.")
@_model_url
@_predictor
@click.option("--json", "as_json", is_flag=True, help="Print the drift as JSON.")
def drift(
    baseline: Path,
    current: Path | None,
    data: Path | None,
    limits: tuple[str, ...],
    ndcg: float,
    model_url: str | None,
    predictor: str | None,
    as_json: bool,
) -> None:
    """Compare a later analysis with a BASELINE: two folders that `trialbook clarify` wrote, or their analysis.json.

    Exits with 1 when a bias metric moved further than it may, or the features no longer rank as they did.
    """
    from trialbook.clarify.drift import attribution_drift, bias_drift, importances, read_analysis

    if (current is None) == (data is None):
        message = "give CURRENT, an analysis to compare with, or --data, to make it now"
        raise UsageError(message)
    before = read_analysis(baseline)
    if current is not None:
        after = read_analysis(current)
    else:
        assert data is not None
        with tempfile.TemporaryDirectory() as folder:
            analyse(_config_beside(baseline), data, Path(folder), model_url, predictor, quiet=as_json)
            after = read_analysis(folder)
    found: dict[str, Any] = {}
    if any(section.endswith("bias_metrics") for section in before):
        found["bias"] = bias_drift(before, after, limit=_limits(limits))
    if "kernel_shap" in before.get("explanations", {}) and "kernel_shap" in after.get("explanations", {}):
        found["attributions"] = attribution_drift(importances(before), importances(after), limit=ndcg)
    if as_json:
        click.echo(json.dumps({name: one.to_dict() for name, one in found.items()}, indent=2))
    else:
        show_drift(found)
    if any(one.drifted for one in found.values()):
        raise SystemExit(1)


def analyse(
    config: Path, data: Path, out: Path, model_url: str | None, predictor: str | None, *, quiet: bool = False
) -> None:
    """Run an analysis with a progress bar."""
    from trialbook.clarify.analysis import run_analysis
    from trialbook.clarify.config import load_config
    from trialbook.clarify.dataset import read_dataset

    settled = load_config(config)
    try:
        dataset = read_dataset(settled, data)
        model = _model(settled.get("predictor", {}), dataset.features, model_url, predictor)
        with _progress(quiet) as advance:
            run_analysis(settled, dataset, model, out, progress=advance, name=data.name)
    except ModuleNotFoundError as error:
        message = f"{error.name} is not installed; what analyses need comes with pip install 'trialbook[clarify]'"
        raise UsageError(message) from error


def _model(
    settings: dict[str, Any], features: tuple[str, ...], url: str | None, function: str | None
) -> Callable[..., object] | None:
    if url is not None and function is not None:
        message = "give --model-url or --predictor, not both"
        raise UsageError(message)
    if url is not None:
        from trialbook.clarify.endpoint import EndpointModel, http_sender

        if "time_series_predictor_config" in settings:
            from trialbook.clarify.series import EndpointForecaster

            return EndpointForecaster(http_sender(url), settings)
        return EndpointModel(http_sender(url), settings, features)
    if function is not None:
        return _imported(function)
    if settings:
        message = "the configuration has a predictor: say where it answers with --model-url or --predictor"
        raise UsageError(message)
    return None


def _imported(text: str) -> Callable[..., object]:
    module, _, name = text.partition(":")
    if not name:
        message = f"--predictor {text!r} must be MODULE:FUNCTION, such as my_model:predict"
        raise UsageError(message)
    sys.path.insert(0, str(Path.cwd()))
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        message = f"--predictor {text}: {error}"
        raise UsageError(message) from error
    if not callable(found):
        message = f"--predictor {text} is not a function"
        raise UsageError(message)
    return found  # type: ignore[no-any-return]


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[str, int, int], None] | None]:
    """A bar for each part of the work, on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        tasks: dict[str, Any] = {}

        def advance(part: str, done: int, total: int) -> None:
            if part not in tasks:
                tasks[part] = bar.add_task(part, total=total)
            bar.update(tasks[part], completed=done, total=total)

        yield advance


def _config_beside(baseline: Path) -> Path:
    path = (baseline if baseline.is_dir() else baseline.parent) / "analysis_config.json"
    if not path.exists():
        message = f"{path} is not there: with --data the baseline is a folder that `trialbook clarify` wrote"
        raise UsageError(message)
    return path


def _limits(texts: tuple[str, ...]) -> Any:
    from trialbook.clarify.drift import BIAS_LIMIT

    limits: dict[str, float] = {}
    overall = BIAS_LIMIT
    for text in texts:
        key, _, value = text.rpartition("=")
        try:
            amount = float(value)
        except ValueError:
            message = f"--limit {text!r} must be a number, or METRIC=NUMBER as in DI=0.2"
            raise UsageError(message) from None
        if key:
            limits[key] = amount
        else:
            overall = amount
    return {**dict.fromkeys(_keys(), overall), **limits}


def _keys() -> list[str]:
    from trialbook.clarify.schema import POST_METHODS, PRE_METHODS

    return [*PRE_METHODS, *POST_METHODS]
