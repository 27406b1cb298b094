"""Answering invocations: which deployment is current, its variants kept alive, requests passed to their processes.

One idea: **the endpoint's document says what serves**, and any server over the store can serve it. A server starts a
deployment's processes when the endpoint is created or updated, or when the first request comes; it ends them when the
document names another deployment, when the endpoint is gone, or when nobody asked for long.
"""

from __future__ import annotations

import logging
import random
import shutil
import threading
import time
from typing import TYPE_CHECKING

from trialbook.errors import CodedError
from trialbook.jobs.deployments import Deployment
from trialbook.jobs.failure import JobFailure
from trialbook.jobs.passing import pass_on
from trialbook.jobs.serving_process import ServingProcess
from trialbook.jobs.variants import Retired
from trialbook.model import Kind
from trialbook.names import Scope
from trialbook.services.context import Call
from trialbook.services.endpoint_states import DEPLOYMENT, PENDING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trialbook.jobs.serving_recipe import Kitchen
    from trialbook.model import Document
    from trialbook.services.context import Workspace
    from trialbook.services.hosting import Invocation, Reply
    from trialbook.store.interface import Entity

LOOK = 0.5
"""Seconds between two looks at what runs."""
HEALTH = 10.0
DRAIN = 70.0
"""Seconds that a replaced deployment has to answer what it was asked: a request may take 60."""
START_WAIT = 55.0
"""Seconds that a request waits for processes that are started on demand: AWS's clients give up after 60."""
_TRIES = 4

log = logging.getLogger("trialbook.jobs")


class Hosting:
    """The deployments of one server. Thread-safe."""

    def __init__(self, workspace: Workspace, url: str, kitchen: Kitchen, folder: Path) -> None:
        self._workspace = workspace
        self._url = url
        self._kitchen = kitchen
        self._folder = folder
        self._deployments: dict[str, Deployment] = {}
        self._replaced: set[str] = set()
        self._lock = threading.Lock()
        self._woken = threading.Event()
        self._closed = threading.Event()
        self._retiring: list[threading.Thread] = []
        self._thread = threading.Thread(target=self._work, name="trialbook-hosting", daemon=True)

    def start(self) -> None:
        """Take up what an earlier server left, and begin to look after what runs."""
        self._thread.start()

    def close(self) -> None:
        """End all processes; they come back on demand with the next server."""
        self._closed.set()
        self._woken.set()
        if self._thread.ident is not None:
            self._thread.join(5)
        with self._lock:
            deployments, self._deployments = list(self._deployments.values()), {}
        enders = [
            threading.Thread(target=variant.retire, args=(0.0,), daemon=True)
            for one in deployments
            for variant in one.variants.values()
        ]
        for one in deployments:
            one.capture.write(one.call, at_once=True)
        for thread in enders:
            thread.start()
        for thread in enders:
            thread.join(4)

    def wake(self) -> None:
        """Say that an endpoint was changed or removed."""
        self._woken.set()

    def deployment(self, call: Call, endpoint: Entity, plan: Document) -> Deployment:
        """Give a deployment of an endpoint, cold when it is new here. Raises `Retired` when it was replaced."""
        with self._lock:
            if plan["id"] in self._replaced:
                raise Retired
            found = self._deployments.get(plan["id"])
            if found is None:
                folder = self._folder / f"{plan['id']}"
                found = Deployment(self._kitchen, call, self._url, endpoint, folder, plan)
                self._deployments[found.id] = found
            return found

    def discard(self, deployment: Deployment, drain: float = 0.0) -> None:
        """Retire a deployment in the background."""
        with self._lock:
            if self._deployments.pop(deployment.id, None) is None:
                return
            self._replaced.add(deployment.id)
            thread = threading.Thread(target=deployment.retire, args=(drain,), name="trialbook-drain", daemon=True)
            self._retiring = [one for one in self._retiring if one.is_alive()]
            self._retiring.append(thread)
            thread.start()

    def invoke(self, call: Call, name: str, invocation: Invocation) -> Reply:
        """Send a request to the variant that is to answer it; see `services.hosting.Host`."""
        for _ in range(_TRIES):
            entity = call.store.find(Kind.ENDPOINT, call.scope.key(name))
            doc = (entity.doc or {}) if entity is not None else {}
            plan = doc.get(DEPLOYMENT)
            if entity is None:
                break
            if plan is None:
                raise CodedError(
                    "ValidationError",
                    f"Endpoint {name} was recorded by an earlier version and serves nothing: UpdateEndpoint deploys "
                    "it.",
                )
            if not plan["variants"]:
                raise CodedError("ValidationError", f"Endpoint {name} has no variant with a model.")
            try:
                deployment = self.deployment(call, entity, plan)
                variant = deployment.choose(doc, invocation.variant, random.random())  # noqa: S311 (a weight)
                reply = pass_on(call, name, variant, invocation, START_WAIT)
                deployment.capture.take(call, invocation, reply, random.random())  # noqa: S311 (a share)
                return reply
            except Retired:
                continue
            except JobFailure as failure:
                message = f"The model of variant {variant.name} of endpoint {name} cannot be started: {failure}"
                raise CodedError(
                    "ModelError", message, 424, {"OriginalStatusCode": 500, "OriginalMessage": str(failure)}
                ) from None
            except TimeoutError:
                message = f"The model of variant {variant.name} of endpoint {name} is being started: ask again soon."
                raise CodedError("ModelNotReadyException", message, 429) from None
        raise CodedError("ValidationError", f"Endpoint {name} is gone.")

    def _work(self) -> None:
        self._take_up()
        health_at = time.monotonic() + HEALTH
        while not self._closed.is_set():
            self._woken.wait(LOOK)
            self._woken.clear()
            health = time.monotonic() >= health_at
            if health:
                health_at = time.monotonic() + HEALTH
            for deployment in self._held():
                try:
                    self._look_after(deployment, health=health)
                except Exception:
                    if not self._closed.is_set():
                        log.warning("looking after deployment %s failed", deployment.id, exc_info=True)
                        self._closed.wait(LOOK)

    def _look_after(self, deployment: Deployment, *, health: bool) -> None:
        if self._closed.is_set():
            return
        found = self._workspace.store.find(Kind.ENDPOINT, deployment.key)
        if found is None or found.id != deployment.endpoint or deployment.id not in _current(found.doc or {}):
            self.discard(deployment, DRAIN)
            return
        deployment.capture.write(deployment.call)
        for variant in deployment.variants.values():
            variant.ship()
            if health and not variant.in_use:
                variant.check_health()
            variant.revive()
            variant.cool(self._workspace.settings.endpoint_idle)

    def _held(self) -> list[Deployment]:
        with self._lock:
            return list(self._deployments.values())

    def _take_up(self) -> None:
        """Adopt the processes of a server that was killed, and remove the folders of deployments that are no more."""
        plans = {}
        for entity in _endpoints(self._workspace):
            plan = (entity.doc or {}).get(DEPLOYMENT)
            for one in _plans(entity.doc or {}):
                plans[one["id"]] = (entity, one, one is plan)
        folders = list(self._folder.iterdir()) if self._folder.is_dir() else []
        for folder in folders:
            try:
                if folder.name not in plans:
                    _remove(folder)
                    continue
                entity, one, current = plans[folder.name]
                if current:
                    account, region = str((entity.doc or {})["_scope"]).split("/", 1)
                    call = Call(self._workspace, Scope(account, region), "endpoint", f"endpoint-{entity.id}")
                    for variant in self.deployment(call, entity, one).variants.values():
                        variant.adopt()
            except Exception:
                log.warning("the deployment in %s could not be taken up", folder, exc_info=True)


def _plans(doc: Document) -> list[Document]:
    found = [doc.get(DEPLOYMENT), doc.get(PENDING, {}).get(DEPLOYMENT)]
    return [plan for plan in found if plan is not None]


def _current(doc: Document) -> set[str]:
    return {str(plan["id"]) for plan in _plans(doc)}


def _endpoints(workspace: Workspace) -> Iterator[Entity]:
    for entity in workspace.store.changes(0, [Kind.ENDPOINT], limit=1_000_000):
        if entity.doc is not None:
            yield entity


def _remove(folder: Path) -> None:
    """End what still runs of a deployment that is no more, and remove its folder."""
    for container in folder.glob("variant-*/container-*"):
        process = ServingProcess.find(container)
        if process is not None:
            process.kill()
            process.wait(5)
    shutil.rmtree(folder, ignore_errors=True)
