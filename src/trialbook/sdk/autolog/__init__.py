"""Autologging: `trialbook.autolog()` makes trainings log themselves.

It changes nothing until a library is imported: an import hook (`hook`) waits for the library, and its module here then
puts the library's own callback where every training gets it. What cannot be logged is warned of once; nothing of it
reaches the training.

=================  =====================================================  ==========================================
library            the interface used                                     explicitly
=================  =====================================================  ==========================================
scikit-learn       none for most estimators: `fit` is wrapped             `autolog.sklearn.fit(estimator, X, y)`
XGBoost            `callback.TrainingCallback`, given to `train` and `cv` `autolog.xgboost.TrialbookCallback`
LightGBM           a callback, given to `train` and `cv`                  `autolog.lightgbm.TrialbookCallback`
PyTorch Lightning  `Callback`, given to `Trainer.fit`                     `autolog.lightning.classes().TrialbookLogger`
Keras              `callbacks.Callback`, given to `Model.fit`             `autolog.keras.TrialbookCallback`
Transformers       `TrainerCallback`, given to `Trainer.train`            `autolog.transformers.TrialbookCallback`
=================  =====================================================  ==========================================
"""

from __future__ import annotations

import functools
import importlib
from typing import TYPE_CHECKING

from trialbook.sdk.autolog import hook
from trialbook.sdk.autolog.session import Options, session

if TYPE_CHECKING:
    from collections.abc import Sequence

LIBRARIES = {
    "sklearn": ("sklearn", "sklearn"),
    "xgboost": ("xgboost", "xgboost"),
    "lightgbm": ("lightgbm", "lightgbm"),
    "lightning": ("lightning", "lightning"),
    "pytorch_lightning": ("pytorch_lightning", "lightning"),
    "keras": ("keras", "keras"),
    "transformers": ("transformers.trainer", "transformers"),  # the package itself loads its trainer when it is used
}
"""By library: the module to wait for, and the module here that knows it."""


def autolog(
    enable: bool = True,
    *,
    libraries: str | Sequence[str] | None = None,
    experiment: str | None = None,
    log_models: bool = False,
    log_importance: bool = True,
    most_nested: int = 100,
    every: int = 1,
) -> None:
    """Make every training log itself: parameters, metrics of each round, shapes of the data, feature importance, model.

    Call it once, before or after the libraries are imported; again changes the options. A training logs to the run of
    the `with` block around it, else to a run of its own. Nothing that goes wrong in logging reaches the training.

    Parameters
    ----------
    enable
        False switches it off.
    libraries
        Which ones, by the name that is imported: sklearn, xgboost, lightgbm, lightning, pytorch_lightning, keras,
        transformers. By default all.
    experiment
        Of the runs that are made; by default TRIALBOOK_EXPERIMENT, else the script's name.
    log_models
        Whether fitted models are kept as artifacts.
    log_importance
        Whether the importance of features is kept as a table.
    most_nested
        The most candidates of a parameter search that become nested runs, best first.
    every
        Log the metrics of every so manyth round or batch.

    Raises
    ------
    ValueError
        A library is none of those, or a number is below its least.
    """
    names = [libraries] if isinstance(libraries, str) else list(LIBRARIES if libraries is None else libraries)
    unknown = [name for name in names if name not in LIBRARIES]
    if unknown:
        message = f"autolog knows no '{unknown[0]}'; there are {', '.join(LIBRARIES)}."
        raise ValueError(message)
    if every < 1 or most_nested < 0:
        message = f"every is {every} and most_nested {most_nested}; they must be at least 1 and 0."
        raise ValueError(message)
    if not enable:
        session.switch_off(names)
        return
    session.switch_on(names, Options(experiment, log_models, log_importance, most_nested, every))
    for name in names:
        hook.when_imported(LIBRARIES[name][0], functools.partial(_patch, name))


def _patch(name: str, _module: str) -> None:
    importlib.import_module(f"trialbook.sdk.autolog.{LIBRARIES[name][1]}").patch(name)
