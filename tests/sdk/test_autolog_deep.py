"""Lightning, Keras and Transformers, against stand-ins that follow their documented interfaces."""

from __future__ import annotations

import importlib
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from tests.sdk.autologging import artifacts, faked, logged, told

import trialbook
from trialbook import Run


@pytest.fixture(autouse=True)
def libraries(store: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the stand-ins be found."""
    yield from faked(monkeypatch)


class Module:
    """A Lightning module."""

    hparams: ClassVar = {"lr": 0.1, "layers": [8, 8]}

    def training_step(self, batch: int) -> float:
        return 1.0 / (batch + 1)


class Arguments:
    """Training arguments of Transformers."""

    output_dir = "/tmp/out"

    def to_dict(self) -> dict[str, Any]:
        return {"learning_rate": 1e-4, "seed": 42, "output_dir": self.output_dir, "nothing": None}


class Net:
    """A model of Transformers."""

    class config:  # noqa: N801 - an attribute of that name
        @staticmethod
        def to_dict() -> dict[str, Any]:
            return {"hidden_size": 64, "model_type": "bert"}

    def num_parameters(self) -> int:
        return 1000


def test_lightning_logs_hyperparameters_steps_and_epochs() -> None:
    trialbook.autolog(experiment="auto")
    lightning = importlib.import_module("lightning.pytorch")
    trainer = lightning.Trainer()
    trainer.fit(Module())
    table = logged()
    (name,) = table["name"]
    assert table["Status.PrimaryStatus"] == ["Completed"]
    assert told(name)["lr"] == 0.1
    assert told(name)["trainer/max_epochs"] == 2
    assert table.metric("train_loss_step")[name].step.tolist() == [1, 2, 3, 4, 5, 6]
    validation = table.metric("val_loss")[name]
    assert sorted(set(zip(validation.step.tolist(), validation.value.tolist(), strict=True))) == [(3, 1.0), (6, 0.5)]
    assert trainer.callbacks == []


def test_lightnings_other_processes_log_nothing() -> None:
    trialbook.autolog(experiment="auto")
    lightning = importlib.import_module("lightning.pytorch")
    trainer = lightning.Trainer()
    trainer.is_global_zero = False
    with Run("mine", "r"):
        trainer.fit(Module())
    assert told("mine-r") == {}


def test_lightnings_logger_keeps_its_contract() -> None:
    from trialbook.sdk.autolog.lightning import classes

    lightning = importlib.import_module("lightning.pytorch")
    logger = classes().TrialbookLogger(experiment="mine")
    assert isinstance(logger, importlib.import_module("lightning.pytorch.loggers.logger").Logger)
    lightning.Trainer(logger=logger).fit(Module())
    name = f"{logger.name}-{logger.version}"
    assert logged()["Status.PrimaryStatus"] == ["Completed"]
    assert told(name)["layers"] == "[8, 8]"
    assert len(logged().metric("train_loss_step")[name].value) == 6


def test_lightnings_logger_takes_a_namespace_and_leaves_a_run_that_it_was_given_open() -> None:
    from trialbook.sdk.autolog.lightning import classes

    with Run("mine", "r") as run:
        logger = classes().TrialbookLogger(run)
        logger.log_hyperparams(Namespace(lr=0.5))
        logger.finalize("success")
        run.log_metric("after", 1)
    assert told("mine-r") == {"lr": 0.5}
    assert logged()["Metrics.after"] == [1]


def test_lightnings_logger_logs_in_the_first_process_only() -> None:
    from trialbook.sdk.autolog.lightning import classes

    importlib.import_module("lightning.pytorch.utilities").rank_zero_only.rank = 1
    with Run("mine", "r") as run:
        classes().TrialbookLogger(run).log_hyperparams({"lr": 0.5})
    assert told("mine-r") == {}


def test_keras_logs_epochs_optimizer_and_model() -> None:
    trialbook.autolog(experiment="auto", log_models=True)
    keras = importlib.import_module("keras")
    keras.Model().fit([[1.0]] * 8, [1.0] * 8, epochs=3)
    table = logged()
    (name,) = table["name"]
    assert table.metric("train/loss")[name].value.tolist() == [1, 1 / 2, 1 / 3]
    assert table.metric("val/loss")[name].step.tolist() == [0, 1, 2]
    parameters = told(name)
    assert (parameters["optimizer"], parameters["optimizer/learning_rate"]) == ("Adam", 0.001)
    assert (parameters["epochs"], parameters["parameters"], parameters["data/x/rows"]) == (3, 12, 8)
    assert artifacts(name) == {"model"}


@pytest.mark.parametrize("kind", ["one", "list", "CallbackList"])
def test_keras_callbacks_of_the_user_stay(kind: str) -> None:
    trialbook.autolog(experiment="auto")
    keras = importlib.import_module("keras")

    class Seen(keras.callbacks.Callback):  # type: ignore[misc,name-defined]
        epochs = 0

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            self.epochs += 1

    seen = Seen()
    given = {"one": seen, "list": [seen], "CallbackList": keras.CallbackList([seen])}[kind]
    keras.Model().fit(epochs=2, callbacks=given)
    assert seen.epochs == 2
    assert len(logged().metric("train/loss")) == 1


def test_keras_callback_works_by_itself() -> None:
    keras = importlib.import_module("keras")
    from trialbook.sdk.autolog.keras import TrialbookCallback

    with Run("mine", "r") as run:
        keras.Model().fit(epochs=4, callbacks=[TrialbookCallback(run, every=2)])
    assert run.metric("train/loss").step.tolist() == [0, 2]


def test_transformers_logs_arguments_configuration_and_logs() -> None:
    trialbook.autolog(experiment="auto")
    transformers = importlib.import_module("transformers")
    trainer = transformers.Trainer(Net(), Arguments())
    assert trainer.train() == "trained"
    table = logged()
    (name,) = table["name"]
    assert table.metric("train/loss")[name].step.tolist() == [10, 20]
    assert table.metric("eval/loss")[name].value.tolist() == [0.2, 0.1]
    assert table.metric("summary/runtime")[name].value.tolist() == [3]
    parameters = told(name)
    assert (parameters["learning_rate"], parameters["model/hidden_size"]) == (1e-4, 64)
    assert parameters["model/parameters"] == 1000
    assert artifacts(name) == {"checkpoints"}
    assert trainer.callbacks == []


def test_transformers_callback_works_by_itself_and_in_the_first_process_only() -> None:
    transformers = importlib.import_module("transformers")
    transformers.Trainer  # noqa: B018 - loads the trainer
    from trialbook.sdk.autolog.transformers import TrialbookCallback

    with Run("mine", "r") as run:
        trainer = transformers.Trainer(Net(), Arguments(), callbacks=[TrialbookCallback(run)])
        trainer.state.is_world_process_zero = False
        trainer.train()
        run.flush()
        assert told("mine-r") == {}
        trainer.state.is_world_process_zero = True
        trainer.train()
    assert len(run.metric("train/loss").value) == 2
