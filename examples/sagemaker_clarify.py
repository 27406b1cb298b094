"""SageMaker's Clarify notebook as a program: train, measure bias, explain, all in one run of the `sagemaker` SDK v2.

Nothing here knows of Trialbook. Point the SDK at a server and run it:

    eval "$(trialbook env)"
    python examples/sagemaker_clarify.py [--xgboost 3.0-5] [--rounds 800]

The model is XGBoost 1.7-1 with the published hyperparameters, so every bias metric is the published one to each printed
digit. Other versions grow other trees. Each step says how long it took: SageMaker's own run of the notebook took
7 min 45 s for the bias report and 12 min 48 s for the explanations.
"""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

from adult.published import FIGURES, compared
from adult_jobs import HERE, PROCESSING_WAIT, ROLE, RUN, bucket, prefix, session, step

# The module above silences the SDK's warning that version 3 is out.
# isort: split
from sagemaker import clarify, image_uris
from sagemaker.estimator import Estimator
from sagemaker.experiments.run import Run
from sagemaker.inputs import TrainingInput
from sagemaker.processing import FrameworkProcessor, ProcessingInput, ProcessingOutput
from sagemaker.sklearn.estimator import SKLearn

EXPERIMENT = f"adult-clarify-{RUN}"
LABEL = "Target"
HEADERS = [
    LABEL, "Age", "Workclass", "fnlwgt", "Education", "Education-Num", "Marital Status", "Occupation", "Relationship",
    "Ethnic group", "Sex", "Capital Gain", "Capital Loss", "Hours per week", "Country",
]  # fmt: skip
THRESHOLD = 0.8


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--xgboost", default="1.7-1", help="the version of the built-in XGBoost's image")
    options.add_argument("--rounds", type=int, default=800, help="trees to grow")
    options.add_argument("--rows", type=int, help="explain only the first so many rows")
    options.add_argument("--every-method", action="store_true", help="run all five methods of the processor")
    given = options.parse_args()
    with step("encode the data", PROCESSING_WAIT):
        encode(given.rows)
    whole, few = (f"s3://{bucket}/{prefix}/{name}" for name in ("train", "explained"))
    began = time.perf_counter()
    with Run(EXPERIMENT, "clarify", sagemaker_session=session) as run:
        run.log_parameter("data", "UCI Adult")
        with step("xgb.fit", 0):
            made = fit(whole, given.xgboost, given.rounds)
        model_name = f"adult-{RUN}"
        session.create_model(model_name, ROLE, {"Image": made.image_uri, "ModelDataUrl": made.model_data})
        jobs = Jobs(model_name)
        with step("run_bias", PROCESSING_WAIT):
            bias = jobs.bias(whole)
        with step("run_explainability", PROCESSING_WAIT):
            shap = jobs.explain(few)
        if given.every_method:
            for what in (jobs.pre_training, jobs.post_training, jobs.both):
                with step(f"run_{what.__name__}", PROCESSING_WAIT):
                    what(few)
    print(f"the whole program took {time.perf_counter() - began:.1f} s")
    differing = show_bias(bias)
    show_importance(shap)
    component = session.sagemaker_client.describe_trial_component(TrialComponentName=f"{EXPERIMENT}-clarify")
    held = [one["MetricName"] for one in component["Metrics"]]
    print(f"the run has {sum(name.startswith(('bias.', 'shap.')) for name in held)} metrics of bias and importance")
    reports = [name for name in component["OutputArtifacts"] if name.startswith("Clarify-")]
    print(f"its reports: {', '.join(reports)}")
    if given.xgboost == "1.7-1" and given.rounds == 800 and differing:
        raise SystemExit(1)


def encode(rows: int | None) -> None:
    """Turn the data into numbers in a processing job: the target first, no header."""
    session.upload_data(str(HERE / "adult" / "adult.parquet"), bucket, f"{prefix}/raw")
    processor = FrameworkProcessor(
        SKLearn, framework_version="1.4-2", role=ROLE, instance_count=1, instance_type="ml.m5.xlarge",
        sagemaker_session=session, code_location=f"s3://{bucket}/{prefix}",
    )  # fmt: skip
    processor.run(
        code="write_csv.py",
        source_dir=str(HERE / "adult"),
        inputs=[ProcessingInput(source=f"s3://{bucket}/{prefix}/raw", destination="/opt/ml/processing/input/data")],
        outputs=[
            ProcessingOutput(
                output_name=name,
                source=f"/opt/ml/processing/output/{name}",
                destination=f"s3://{bucket}/{prefix}/{name}",
            )
            for name in ("train", "explained", "baseline")
        ],
        arguments=None if rows is None else ["--explained", str(rows)],
        logs=False,
    )


def fit(data: str, version: str, rounds: int) -> Estimator:
    made = Estimator(
        image_uri=image_uris.retrieve("xgboost", session.boto_region_name, version),
        role=ROLE,
        instance_count=1,
        instance_type="ml.m5.xlarge",
        output_path=f"s3://{bucket}/{prefix}/models",
        sagemaker_session=session,
    )
    made.set_hyperparameters(
        max_depth=5,
        eta=0.2,
        gamma=4,
        min_child_weight=6,
        subsample=0.8,
        objective="binary:logistic",
        num_round=rounds,
    )
    made.fit({"train": TrainingInput(data, content_type="csv")}, logs=False)
    return made


class Jobs:
    """The processor's methods on one model."""

    def __init__(self, model: str) -> None:
        self._processor = clarify.SageMakerClarifyProcessor(
            role=ROLE, instance_count=1, instance_type="ml.m5.xlarge", sagemaker_session=session
        )
        self._model = clarify.ModelConfig(
            model_name=model,
            instance_type="ml.m5.xlarge",
            instance_count=1,
            accept_type="text/csv",
            content_type="text/csv",
        )
        self._label = clarify.ModelPredictedLabelConfig(probability_threshold=THRESHOLD)
        self._facets = clarify.BiasConfig(
            label_values_or_threshold=[1], facet_name="Sex", facet_values_or_threshold=[0], group_name="Age"
        )
        self._shap = clarify.SHAPConfig(
            baseline=f"s3://{bucket}/{prefix}/baseline/baseline.csv",
            num_samples=15,
            agg_method="mean_abs",
            save_local_shap_values=True,
        )

    def bias(self, data: str) -> Any:
        """Measure bias of the data and of the predictions."""
        place = self._data(data, "bias")
        self._processor.run_bias(
            data_config=place,
            bias_config=self._facets,
            model_config=self._model,
            model_predicted_label_config=self._label,
            pre_training_methods="all",
            post_training_methods="all",
            logs=False,
        )
        return analysis(place)

    def explain(self, data: str) -> Any:
        """Explain predictions by Shapley values."""
        place = self._data(data, "explainability")
        self._processor.run_explainability(
            data_config=place, model_config=self._model, explainability_config=self._shap, logs=False
        )
        return analysis(place)

    def pre_training(self, data: str) -> None:
        self._processor.run_pre_training_bias(self._data(data, "pre"), self._facets, logs=False)

    def post_training(self, data: str) -> None:
        place = self._data(data, "post")
        self._processor.run_post_training_bias(place, self._facets, self._model, self._label, logs=False)

    def both(self, data: str) -> None:
        self._processor.run_bias_and_explainability(
            self._data(data, "both"),
            self._model,
            [self._shap, clarify.PDPConfig(features=["Age"], grid_resolution=10)],
            self._facets,
            model_predicted_label_config=self._label,
            logs=False,
        )

    def _data(self, data: str, name: str) -> clarify.DataConfig:
        return clarify.DataConfig(
            s3_data_input_path=data,
            s3_output_path=f"s3://{bucket}/{prefix}/{name}",
            label=LABEL,
            headers=HEADERS,
            dataset_type="text/csv",
        )


def analysis(place: clarify.DataConfig) -> Any:
    key = f"{place.s3_output_path.removeprefix(f's3://{bucket}/')}/analysis.json"
    return json.loads(session.read_s3_file(bucket, key))


def show_bias(found: Any) -> int:
    """Print every metric beside its published figure; gives how many of these differ."""
    print(f"bias against women (Sex = 0): {FIGURES} figures are published")
    lines = compared(found)
    for one in lines:
        mark = "" if one.published is None else f"published {one.published}{'  DIFFERS' if one.differs else ''}"
        print(f"  {one.stage:4} {one.key:6} {one.printed:>8}  {mark:18}  {one.description}")
    differing = sum(one.differs for one in lines)
    print(f"{FIGURES - differing} of {FIGURES} published figures are met")
    return differing


def show_importance(found: Any) -> None:
    shared = found["explanations"]["kernel_shap"]["label0"]["global_shap_values"]
    for name in sorted(shared, key=lambda one: -shared[one])[:5]:
        print(f"  {name:16} {shared[name]:.4f}")


if __name__ == "__main__":
    main()
