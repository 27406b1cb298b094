"""Running one program: arguments to an algorithm, and failures to exit codes and `output/failure`."""

from __future__ import annotations

import importlib
import os
import traceback
from typing import TYPE_CHECKING, Any

from trialbook.algorithms import catalog, container
from trialbook.algorithms.failures import AlgorithmError, ClientError, ProgramError, nearest, reason
from trialbook.algorithms.log import Log
from trialbook.algorithms.serving import Predictor, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

SERVE_SCRIPT = "serve-script"


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run `<name> train`, `<name> serve` or `serve-script`.

    Returns
    -------
    0 when the program ended well, 1 when it failed (`output/failure` and the log say why), 2 for wrong arguments.
    """
    if list(arguments) == [SERVE_SCRIPT]:
        scripts = importlib.import_module("trialbook.algorithms.scripts")
        return _run(lambda log: serve(scripts.load(environment), environment, log), environment, Log())
    names = [algorithm.name for algorithm in catalog.ALGORITHMS]
    if len(arguments) != 2 or arguments[0] not in names or arguments[1] not in {"train", "serve"}:
        hint = nearest(arguments[0], [*names, SERVE_SCRIPT]) if arguments else ""
        print(f"usage: python -m trialbook.algorithms {{{'|'.join(names)}}} {{train|serve}}, or serve-script.{hint}")
        return 2
    # Threads that wait for each other give the core away: spinning ones slow a busy machine many times.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    name, verb = arguments
    algorithm = catalog.by_name(name)
    log = Log(dated=algorithm.dated_log)
    if verb == "train":
        return _run(lambda log: _train(module_of(algorithm), environment, log), environment, log)
    return _run(lambda log: serve(loaded(name, environment), environment, log), environment, log)


def module_of(algorithm: catalog.Algorithm) -> Any:
    """Import the module of an algorithm.

    Raises
    ------
    AlgorithmError
        When this environment lacks a package that it needs.
    """
    try:
        return importlib.import_module(algorithm.module)
    except ImportError as error:
        message = (
            f"{algorithm.name} needs the package {error.name}, which this environment lacks (trialbook[jobs] has it)."
        )
        raise AlgorithmError(message) from error


def _train(module: Any, environment: Mapping[str, str], log: Log) -> None:
    given = container.read(environment)
    if len(given.hosts) > 1:
        sharded = [channel.name for channel in given.channels.values() if channel.sharded]
        if sharded:
            message = f'Channel "{sharded[0]}" is ShardedByS3Key over {len(given.hosts)} hosts; here one host trains:'
            message += " use FullyReplicated, or InstanceCount 1."
            raise ClientError(message)
        if given.host != given.hosts[0]:
            log.say(f"{given.hosts[0]} trains on all data; {given.host} has nothing to do.")
            return
    module.train(given, log)


def loaded(name: str, environment: Mapping[str, str]) -> Predictor:
    """Load the model of an algorithm from the folder that the environment names.

    Raises
    ------
    KeyError
        When there is no algorithm of that name.
    ProgramError
        When the model's files are not what they must be, or this environment lacks a package.
    """
    predictor: Predictor = module_of(catalog.by_name(name)).load(container.model_folder(environment), environment)
    return predictor


def _run(work: Callable[[Log], None], environment: Mapping[str, str], log: Log) -> int:
    try:
        work(log)
    except Exception as error:  # noqa: BLE001 (the one place where a failure becomes an exit code)
        text = reason(error)
        if not isinstance(error, ProgramError):
            log.fail(traceback.format_exc().rstrip())
        log.fail(text)
        failure = container.ml_root(environment) / "output" / "failure"
        failure.parent.mkdir(parents=True, exist_ok=True)
        failure.write_text(text + "\n", "utf-8")
        return 1
    return 0
