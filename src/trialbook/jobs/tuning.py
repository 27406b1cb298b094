"""Tuning jobs: ask what to try, start a training job of it, tell how it ended; until there is enough.

A tuning job takes no slot: it waits for its training jobs, which are queued as all others. Its trials are in its
claim, in the commits that start and end them; after a restart a new search is told of them and goes on.
"""

from __future__ import annotations

import math
import secrets
from typing import TYPE_CHECKING, Any

from trialbook.errors import ValidationError
from trialbook.jobs import tuning_stops
from trialbook.jobs.failure import LONGEST, JobFailure
from trialbook.jobs.job import Left
from trialbook.jobs.program import every
from trialbook.model import Document, Kind
from trialbook.services import job_records, records, tuning_jobs
from trialbook.services.job_components import COMPONENT, RUN
from trialbook.services.job_states import Ending
from trialbook.services.tuning_ranges import Definition, definitions_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from trialbook.jobs.job import Job
    from trialbook.jobs.tuning_search import Search
    from trialbook.store.interface import Entity, Transaction

LOOK = 0.2
"""Seconds between two looks at the training jobs."""
STOPS = 1.0
"""Seconds between two looks at their objectives, for early stopping."""
HOPELESS = 5
"""Training jobs without an objective after which a tuning job gives up, when none had one."""
TRIALS = "_trials"
"""The member of a tuning job that ended which holds its trials, for later jobs that start from it."""


class Tuning:
    """The work of a tuning job."""

    slots = 0

    def run(self, job: Job) -> Ending:
        """Run one tuning job; go on where its trials are."""
        doc = job.document()
        try:
            definitions = definitions_of(doc)
        except ValidationError as error:  # it was recorded by a version with other rules
            raise JobFailure(f"ClientError: {error}") from None
        if "seed" not in job.state:
            seed = doc["HyperParameterTuningJobConfig"].get("RandomSeed", secrets.randbits(31))
            job.note(phase="running", seed=seed, began=job.call.now(), trials=[])
        return _Course(job, doc, definitions).run()


class _Course:
    """One tuning job in progress."""

    def __init__(self, job: Job, doc: Document, definitions: list[Definition]) -> None:
        self.job = job
        self.doc = doc
        self.definitions = definitions
        self.config: Document = doc["HyperParameterTuningJobConfig"]
        self.searches = self._make_searches()
        sizes = [search.size for search in self.searches]
        limits = self.config["ResourceLimits"]
        self.limit = int(limits.get("MaxNumberOfTrainingJobs") or sum(size or 0 for size in sizes) or 1)
        self.parallel = int(limits.get("MaxParallelTrainingJobs", 1))
        self.reason: str | None = None
        self._curves: dict[int, list[float]] = {}

    @property
    def trials(self) -> list[Document]:
        """The trials so far, as the claim keeps them."""
        found: list[Document] = self.job.state["trials"]
        return found

    def run(self) -> Ending:
        """Run it to its end."""
        look_at_objectives = every(STOPS, self._stop_early)
        while True:
            self._collect()
            running = [one for one in self.trials if not one.get("status")]
            why = self._why_stop()
            if why is None and len(self.trials) >= self.limit:
                why = "" if not running else None
            if why is not None:
                self._stop(running)
                if not running:
                    return self._ending()
            elif len(running) < self.parallel and len(self.trials) < self.limit:
                self._launch()
                continue
            look_at_objectives()
            if self.job.left.wait(LOOK):
                raise Left("the runner ends")

    def _why_stop(self) -> str | None:
        """Say why no more training jobs are to run; None while they are."""
        if self.reason is not None:
            return self.reason
        if self.job.stopped.is_set():
            self.reason = "stopped"
        seconds = self.config["ResourceLimits"].get("MaxRuntimeInSeconds")
        if seconds is not None and self.job.call.now() > self.job.state["began"] + seconds:
            self.reason = "runtime"
        ended = [one for one in self.trials if one.get("status")]
        values = [one["value"] for one in ended if one.get("value") is not None]
        if not values and len(ended) >= min(HOPELESS, self.limit):
            self.reason = "hopeless"
        if tuning_stops.enough(self.config, values, self.limit, maximize=self.definitions[0].maximize):
            self.reason = "enough"
        return self.reason

    def _make_searches(self) -> list[Search]:
        # Imported here: Optuna takes half a second, and a server may run no tuning job.
        try:
            from trialbook.jobs.tuning_search import Search
        except ModuleNotFoundError as error:
            raise JobFailure(
                f"ClientError: tuning needs {error.name}, which is not installed where the server runs: "
                "pip install 'trialbook[jobs]'"
            ) from error

        limits = self.config["ResourceLimits"]
        budget = int(limits.get("MaxNumberOfTrainingJobs") or 1) // len(self.definitions)
        told = self.config.get("StrategyConfig", {}).get("HyperbandStrategyConfig", {})
        resource = (int(told.get("MinResource", 1)), int(told.get("MaxResource", 27)))
        # A search that goes on must not draw again what it drew before.
        seed = int(self.job.state["seed"]) + len(self.trials)
        searches = [
            Search(one, self.config["Strategy"], (seed + number) % 2**31, budget, resource)
            for number, one in enumerate(self.definitions)
        ]
        for parent in self.doc.get("WarmStartConfig", {}).get("ParentHyperParameterTuningJobs", []):
            self._learn_from(parent, searches)
        for number, one in enumerate(self.trials):
            search = searches[one["definition"]]
            if not one.get("status"):
                search.again(self._key(number), one["tuned"])
            elif one.get("value") is not None:
                search.learn(one["tuned"], one["value"])
        return searches

    def _learn_from(self, told: Document, searches: list[Search]) -> None:
        parent = tuning_jobs.parent_of(self.job.call.store, self.job.call, told)
        for one in parent.get(TRIALS, []):
            if one.get("value") is not None:
                for search in searches:
                    search.learn(one["tuned"], one["value"])

    def _launch(self) -> None:
        number = len(self.trials)
        index = number % len(self.definitions)
        tuned = self.searches[index].ask(self._key(number))
        name = f"{self.doc['HyperParameterTuningJobName']}-{number + 1:03d}-{self.job.call.workspace.new_id()[:8]}"
        trials = [*self.trials, {"name": name, "definition": index, "tuned": tuned}]

        def act(tx: Transaction, entity: Entity) -> None:
            doc = records.document(entity)
            tuning_jobs.add_training_job(tx, self.job.call, doc, self.definitions[index], name, tuned)
            job_records.change_job(tx, self.job.call, entity, {**doc, **_counted(trials)})

        self.job.write(act, trials=trials)

    def _collect(self) -> None:
        """Take note of the training jobs that ended."""
        for number, one in enumerate(self.trials):
            if one.get("status"):
                continue
            training = self._training(one["name"])
            status = "Failed" if training is None else training["TrainingJobStatus"]
            if status not in job_records.FINAL:
                continue
            definition = self.definitions[one["definition"]]
            value = None if training is None else _objective(training, definition.metric)
            self.searches[one["definition"]].tell(self._key(number), value)
            ended = {
                **one,
                "status": status,
                "value": value if status != "Failed" else None,
                "seconds": (training or {}).get("TrainingTimeInSeconds", 0),
                "reason": (training or {}).get("FailureReason", "the training job was deleted"),
            }
            trials = [*self.trials[:number], ended, *self.trials[number + 1 :]]
            shown = {**_counted(trials), **self._best(trials)}
            self.job.change(lambda doc, shown=shown: {**doc, **shown}, trials=trials)  # type: ignore[misc]

    def _key(self, number: int) -> int:
        """Give a trial's number within its definition's search: the definitions take turns."""
        return number // len(self.definitions)

    def _training(self, name: str) -> Document | None:
        found = self.job.call.store.find(Kind.TRAINING_JOB, self.job.call.scope.key(name))
        return None if found is None else records.document(found)

    def _best(self, trials: list[Document]) -> Document:
        """Give BestTrainingJob: that of the best value among all trials."""
        valued = [one for one in trials if one.get("value") is not None]
        if not valued:
            return {}
        choose: Callable[..., Any] = max if self.definitions[0].maximize else min
        best = choose(valued, key=lambda one: one["value"])
        training = self._training(best["name"])
        if training is None:
            return {}
        summary = tuning_jobs.trial_summary(self.doc, training)
        name = self.definitions[best["definition"]].name
        shown = {**summary, **({"TrainingJobDefinitionName": name} if name else {})}
        kept = {member: shown[member] for member in _SUMMARY if member in shown}
        return {"BestTrainingJob": kept, "OverallBestTrainingJob": kept}

    def _stop(self, running: list[Document]) -> None:
        for one in running:
            if not one.get("told"):
                one["told"] = True
                self._stop_training(one["name"])

    def _stop_training(self, name: str) -> None:
        try:
            job_records.stop_job(self.job.call, Kind.TRAINING_JOB, name)
        except ValidationError:  # it ended meanwhile
            return

    def _stop_early(self) -> None:
        """Stop training jobs that fall behind."""
        hyperband = self.config["Strategy"] == "Hyperband"
        if not hyperband and self.config.get("TrainingJobEarlyStoppingType", "Off") != "Auto":
            return
        for number, one in enumerate(self.trials):
            if one.get("status") or one.get("told"):
                continue
            definition, values = self.definitions[one["definition"]], self._curve(number)
            if hyperband:
                search = self.searches[one["definition"]]
                behind = search.report(self._key(number), values)
            else:
                ended = [
                    self._curve(other)
                    for other, its in enumerate(self.trials)
                    if its.get("status") and its["definition"] == one["definition"]
                ]
                behind = tuning_stops.falls_behind(values, ended, maximize=definition.maximize)
            if behind:
                one["told"] = True
                self._stop_training(one["name"])

    def _curve(self, number: int) -> list[float]:
        """Give the objective of a trial's training job, one value an epoch."""
        if number in self._curves:
            return self._curves[number]
        one = self.trials[number]
        training = self._training(one["name"])
        if training is None:
            return []
        metric = self.definitions[one["definition"]].metric
        place = int(training.get(RUN) or training[COMPONENT])
        values = [float(value) for value in self.job.call.store.series(place, metric).value]
        if one.get("status"):
            self._curves[number] = values
        return values

    def _ending(self) -> Ending:
        trials = self.trials
        values = [one["value"] for one in trials if one.get("value") is not None]
        since = tuning_stops.not_improving(values, maximize=self.definitions[0].maximize)
        details = {"NumberOfTrainingJobsObjectiveNotImproving": since}
        members: Document = {
            **_counted(trials),
            **self._best(trials),
            "ConsumedResources": {"RuntimeInSeconds": int(sum(one.get("seconds", 0) for one in trials))},
            "TuningJobCompletionDetails": details,
            TRIALS: [{member: one.get(member) for member in ("name", "tuned", "value")} for one in trials],
        }
        if self.reason == "hopeless":
            first = next((one["reason"] for one in trials if one.get("reason")), "")
            reason = (
                f"ClientError: No objective metrics found after running {len(trials)} training jobs. Please ensure "
                "that the custom algorithm is emitting the objective metric as defined by the regular expression "
                f"provided. {trials[0]['name'] if trials else ''}: {first or 'it ended without the metric'}"
            )
            return Ending("Failed", reason[:LONGEST], members=members)
        return Ending("Stopped" if self.reason in {"stopped", "runtime"} else "Completed", members=members)


_SUMMARY = (
    "TrainingJobName",
    "TrainingJobArn",
    "TuningJobName",
    "CreationTime",
    "TrainingStartTime",
    "TrainingEndTime",
    "TrainingJobStatus",
    "TunedHyperParameters",
    "FailureReason",
    "FinalHyperParameterTuningJobObjectiveMetric",
    "ObjectiveStatus",
    "TrainingJobDefinitionName",
)


def _objective(training: Document, metric: str) -> float | None:
    for one in training.get("FinalMetricDataList", []):
        if one["MetricName"] == metric and math.isfinite(one["Value"]):
            return float(one["Value"])
    return None


def _counted(trials: list[Document]) -> Document:
    statuses = [one.get("status") for one in trials]
    ended = [one for one in trials if one.get("status")]
    succeeded = sum(one.get("value") is not None for one in ended)
    return {
        "TrainingJobStatusCounters": {
            "Completed": statuses.count("Completed"),
            "InProgress": statuses.count(None),
            "RetryableError": 0,
            "NonRetryableError": statuses.count("Failed"),
            "Stopped": statuses.count("Stopped"),
        },
        "ObjectiveStatusCounters": {
            "Succeeded": succeeded,
            "Pending": statuses.count(None),
            "Failed": len(ended) - succeeded,
        },
    }
