"""The linear learner's hyperparameters, with the bounds and defaults of the SageMaker Developer Guide.

What `auto` stands for is in `fitting.py` and `models.py`, where it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trialbook.algorithms.failures import ClientError
from trialbook.algorithms.hyperparameters import AUTO, Choice, Flag, Hyperparameters, Integer, Number, Rule, check

if TYPE_CHECKING:
    from collections.abc import Mapping

BINARY, MULTICLASS, REGRESSOR = "binary_classifier", "multiclass_classifier", "regressor"
LOSSES = {
    BINARY: ("logistic", "hinge_loss"),
    MULTICLASS: ("softmax_loss",),
    REGRESSOR: (
        "squared_loss",
        "absolute_loss",
        "eps_insensitive_squared_loss",
        "eps_insensitive_absolute_loss",
        "quantile_loss",
        "huber_loss",
    ),
}
CRITERIA = (
    "accuracy",
    "f1",
    "f_beta",
    "precision_at_target_recall",
    "recall_at_target_precision",
    "cross_entropy_loss",
    "loss_function",
)


class Weight(Number):
    """A number, "balanced" or "auto"."""

    def valid(self) -> str:
        """Give the rule in words."""
        return super().valid() + ' or "balanced"'

    def parse(self, text: str) -> Any:
        """Turn a text into a float or one of the two words."""
        return text if text == "balanced" else super().parse(text)


def _positive(name: str, meaning: str, default: Any, *, auto: bool = False) -> Number:
    return Number(name, meaning, default, auto=auto, minimum=0, open_minimum=True)


def _share(name: str, meaning: str, default: Any, *, auto: bool = False, whole: bool = False) -> Number:
    return Number(name, meaning, default, auto=auto, minimum=0, maximum=1, open_maximum=not whole)


RULES: tuple[Rule, ...] = (
    Choice("predictor_type", "What is predicted.", required=True, choices=(BINARY, MULTICLASS, REGRESSOR)),
    Integer("num_classes", "Classes of a multi-class classifier; labels are 0 to num_classes - 1.", minimum=3,
            maximum=1_000_000),
    Integer("feature_dim", "Features of a row; `auto` takes the data's.", AUTO, auto=True, minimum=1),
    Choice("loss", "Loss; `auto` is logistic, softmax_loss or squared_loss.", AUTO,
           choices=(AUTO, *LOSSES[BINARY], *LOSSES[MULTICLASS], *LOSSES[REGRESSOR])),
    Integer("mini_batch_size", "Rows of a mini-batch.", 1000, minimum=1),
    Integer("epochs", "Most passes over the training data.", 15, minimum=1),
    Integer("early_stopping_patience", "Epochs without improvement before the training ends.", 3, minimum=1),
    Number("early_stopping_tolerance", "Relative improvement below which there is none.", 0.001, minimum=0,
           open_minimum=True),
    Integer("num_models", "Models to train at the same time; `auto` is up to 32.", AUTO, auto=True, minimum=1),
    Choice("optimizer", "Optimizer; `auto` is adam.", AUTO, choices=(AUTO, "sgd", "adam", "adagrad", "rmsprop")),
    _positive("learning_rate", "Step size.", AUTO, auto=True),
    _share("momentum", "Momentum of sgd.", AUTO, auto=True),
    _share("beta_1", "Decay of adam's first moment.", AUTO, auto=True),
    _share("beta_2", "Decay of adam's second moment.", AUTO, auto=True),
    Number("wd", "L2 regularisation.", AUTO, auto=True, minimum=0),
    Number("l1", "L1 regularisation.", AUTO, auto=True, minimum=0),
    Flag("use_bias", "Whether there is an intercept.", True),
    _positive("bias_lr_mult", "The intercept's step size is learning_rate times this.", AUTO, auto=True),
    Number("bias_wd_mult", "The intercept's L2 regularisation is wd times this.", AUTO, auto=True, minimum=0),
    Flag("use_lr_scheduler", "Whether the step size falls.", True),
    Integer("lr_scheduler_step", "Steps between falls of the step size.", AUTO, auto=True, minimum=1),
    Number("lr_scheduler_factor", "What the step size is multiplied by at a fall.", AUTO, auto=True, minimum=0,
           maximum=1, open_minimum=True, open_maximum=True),
    _positive("lr_scheduler_minimum_lr", "The step size never falls below this.", AUTO, auto=True),
    Choice("init_method", "Distribution of the first weights.", "uniform", choices=("uniform", "normal")),
    _positive("init_scale", "Half-width of the uniform distribution.", 0.07),
    _positive("init_sigma", "Standard deviation of the normal distribution.", 0.01),
    Number("init_bias", "First intercept.", 0.0),
    Flag("normalize_data", "Whether features get mean 0 and deviation 1 (sparse: the latter).", True, auto=True),
    Flag("normalize_label", "Whether a regression's labels get mean 0, deviation 1; `auto`: yes.", AUTO, auto=True),
    Flag("unbias_data", "Whether features get mean 0; `auto` follows use_bias.", AUTO, auto=True),
    Flag("unbias_label", "Whether labels of a regression get mean 0; `auto` follows use_bias.", AUTO, auto=True),
    Integer("num_point_for_scaler", "Rows from which means and deviations are taken.", 10_000, minimum=1),
    Choice("binary_classifier_model_selection_criteria", "What the best binary classifier is best at.", "accuracy",
           choices=CRITERIA),
    _share("target_recall", "Recall to hold with precision_at_target_recall.", 0.8, whole=True),
    _share("target_precision", "Precision to hold with recall_at_target_precision.", 0.8, whole=True),
    _positive("f_beta", "Beta of the F score: above 1 recall counts more.", 1.0),
    Integer("num_calibration_samples", "Validation rows that set the threshold.", AUTO, auto=True, minimum=1),
    Weight("positive_example_weight_mult", "Weight of positive rows; `balanced` makes both classes count the same, "
           "`auto` takes the better of 1 and `balanced`.", 1.0, auto=True, minimum=0, open_minimum=True),
    Flag("balance_multiclass_weights", "Whether every class counts the same.", False),
    Integer("accuracy_top_k", "k of the top-k accuracy.", 3, minimum=1),
    _positive("huber_delta", "Where huber_loss turns from squared to absolute.", 1.0),
    _positive("loss_insensitivity", "Error that the eps_insensitive losses do not count.", 0.01),
    _positive("margin", "Margin of hinge_loss.", 1.0),
    Number("quantile", "Quantile of quantile_loss.", 0.5, minimum=0, maximum=1, open_minimum=True, open_maximum=True),
    Rule("_tuning_objective_metric", "Set by a tuning job, which trains one model a job."),
)  # fmt: skip


def read(given: Mapping[str, str]) -> Hyperparameters:
    """Check a job's hyperparameters, and put the loss in the place of `auto`.

    Raises
    ------
    ClientError
        Naming the parameter and the rule.
    """
    found = check(given, RULES, "linear-learner")
    predictor = found.text("predictor_type")
    if predictor == MULTICLASS and "num_classes" not in found:
        message = 'A multiclass_classifier needs the hyperparameter "num_classes".'
        raise ClientError(message)
    loss = found.text("loss")
    if loss == AUTO:
        found.values["loss"] = LOSSES[predictor][0]
    elif loss not in LOSSES[predictor]:
        message = f'The loss "{loss}" does not go with a {predictor}; use one of {", ".join(LOSSES[predictor])}.'
        raise ClientError(message)
    return found
