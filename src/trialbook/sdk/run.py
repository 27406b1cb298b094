"""`Run`: what a training script says of itself. Arguments and methods are those of `sagemaker.experiments.Run`.

Every call writes to the run's spool and returns; a thread ships. So a run starts with no server there, no fault of the
tracker reaches the training, and what a call took is kept whatever happens to the process.
"""

from __future__ import annotations

import contextlib
import operator
import os
import time
from typing import TYPE_CHECKING, Any

from trialbook.sdk import ending, job
from trialbook.sdk.artifacts import PREFIX, quiet
from trialbook.sdk.capture.choice import Choice, Given, choose
from trialbook.sdk.clarify import ClarifyLog
from trialbook.sdk.ending import FINISH_SECONDS
from trialbook.sdk.parameters import clean, parameters_of
from trialbook.sdk.predictions import PredictionLog
from trialbook.sdk.run_reading import RunReading
from trialbook.sdk.shipping import shipper
from trialbook.sdk.spool import Spool
from trialbook.sdk.tagging import LONGEST_NAME, Tags, shown_name, tag_list, tags_or_none
from trialbook.sdk.target import Target
from trialbook.sdk.warning import warn_finished, warn_once

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

    from trialbook.model import Document
    from trialbook.sdk.capture.watch import Capture

Change = dict[str, object]

NAME_BASE = "run"
GROUP_TEMPLATE = "Default-Run-Group-{}"
_RANKS = ("RANK", "OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID")
_STATES = {
    "completed": "Completed",
    "finished": "Completed",
    "failed": "Failed",
    "stopped": "Stopped",
    "killed": "Stopped",
}


class Run(PredictionLog, ClarifyLog, RunReading):
    """One run: parameters, metrics and artifacts of one training.

    Parameters
    ----------
    experiment_name
        The experiment it belongs to, made when it is not there.
    run_name
        Made up when not given. A run of that name is loaded and continued.
    experiment_display_name, run_display_name
        Names to show, for what is made.
    tags
        For what is made: a mapping, or a list of `{"Key": ..., "Value": ...}`.
    sagemaker_session
        Taken so that a changed import is a whole migration; not used.
    artifact_bucket, artifact_prefix
        Where artifacts go; by default the account's bucket and `trial-component-artifacts`.
    group
        The run group; by default the experiment's own.
    parent
        The run (or the name of its trial component) that this one is a part of.
    notes, hypothesis
        Markdown, kept with the run.
    resume
        None loads or makes the run; "must" fails when it is not there, "never" when it is. Both ask the store; one
        that does not answer is warned of, and the run goes on.
    reopen
        False adds to a run that has ended and leaves its status and its times as they are: a report made later, say.
    begin
        False for a run that is only read: then it begins when something is logged.
    seed
        The random seed that the training uses, kept as the parameter `seed` (of several: `seed/<name>`), by which
        runs that differ in nothing else are grouped. It is kept, not set.
    capture
        What is recorded of the process: True (all but environment variables), False, or names of parts, as text
        (`"git,console"`, `"-packages"`, `"system=5"`), list or mapping. By default TRIALBOOK_CAPTURE, else True.
        Parts: git, command, packages, host, seeds, system, console, env.
    fork_of
        What `fork` gives: `run`, a trial component, and `step`.
    store, region
        Where to, when not by TRIALBOOK_URL, TRIALBOOK_STORE or the nearest `.trialbook` folder.

    Raises
    ------
    ValueError
        For an empty name, names that are longer than 119 characters together, or when `resume` does not hold.
    """

    def __init__(
        self,
        experiment_name: str,
        run_name: str | None = None,
        experiment_display_name: str | None = None,
        run_display_name: str | None = None,
        tags: Tags = None,
        sagemaker_session: object = None,
        artifact_bucket: str | None = None,
        artifact_prefix: str | None = None,
        *,
        group: str | None = None,
        parent: Run | str | None = None,
        notes: str | None = None,
        hypothesis: str | None = None,
        resume: str | None = None,
        store: str | None = None,
        region: str | None = None,
        reopen: bool = True,
        begin: bool = True,
        seed: int | Mapping[str, int] | None = None,
        fork_of: Mapping[str, object] | None = None,
        capture: Given = None,
    ) -> None:
        del sagemaker_session
        self.experiment_name = _name(experiment_name, "experiment_name")
        self.run_name = _name(
            run_name or f"{NAME_BASE}-{time.strftime('%Y%m%d-%H%M%S')}-{os.urandom(3).hex()}", "run_name"
        )
        self.run_group_name = (
            f"{self.experiment_name}-{clean(group)}" if group else GROUP_TEMPLATE.format(self.experiment_name)
        )[:LONGEST_NAME]
        self.component = f"{self.experiment_name}-{self.run_name}"
        if len(self.component) > LONGEST_NAME:
            raise ValueError(
                f"experiment_name and run_name are {len(self.component) - 1} characters together; "
                f"{LONGEST_NAME - 1} is the most."
            )
        self._target = Target.of_environment(store, region)
        self._bucket, self._prefix = artifact_bucket, artifact_prefix or PREFIX
        self._start: Document = {
            "component": self.component,
            "experiment": self.experiment_name,
            "experiment_display": shown_name(experiment_display_name),
            "trial": self.run_group_name,
            "trial_display": shown_name(group),
            "component_display": shown_name(run_display_name) or self.run_name,
            "tags": tags_or_none(tags),
            "parent": parent.component if isinstance(parent, Run) else parent,
            "fork": fork_of,
        }
        self._spool: Spool | None = None
        self._reopen = reopen
        self._leads = reopen
        self._depth = 0
        self._choice = capture if isinstance(capture, Choice) else choose(capture)
        self._capture: Capture | None = None
        if resume is not None:
            self._check_resume(resume)
        if begin:
            self._open()
        if notes is not None or hypothesis is not None:
            self.note(notes=notes, hypothesis=hypothesis)
        if seed is not None:
            self.log_parameters({"seed": seed})

    # How a run begins and ends

    def _open(self) -> Spool:
        rank = next((os.environ[one] for one in _RANKS if one in os.environ), None)
        head = {"run": self._start, "target": self._target._asdict(), **({"rank": rank} if rank is not None else {})}
        fork = self._start["fork"] or {}
        first = 0 if fork.get("step") is None else fork["step"] + 1
        spool = Spool(self._target.spools, head, reopened=ending.ship_forked, first_step=first)
        self._leads = self._reopen and rank in {None, "0"}
        self._spool = spool
        # The quick functions take the place of the methods of their names.
        vars(self)["log_metric"] = spool.recorder.log_metric
        vars(self)["log_metrics"] = spool.recorder.log_metrics
        if self._leads:
            self._change({"begin": time.time()})
        with quiet("shipping"):  # a system without room for a thread: what is logged stays in the spool
            shipper().add(spool)
        ending.watch(self)
        if self._choice.parts:
            self._begin_capture(spool, rank)
        return spool

    def _begin_capture(self, spool: Spool, rank: str | None) -> None:
        from trialbook.sdk.capture.watch import Capture

        def keep(path: Path, name: str, media_type: str) -> None:
            spool.note(
                {"change": self._upload_change(spool, path, name, name, media_type, {"output": False, "shared": True})}
            )

        with quiet("capture"):
            self._capture = Capture(spool, self._choice, rank, keep)
            self._capture.begin()

    def finish(self, status: str = "Completed", message: str | None = None, *, timeout: float = FINISH_SECONDS) -> bool:
        """End the run and wait until the store has all of it.

        Parameters
        ----------
        status
            Completed, Failed or Stopped.
        timeout
            Seconds to wait.

        Returns
        -------
        Whether the store has it. If not, it is shipped later: by this process, by the next one, or `trialbook sync`.
        """
        spool = self._spool
        if spool is None or spool.closed or spool.pid != os.getpid():
            return True
        state = _STATES.get(str(status).lower())
        if state is None:
            warn_once(
                "status", f"Trialbook knows no status {status!r}: it took Stopped. There are {set(_STATES.values())}."
            )
        capture, self._capture = self._capture, None
        if capture is not None:
            capture.end()
        if self._leads:
            told = {"status": state or "Stopped", "message": clean(message or ""), "time": time.time()}
            self._change({"end": told})
        spool.close()
        ending.forget(self)
        try:
            arrived = shipper().flush(spool, timeout)
        finally:
            if capture is not None:
                capture.release()
        shipper().settle(spool)
        if arrived:
            self._recover_children()
        return arrived

    def fail(self, error: BaseException) -> bool:
        """End the run with an exception: its line is the status, its traceback the artifact `traceback.txt`.

        A KeyboardInterrupt stops the run rather than failing it.
        """
        line, trace = ending.describe_error(error)
        if isinstance(error, KeyboardInterrupt):
            return self.finish("Stopped", "Interrupted from the keyboard.")
        if self._spool is not None and not self._spool.closed:
            self.log_text(trace, "traceback.txt")
        return self.finish("Failed", line)

    def close(self) -> None:
        """Wait until the store has what was logged."""
        self.flush()

    def flush(self, timeout: float = FINISH_SECONDS) -> bool:
        """Wait until the store has what was logged; False when it does not within `timeout` seconds."""
        return self._spool is None or shipper().flush(self._spool, timeout)

    def _recover_children(self) -> None:
        """Ship what forked processes of this run left when they ended."""
        from trialbook.sdk.recovery import recover_for

        with contextlib.suppress(Exception):
            if any(self._target.spools.glob("w-*")):
                recover_for(self._target, self._target.transport(), self.component)

    def _check_resume(self, resume: str) -> None:
        from trialbook.errors import ApiError, NotFoundError, TrialbookError

        if resume not in {"must", "never"}:
            raise ValueError(f"resume is {resume!r}; it must be None, 'must' or 'never'.")
        there = True
        try:
            self._target.transport().call("run", {"name": self.component})
        except (TrialbookError, OSError) as error:
            if not isinstance(error, ApiError) or error.code != NotFoundError.code:
                warn_once("resume", f"Trialbook could not check resume={resume!r}: {error} The run goes on.")
                return
            there = False
        if there != (resume == "must"):
            fact = "is there already" if there else "does not exist"
            raise ValueError(
                f"Run '{self.run_name}' of experiment '{self.experiment_name}' {fact} (resume={resume!r})."
            )

    def __enter__(self) -> Run:
        if self._spool is None or self._spool.closed:
            self._open()
        self._depth += 1
        _stack.append(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        del kind, trace
        self._depth -= 1
        with contextlib.suppress(ValueError):
            _stack.remove(self)
        if self._depth:
            return
        if error is None or (isinstance(error, SystemExit) and error.code in {None, 0}):
            self.finish()
        else:
            self.fail(error)

    def __getstate__(self) -> object:
        raise NotImplementedError("A Run belongs to its process: use load_run in the other one.")

    def __repr__(self) -> str:
        return f"Run(experiment_name={self.experiment_name!r}, run_name={self.run_name!r})"

    @property
    def experiment_config(self) -> dict[str, str]:
        """What a SageMaker job takes as ExperimentConfig to log to this run.

        Waits until the store knows the run, for a job that names one which is not there is refused.
        """
        self.flush()
        return {"ExperimentName": self.experiment_name, "TrialName": self.run_group_name, "RunName": self.component}

    # What a run says

    def log_metric(self, name: str, value: float, timestamp: object = None, step: int | None = None) -> None:
        """Log one point of a series.

        Parameters
        ----------
        value
            Anything that is a float; NaN and infinities are kept.
        timestamp
            A datetime or epoch seconds; by default now.
        step
            By default one more than the step before, from 0. Late and repeated steps are kept too.
        """
        self._opened().recorder.log_metric(name, value, timestamp, step)

    def log_metrics(self, metrics: Mapping[str, object], step: int | None = None, timestamp: object = None) -> None:
        """Log a point each of several series. Nested mappings become names with slashes (`train/loss`)."""
        self._opened().recorder.log_metrics(metrics, step, timestamp)

    def define_metric(self, name: str, x: str) -> None:
        """Say which metric is the x axis of another; both are logged with the same steps."""
        with quiet("define_metric"):
            self._change({"note": {"axes": {clean(name): clean(x)}}})

    def log_parameter(self, name: str, value: object) -> None:
        """Set a parameter. Numbers stay numbers; anything else is kept as text."""
        self.log_parameters({name: value})

    def log_parameters(self, parameters: Mapping[str, object]) -> None:
        """Set parameters. Nested mappings become names with slashes (`model/depth`)."""
        with quiet("log_parameters"):
            self._change({"update": {"Parameters": parameters_of(parameters)}})

    def add_tags(self, tags: Tags) -> None:
        """Add tags, or give those of the same key new values."""
        with quiet("add_tags"):
            self._change({"tags": tag_list(tags)})

    def note(self, *, notes: str | None = None, hypothesis: str | None = None) -> None:
        """Keep Markdown notes, or the hypothesis, in place of the ones before."""
        given = {"notes": notes, "hypothesis": hypothesis}
        self._change({"note": {key: clean(value) for key, value in given.items() if value is not None}})

    # What a run can be asked

    def fork(self, step: int | None = None, run_name: str | None = None, **options: Any) -> Run:
        """Begin a run that continues this one's series.

        Parameters
        ----------
        step
            The last step that it takes over; None takes all. Its own steps go on from there when none are given.
        run_name, options
            As for `Run`; the experiment is this run's, unless another is named.

        Returns
        -------
        The new run. It begins with copies of this run's parameters and points (those of `system.` excepted), and
        `describe()["forked"]` says where they are from.

        Raises
        ------
        ValueError
            `step` is no whole number.
        """
        self.flush()
        options.setdefault("experiment_name", self.experiment_name)
        options.setdefault("store", self._target.store)
        options.setdefault("region", self._target.region)
        options.setdefault("capture", self._choice)
        try:
            place = None if step is None else operator.index(step)
        except TypeError:
            raise ValueError(f"step is {step!r}; it must be a whole number, or None for all.") from None
        return Run(run_name=run_name, fork_of={"run": self.component, "step": place}, **options)

    # How it says it

    def _opened(self) -> Spool:
        return self._spool if self._spool is not None else self._open()

    def _change(self, change: Change) -> None:
        spool = self._opened()
        if spool.closed:
            warn_finished()
        elif any(change.values()):
            with quiet("Run"):
                spool.note({"change": change})


def load_run(
    run_name: str | None = None,
    experiment_name: str | None = None,
    sagemaker_session: object = None,
    artifact_bucket: str | None = None,
    artifact_prefix: str | None = None,
    tags: Tags = None,
) -> Run:
    """Give a run to log more to: the named one, else that of the `with` block around, else that of the job around.

    Raises
    ------
    ValueError
        A run name without its experiment.
    RuntimeError
        Nothing is named, and there is no run or job around.
    """
    if run_name and not experiment_name:
        raise ValueError(f"load_run(run_name={run_name!r}) needs the experiment_name too.")
    if run_name and experiment_name:
        return Run(experiment_name, run_name, None, None, tags, sagemaker_session, artifact_bucket, artifact_prefix)
    if _stack:
        return _stack[-1]
    config = job.experiment_config()
    if config is None:
        raise RuntimeError("There is no run to load: name one, or call load_run within `with Run(...)` or a job.")
    experiment = config["ExperimentName"]
    name = config["RunName"].removeprefix(f"{experiment}-")
    return Run(experiment, name, None, None, tags, sagemaker_session, artifact_bucket, artifact_prefix)


def current_run() -> Run | None:
    """Give the run of the innermost `with` block."""
    return _stack[-1] if _stack else None


_stack: list[Run] = []


def _name(name: str, what: str) -> str:
    if not isinstance(name, str) or not name.strip():
        raise ValueError(f"{what} is {name!r}; it must be text.")
    return clean(name)
