"""The hyperparameters of factorization machines, with the defaults of the SageMaker Developer Guide."""

from __future__ import annotations

from typing import Any

from trialbook.algorithms.hyperparameters import Choice, Integer, Number, Rule

BINARY = "binary_classifier"
TERMS = ("bias", "linear", "factors")
_RATES = {"bias": 0.1, "linear": 0.001, "factors": 0.0001}
_DECAYS = {"bias": 0.01, "linear": 0.001, "factors": 0.00001}
_SIGMAS = {"bias": 0.01, "linear": 0.01, "factors": 0.001}
_WAYS = ("uniform", "normal", "constant")


def _least(name: str, meaning: str, default: Any = None) -> Number:
    return Number(name, meaning, default, minimum=0)


def _term(term: str) -> tuple[Rule, ...]:
    return (
        _least(f"{term}_lr", f"Step size of the {term} term.", _RATES[term]),
        _least(f"{term}_wd", f"L2 regularisation of the {term} term.", _DECAYS[term]),
        Choice(f"{term}_init_method", f"First values of the {term} term.", "normal", choices=_WAYS),
        _least(f"{term}_init_scale", f"Half-width of the {term} term's uniform distribution; 0.001 when absent."),
        _least(f"{term}_init_sigma", f"Deviation of the {term} term's normal distribution.", _SIGMAS[term]),
        Number(f"{term}_init_value", f"Constant first value of the {term} term; 0 when absent."),
    )


RULES: tuple[Rule, ...] = (
    Integer("feature_dim", "Features of a row.", required=True, minimum=1),
    Integer("num_factors", "Length of a feature's factor.", required=True, minimum=1),
    Choice("predictor_type", "What is predicted.", required=True, choices=(BINARY, "regressor")),
    Integer("mini_batch_size", "Rows of a mini-batch.", 1000, minimum=1),
    Integer("epochs", "Passes over the training data.", 1, minimum=1),
    _least("clip_gradient", "Largest size of a gradient's number."),
    _least("eps", "Number that keeps the optimizer from dividing by 0; 1e-8 when absent."),
    _least("rescale_grad", "Factor of the gradient; 1 / mini_batch_size when absent."),
    *(rule for term in TERMS for rule in _term(term)),
    Rule("_tuning_objective_metric", "Set by a tuning job."),
)
