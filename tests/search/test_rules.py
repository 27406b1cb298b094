"""What each operator means for each type of property, rule by rule.

Sources: [model] the service model's documentation, [docs] the developer guide, [ours] where AWS is silent.
"""

from __future__ import annotations

import math

import pytest
from tests.search.conftest import Shelf

from trialbook.errors import ValidationError
from trialbook.model import Kind
from trialbook.search.engine import Engine
from trialbook.search.schema import Schema
from trialbook.search.text import parse
from trialbook.search.tree import Condition, Nested, Operator, Query, SortKey

JOB, RUN, MODEL = Kind.TRAINING_JOB, Kind.TRIAL_COMPONENT, Kind.MODEL


def channel(name: str, uri: str) -> dict[str, object]:
    return {"ChannelName": name, "DataSource": {"S3DataSource": {"S3Uri": uri, "AttributeNames": [name, "all"]}}}


@pytest.fixture
def jobs(shelf: Shelf) -> Shelf:
    shelf.put(
        JOB,
        "one",
        TrainingJobName="Job-One",
        TrainingJobStatus="Completed",
        CreationTime=1_704_067_200.0,
        HyperParameters={"lr": "0.10", "epochs": "7", "Mode": "fast", "gamma": "2.9", "broken": "nan"},
        Environment={"LEVEL": "3"},
        FinalMetricDataList=[{"MetricName": "train:auc", "Value": 0.9}, {"MetricName": "loss.max", "Value": 3.0}],
        InputDataConfig=[channel("train", "s3://b/1"), channel("test", "s3://b/2")],
        EnableNetworkIsolation=True,
        CreatedBy={"UserProfileName": "ada", "DomainId": "d"},
        Tags=[{"Key": "Project", "Value": "Churn"}, {"Key": "a.b: c/(d)", "Value": "odd"}],
    )
    shelf.put(
        JOB,
        "two",
        TrainingJobName="job-two",
        TrainingJobStatus="Failed",
        CreationTime=1_704_067_200.5,
        HyperParameters={"lr": "0.2", "epochs": "x"},
        FinalMetricDataList=[{"MetricName": "train:auc", "Value": math.nan}],
        InputDataConfig=[channel("train", "s3://b/2"), {"ChannelName": "bare"}],
        EnableNetworkIsolation=False,
    )
    shelf.put(JOB, "bare", TrainingJobName="bare", TrainingJobStatus="completed", InputDataConfig=[])
    return shelf


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # Text is compared exactly [ours]; names of entities without case, as they are unique without it [model].
        ("TrainingJobStatus = Completed", ["one"]),
        ("TrainingJobStatus contains omplet", ["one", "bare"]),
        ("TrainingJobName = JOB-ONE", ["one"]),
        ("TrainingJobName contains JOB", ["one", "two"]),
        ("TrainingJobStatus in (Failed, completed)", ["two", "bare"]),
        # Every operator but NotExists needs the property [ours].
        ("Tags.Project != x", ["one"]),
        ("not exists Tags.Project", ["two", "bare"]),
        ("not Tags.Project = Churn", ["two", "bare"]),
        # Hyperparameters that look like numbers compare as numbers, and as the texts they are [model].
        ("HyperParameters.lr = 0.1", ["one"]),
        ("HyperParameters.lr >= 0.1", ["one", "two"]),
        ("HyperParameters.epochs > 1", ["one"]),
        ("HyperParameters.epochs = x", ["two"]),
        ("HyperParameters.epochs != 7", ["two"]),
        ("HyperParameters.lr contains 10", ["one"]),
        ("HyperParameters.gamma = 2", []),
        ("HyperParameters.lr in (0.2, 5)", ["two"]),
        ("HyperParameters.lr between (0.1, 0.15)", ["one"]),
        ("HyperParameters.epochs > abc", []),
        # NaN is a value that satisfies only Exists and NotEquals [ours].
        ("Metrics.train:auc != 5", ["one", "two"]),
        ("exists Metrics.train:auc", ["one", "two"]),
        ("Metrics.train:auc = nan", []),
        ("Metrics.train:auc < 1 or Metrics.train:auc >= 1", ["one"]),
        # Times: with and without offset, fraction, as dates and as epoch seconds [docs, ours].
        ("CreationTime = 2024-01-01T00:00:00", ["one"]),
        ('CreationTime = "2024-01-01T01:00:00+01:00"', ["one"]),
        ("CreationTime > 2024-01-01T00:00:00Z", ["two"]),
        ("CreationTime >= 2024-01-01", ["one", "two"]),
        ("CreationTime = 1704067200.5", ["two"]),
        ("CreationTime = 2024-01-01T00:00:00.500Z", ["two"]),
        # Truth values.
        ("EnableNetworkIsolation = true", ["one"]),
        ("EnableNetworkIsolation = False", ["two"]),
        # A list on the way: any element [docs]; also one of plain values.
        ("InputDataConfig.DataSource.S3DataSource.S3Uri = s3://b/2", ["one", "two"]),
        ("InputDataConfig.ChannelName != train", ["one", "two"]),
        ("InputDataConfig.DataSource.S3DataSource.AttributeNames = all", ["one", "two"]),
        ("not exists InputDataConfig.ChannelName", ["bare"]),
        # Nested: one element satisfies all [model].
        (
            "InputDataConfig has (InputDataConfig.ChannelName = train and DataSource.S3DataSource.S3Uri = s3://b/2)",
            ["two"],
        ),
        ("InputDataConfig has (ChannelName = train and DataSource.S3DataSource.S3Uri = s3://b/1)", ["one"]),
        ("InputDataConfig has (not exists InputDataConfig.DataSource.S3DataSource.S3Uri)", ["two"]),
        ("Tags has (Tags.Key = Project and Tags.Value contains hur)", ["one"]),
        ("Tags has (Tags.Value = odd)", ["one"]),
        ("FinalMetricDataList has (MetricName = train:auc and Value > 0.5)", ["one"]),
        # Names are split at the first dot only [docs]; the rest is the user's.
        ('Tags."a.b: c/(d)" = odd', ["one"]),
        ("Metrics.loss.max = 3", ["one"]),
        # Properties compare without case, names under maps when no exact one is there [docs].
        ("hyperparameters.LR = 0.2", ["two"]),
        ("metrics.TRAIN:auc > 0.5", ["one"]),
        ("trainingjobstatus = Failed", ["two"]),
        ("tags.project = Churn", ["one"]),
        # A structure by its main member; structures and maps can be asked for whether they are there [ours].
        ("CreatedBy = ada", ["one"]),
        ("CreatedBy.UserProfileName = ada", ["one"]),
        ("exists Environment", ["one"]),
        ("not exists HyperParameters", ["bare"]),
        ("exists InputDataConfig", ["one", "two"]),
        ("not exists InputDataConfig.DataSource", ["bare"]),
        ("TrainingJob.TrainingJobStatus = Failed", ["two"]),
        # Bare words: any text property, without case [ours].
        ("CHURN", ["one"]),
        ("s3://B/2", ["one", "two"]),
        ("job fast", ["one"]),
        ("not completed", ["two"]),
        ("()", ["one", "two", "bare"]),
    ],
)
def test_rule(jobs: Shelf, text: str, found: list[str]) -> None:
    assert jobs.find(JOB, parse(text)) == found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Staus = x", "Unknown property name: Staus"),
        ("JobStatus = x", "Did you mean TrainingJobStatus?"),
        ("ChannelName = x", "Unknown property name: ChannelName. Did you mean InputDataConfig.ChannelName?"),
        ("HyperParameter.lr = x", "Did you mean HyperParameters.?"),
        ("TrainingJobStatus > 5", "GreaterThan is not supported for text, and TrainingJobStatus is text. Use Equals"),
        ("Tags.Project between (1, 2)", "between is not supported for text"),
        ("CreationTime contains 5", "Contains is supported for text only, and CreationTime is a time"),
        ("CreationTime > yesterday", "CreationTime is a time, and 'yesterday' is not a time as YYYY-mm-ddTHH:MM:SS"),
        ("Metrics.auc > high", "Metrics.auc is a number, and 'high' is not one"),
        ("CreatedBy > x", "not supported for text"),
        ("InputDataConfig = x", "InputDataConfig is not a single value"),
        ("HyperParameters has (lr = 1)", "HyperParameters is not a list of structures"),
        ("InputDataConfig has (DataSource = 1)", "DataSource is not a single value"),
    ],
)
def test_a_condition_that_cannot_be_is_an_error(jobs: Shelf, text: str, message: str) -> None:
    with pytest.raises(ValidationError) as raised:
        jobs.find(JOB, parse(text))
    assert message in raised.value.message


def test_an_integer_value_cuts_hyperparameters_only_under_the_limits(jobs: Shelf) -> None:
    # The model: "if Value is an integer the decimal values are treated as integers".
    two = Condition("HyperParameters.gamma", Operator.EQUALS, "2")
    assert jobs.find(JOB, two, strict=True) == ["one"]
    assert jobs.find(JOB, Condition("HyperParameters.gamma", Operator.GREATER_THAN, "2"), strict=True) == []
    assert jobs.find(JOB, Condition("HyperParameters.gamma", Operator.EQUALS, "2.0"), strict=True) == []
    assert jobs.find(JOB, two) == []


def test_a_parameter_is_a_number_or_a_text(shelf: Shelf) -> None:
    shelf.put(RUN, "number", Parameters={"p": {"NumberValue": 0.5}})
    shelf.put(RUN, "text", Parameters={"p": {"StringValue": "0.5"}})
    shelf.put(RUN, "word", Parameters={"p": {"StringValue": "half"}})
    assert shelf.find(RUN, parse("Parameters.p = 0.5")) == ["number", "text"]
    assert shelf.find(RUN, parse("Parameters.p = 0.50")) == ["number"]
    assert shelf.find(RUN, parse("Parameters.p > 0")) == ["number"]
    assert shelf.find(RUN, parse("Parameters.p != 0.5")) == ["word"]
    assert shelf.find(RUN, Condition("Parameters.p", Operator.EQUALS, 0.5)) == ["number"]


def test_numbers_sort_before_nan_before_texts_before_nothing_either_way(shelf: Shelf) -> None:
    shelf.put(RUN, "none")
    shelf.put(RUN, "b", Parameters={"p": {"StringValue": "b"}})
    shelf.put(RUN, "nan", Parameters={"p": {"NumberValue": math.nan}})
    shelf.put(RUN, "a", Parameters={"p": {"StringValue": "a"}})
    shelf.put(RUN, "inf", Parameters={"p": {"NumberValue": math.inf}})
    shelf.put(RUN, "1", Parameters={"p": {"NumberValue": 1.0}})
    assert shelf.ranked(RUN, SortKey("Parameters.p")) == ["1", "inf", "nan", "a", "b", "none"]
    assert shelf.ranked(RUN, SortKey("Parameters.p", descending=True)) == ["inf", "1", "nan", "b", "a", "none"]


def test_zero_is_zero_whatever_its_sign(shelf: Shelf) -> None:
    for name, value in (("a", 0.0), ("b", -0.0), ("c", 0.0)):
        shelf.put(RUN, name, Parameters={"p": {"NumberValue": value}})
    assert shelf.ranked(RUN, SortKey("Parameters.p")) == ["a", "b", "c"]
    assert shelf.ranked(RUN, SortKey("Parameters.p", descending=True)) == ["c", "b", "a"]
    assert shelf.find(RUN, parse("Parameters.p = -0")) == ["a", "b", "c"]


def test_what_has_no_text_holds_none(shelf: Shelf) -> None:
    shelf.put(RUN, "without")
    shelf.put(RUN, "x1", DisplayName="x1")
    shelf.put(RUN, "x2", DisplayName="x2")
    assert shelf.find(RUN, parse("DisplayName contains x")) == ["x1", "x2"]


def test_lists_in_lists_are_nested_at_either_level() -> None:
    inner = [{"Image": "text", "Tag": "text"}]
    schema = Schema.from_shape({"LastModifiedTime": "time", "Specs": [{"Name": "text", "Containers": inner}]})
    shelf = Shelf(engine=Engine({RUN: schema}))
    boxes = [{"Image": "a", "Tag": "1"}, {"Image": "b", "Tag": "2"}]
    shelf.put(RUN, "apart", Specs=[{"Name": "s", "Containers": boxes}, {"Name": "t", "Containers": []}])
    shelf.put(RUN, "across", Specs=[{"Name": "s", "Containers": boxes[:1]}, {"Name": "t", "Containers": boxes[1:]}])
    shelf.put(RUN, "bare", Specs=[{"Name": "s"}])
    assert shelf.find(RUN, parse("Specs.Containers has (Image = a and Tag = 2)")) == []
    assert shelf.find(RUN, parse("Specs.Containers has (Image = b and Tag = 2)")) == ["apart", "across"]
    assert shelf.find(RUN, parse("Specs has (Containers.Image = a and Containers.Tag = 2)")) == ["apart"]
    assert shelf.find(RUN, parse("Specs has (Name = t and Containers.Image = b)")) == ["across"]
    assert shelf.find(RUN, parse("Specs has (not exists Specs.Containers.Image)")) == ["apart", "bare"]


def test_of_many_values_the_one_that_comes_first_counts_in_sorting(jobs: Shelf) -> None:
    assert jobs.ranked(JOB, SortKey("InputDataConfig.ChannelName")) == ["two", "one", "bare"]
    assert jobs.ranked(JOB, SortKey("InputDataConfig.ChannelName", descending=True)) == ["two", "one", "bare"]


def test_the_newest_comes_first_by_default_and_ties_go_by_row(shelf: Shelf) -> None:
    for name in ("a", "b", "c"):
        shelf.put(RUN, name, LastModifiedTime=5.0)
    assert shelf.ask(Query(RUN, None))[0] == ["c", "b", "a"]
    assert shelf.ranked(RUN, SortKey("LastModifiedTime")) == ["a", "b", "c"]


def test_metrics_are_searched_by_statistic(shelf: Shelf) -> None:
    shelf.put(RUN, "r")
    shelf.log("r", loss=[3.0, 1.0, 2.0])
    for text in ("loss = 2", "loss.last = 2", "loss.MAX = 3", "loss.min = 1", "loss.avg = 2", "loss.count = 3"):
        assert shelf.find(RUN, parse(f"Metrics.{text}")) == ["r"], text
    # The deviation of the population [ours; SageMaker does not say which].
    assert shelf.find(RUN, parse("Metrics.loss.stddev between (0.8164, 0.8166)")) == ["r"]
    assert shelf.find(RUN, parse("not exists Metrics.loss.median")) == ["r"]


def test_a_metric_that_is_named_like_a_statistic_wins_in_its_own_record_only(shelf: Shelf) -> None:
    shelf.put(RUN, "named")
    shelf.log("named", **{"loss.max": [7.0], "loss": [9.0]})
    shelf.put(RUN, "plain")
    shelf.log("plain", loss=[1.0, 7.0, 2.0])
    assert shelf.find(RUN, parse("Metrics.loss.max = 7")) == ["named", "plain"]
    assert shelf.find(RUN, parse("Metrics.loss.max = 9")) == []


def test_an_artifact_is_its_value_and_has_members(shelf: Shelf) -> None:
    shelf.put(
        RUN, "r", InputArtifacts={"data": {"Value": "s3://b/k", "MediaType": "text/csv"}, "x.Value": {"Value": "v"}}
    )
    for text in ("data = s3://b/k", "data.Value = s3://b/k", "data.MediaType = text/csv", "x.Value = v"):
        assert shelf.find(RUN, parse(f"InputArtifacts.{text}")) == ["r"], text
    assert shelf.find(RUN, parse("exists InputArtifacts.data.mediatype")) == ["r"]


def test_a_model_is_found_and_ranked_by_its_training_job(jobs: Shelf) -> None:
    for name, job in (("m1", "one"), ("m2", "two")):
        jobs.put(MODEL, name, ModelName=name, _links={"TrainingJob": jobs.ids[job]})
    jobs.put(MODEL, "m3", ModelName="m3")
    assert jobs.find(MODEL, parse("TrainingJob.Metrics.train:auc > 0.5")) == ["m1"]
    assert jobs.find(MODEL, parse("TrainingJob.HyperParameters.epochs = x")) == ["m2"]
    assert jobs.find(MODEL, parse("not exists TrainingJob.Metrics.train:auc")) == ["m3"]
    assert jobs.find(MODEL, Nested("TrainingJob.InputDataConfig", (Condition("ChannelName", Operator.EQUALS, "test"),)))
    by_lr = SortKey("TrainingJob.HyperParameters.lr", descending=True)
    assert jobs.ranked(MODEL, by_lr) == ["m2", "m1", "m3"]
    jobs.delete("two")
    assert jobs.ranked(MODEL, by_lr) == ["m1", "m3", "m2"]
    with pytest.raises(ValidationError, match="Unknown property name: Nonsense"):
        jobs.find(MODEL, parse("TrainingJob.Nonsense = 1"))


def test_a_name_in_its_own_casing_comes_before_others(shelf: Shelf) -> None:
    shelf.put(RUN, "upper", Parameters={"LR": {"NumberValue": 1.0}})
    shelf.put(RUN, "lower", Parameters={"lr": {"NumberValue": 1.0}})
    assert shelf.find(RUN, parse("Parameters.lr = 1")) == ["lower"]
    assert shelf.find(RUN, parse("Parameters.Lr = 1")) == ["upper"]


def test_a_scope_sees_its_own_entities_and_names_only(shelf: Shelf) -> None:
    shelf.put(RUN, "mine", Parameters={"LR": {"NumberValue": 1.0}})
    shelf.put(RUN, "theirs", scope="1/x", Parameters={"lr": {"NumberValue": 1.0}})
    assert shelf.find(RUN, parse("Parameters.lr = 1")) == ["mine"]
    assert shelf.find(RUN, scope="1/x") == ["theirs"]
    assert shelf.find(RUN, scope=None) == ["mine", "theirs"]
    assert shelf.find(RUN, scope="1/nowhere") == []


def test_visibility_drops_only_what_has_the_key_with_another_value(shelf: Shelf) -> None:
    shelf.put(RUN, "red", Tags=[{"Key": "team", "Value": "red"}])
    shelf.put(RUN, "blue", Tags=[{"Key": "team", "Value": "blue"}])
    shelf.put(RUN, "none")
    query = Query(RUN, None, sort=(SortKey("LastModifiedTime"),), visibility=(("Tags.team", "red"),))
    assert shelf.ask(query)[0] == ["red", "none"]


def test_an_update_clears_what_the_document_no_longer_has(shelf: Shelf) -> None:
    shelf.put(RUN, "r", DisplayName="x", Parameters={"p": {"NumberValue": 1.0}}, Parents=[{"TrialName": "T"}])
    assert shelf.find(RUN, parse("Parents.TrialName = t and Parameters.p = 1")) == ["r"]
    shelf.put(RUN, "r")
    assert shelf.find(RUN, parse("exists DisplayName or exists Parameters or exists Parents")) == []
    shelf.delete("r")
    assert shelf.find(RUN) == []


def test_an_answer_explains_itself(jobs: Shelf) -> None:
    where = parse("HyperParameters.lr > 0.15 or not exists Tags.Project or CreationTime > 2024-01-01")
    jobs.engine.follow(jobs)
    page = jobs.engine.explain(Query(JOB, None, where))
    told = [(one.condition, one.compared_as, one.matched, one.lacking) for one in page.explained]
    assert told == [
        ("HyperParameters.lr > 0.15", "number where the text looks like one, else text", 1, 1),
        ("not exists Tags.Project", "presence", 2, 2),
        ("CreationTime > 2024-01-01", "time", 1, 1),
    ]
    assert page.seconds > 0


def test_columns_answer_for_restored_entities_as_before(shelf: Shelf) -> None:
    shelf.put(RUN, "r", DisplayName="x")
    shelf.log("r", loss=[1.0])
    shelf.delete("r")
    assert shelf.find(RUN) == []
    shelf.put(RUN, "r", DisplayName="x")
    assert shelf.find(RUN, parse("Metrics.loss = 1 and DisplayName = x")) == ["r"]
