"""QueryLineage: the walk against a reference, what is answered of it, and jobs' own lineage."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.services.conftest import Client

from trialbook.errors import NotFoundError, ValidationError
from trialbook.names import Scope
from trialbook.services.context import Call
from trialbook.services.workspace import open_workspace
from trialbook.settings import DEFAULT_ACCOUNT, Settings

TYPES = ("DataSet", "Model", "Image")
LABELS = ("ContributedTo", "AssociatedWith", "Produced")
Link = tuple[int, int, str]


@pytest.fixture(scope="module")
def many() -> Iterator[Client]:
    """A client for many examples, each of which works in a region of its own."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = open_workspace(Settings(store=folder))
        yield Client(Call(workspace, Scope(DEFAULT_ACCOUNT, "us-east-1"), "tester", "r"))
        workspace.close()


def in_new_region(client: Client) -> Client:
    call = client.call
    region = f"r{call.workspace.new_id()}"
    return Client(Call(call.workspace, Scope(DEFAULT_ACCOUNT, region), "tester", "r"))


def make(client: Client, name: str, entity_type: str = "DataSet") -> str:
    source = {"SourceUri": f"s3://b/{name}"}
    return str(client("CreateArtifact", ArtifactName=name, Source=source, ArtifactType=entity_type)["ArtifactArn"])


def build(client: Client, count: int, links: list[Link]) -> list[str]:
    """Make `count` artifacts, of the types in turn, and link them; gives their ARNs."""
    arns = [make(client, f"n{index}", TYPES[index % 3]) for index in range(count)]
    for source, target, label in links:
        client("AddAssociation", SourceArn=arns[source], DestinationArn=arns[target], AssociationType=label)
    return arns


def reference(links: list[Link], direction: str, depth: int) -> dict[int, int]:
    """Walk from 0 in plain Python: the depth of everything that is reached."""
    steps = set[tuple[int, int]]()
    for source, target, _ in links:
        if direction != "Ascendants":
            steps.add((source, target))
        if direction != "Descendants":
            steps.add((target, source))
    depths = {0: 0}
    for level in range(1, depth + 1):
        for near, far in steps:
            if depths.get(near) == level - 1 and far not in depths:
                depths[far] = level
    return depths


def on_paths(links: list[Link], direction: str, depths: dict[int, int], chosen: set[int]) -> set[int]:
    """Add to `chosen` everything on a shortest path from 0, in plain Python; 0 always."""
    found = chosen | {0}
    for level in range(max(depths.values()), 0, -1):
        for source, target, _ in links:
            for near, far, walked in ((source, target, "Descendants"), (target, source, "Ascendants")):
                if direction in {walked, "Both"} and far in found and depths.get(far) == level:
                    found |= {near} if depths.get(near) == level - 1 else set()
    return found


def all_pages(client: Client, limit: int | None, **request: Any) -> tuple[list[str], list[tuple[str, str, str]]]:
    vertices, edges, token = list[str](), list[tuple[str, str, str]](), None
    while True:
        options = {**({"MaxResults": limit} if limit else {}), **({"NextToken": token} if token else {})}
        page = client("QueryLineage", **request, **options)
        assert limit is None or len(page["Vertices"]) <= limit
        assert not {one["Arn"] for one in page["Vertices"]} & set(vertices), "a page repeats a vertex"
        vertices += [one["Arn"] for one in page["Vertices"]]
        edges += [(one["SourceArn"], one["DestinationArn"], one["AssociationType"]) for one in page["Edges"]]
        known = set(vertices)
        assert all({source, target} <= known for source, target, _ in edges), "an edge came before its vertices"
        token = page.get("NextToken")
        if token is None:
            return vertices, edges


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, list[Link]]:
    """Draw a graph of up to 9 nodes: cycles, parallel edges of several types, parts that hang on nothing."""
    count = draw(st.integers(2, 9))
    ends = st.integers(0, count - 1)
    link = st.tuples(ends, ends, st.sampled_from(LABELS)).filter(lambda one: one[0] != one[1])
    return count, draw(st.lists(link, max_size=18, unique=True))


@settings(max_examples=100, deadline=None)
@given(
    graph=graphs(),
    direction=st.sampled_from(["Both", "Ascendants", "Descendants"]),
    depth=st.integers(1, 10),
    types=st.lists(st.sampled_from(TYPES), unique=True, max_size=2),
    with_edges=st.booleans(),
    limit=st.sampled_from([None, 1, 2, 50]),
)
@example(
    # 3 lies one step up, and beside the path to 2: its edge to 2 leads down.
    graph=(4, [(1, 0, "Produced"), (2, 1, "Produced"), (3, 0, "Produced"), (3, 2, "Produced")]),
    direction="Ascendants",
    depth=3,
    types=["Image"],
    with_edges=True,
    limit=None,
)
def test_a_walk_finds_what_the_reference_finds(
    many: Client,
    graph: tuple[int, list[Link]],
    direction: str,
    depth: int,
    types: list[str],
    with_edges: bool,
    limit: int | None,
) -> None:
    client = in_new_region(many)
    count, links = graph
    arns = build(client, count, links)
    depths = reference(links, direction, depth)
    expected = {node for node in depths if node and (not types or TYPES[node % 3] in types)}
    if with_edges:
        expected = on_paths(links, direction, depths, expected)
    vertices, edges = all_pages(
        client,
        limit,
        StartArns=[arns[0]],
        Direction=direction,
        MaxDepth=depth,
        IncludeEdges=with_edges,
        Filters={"Types": types} if types else {},
    )
    assert len(vertices) == len(set(vertices))
    assert set(vertices) == {arns[node] for node in expected}
    assert [depths[arns.index(one)] for one in vertices] == sorted(depths[node] for node in expected)
    walked = [
        (arns[source], arns[target], label)
        for source, target, label in links
        if {source, target} <= expected
        and (
            (direction != "Ascendants" and depths[source] < depth)
            or (direction != "Descendants" and depths[target] < depth)
        )
    ]
    assert sorted(edges) == sorted(walked if with_edges else [])


@pytest.fixture
def chain(client: Client) -> list[str]:
    """Give data -> run -> model -> deployment -> endpoint, each contributing to the next."""
    run = client("CreateTrialComponent", TrialComponentName="run")["TrialComponentArn"]
    source = {"SourceUri": "arn:aws:sagemaker:us-east-1:000000000000:endpoint/e"}
    deployment = client(
        "CreateAction", ActionName="deploy", Source=source, ActionType="ModelDeployment", Properties={"k": "v"}
    )["ActionArn"]
    context = client("CreateContext", ContextName="c", Source=source, ContextType="Endpoint")["ContextArn"]
    arns = [make(client, "data"), run, make(client, "model", "Model"), deployment, context]
    for near, far in itertools.pairwise(arns):
        client("AddAssociation", SourceArn=near, DestinationArn=far, AssociationType="ContributedTo")
    return arns


def vertices(client: Client, start: str, **request: Any) -> list[str]:
    return [one["Arn"] for one in client("QueryLineage", StartArns=[start], **request)["Vertices"]]


def test_vertices_and_edges_are_always_answered(client: Client) -> None:
    alone = make(client, "alone")
    assert client("QueryLineage", StartArns=[alone]) == {"Vertices": [], "Edges": []}
    with_edges = client("QueryLineage", StartArns=[alone], IncludeEdges=True)
    assert with_edges == {"Vertices": [{"Arn": alone, "Type": "DataSet", "LineageType": "Artifact"}], "Edges": []}


def test_a_vertex_tells_its_type_and_lineage_type(client: Client, chain: list[str]) -> None:
    answer = client("QueryLineage", StartArns=[chain[0]], IncludeEdges=True)
    assert [(one["Arn"], one["Type"], one["LineageType"]) for one in answer["Vertices"]] == [
        (chain[0], "DataSet", "Artifact"),
        (chain[1], "ExperimentTrialComponent", "TrialComponent"),
        (chain[2], "Model", "Artifact"),
        (chain[3], "ModelDeployment", "Action"),
        (chain[4], "Endpoint", "Context"),
    ]
    assert answer["Edges"][0] == {
        "SourceArn": chain[0],
        "DestinationArn": chain[1],
        "AssociationType": "ContributedTo",
    }


def test_without_a_direction_both_are_walked(client: Client, chain: list[str]) -> None:
    assert set(vertices(client, chain[2])) == set(chain) - {chain[2]}


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"LineageTypes": ["Action", "Context"]}, [3, 4]),
        ({"Types": ["Model", "Endpoint"]}, [2, 4]),
        ({"Types": ["Model", "Endpoint"], "LineageTypes": ["Context"]}, [4]),
        ({"Properties": {"k": "v", "other": "x"}}, [3]),
        ({"Properties": {"k": "other"}}, []),
        ({"CreatedBefore": 0.0}, []),
        ({"CreatedAfter": 0.0}, [1, 2, 3, 4]),
        ({"ModifiedBefore": 0.0}, []),
        ({"ModifiedAfter": 4e9}, []),
    ],
)
def test_filters_choose_among_what_was_walked(
    client: Client, chain: list[str], filters: dict[str, Any], found: list[int]
) -> None:
    assert vertices(client, chain[0], Filters=filters) == [chain[one] for one in found]


def test_a_time_filter_goes_by_its_own_time(client: Client, chain: list[str]) -> None:
    created = client("DescribeContext", ContextName="c")["CreationTime"]
    while client("DescribeContext", ContextName="c")["LastModifiedTime"] == created:
        client("UpdateContext", ContextName="c", Description="later")
    assert chain[4] not in vertices(client, chain[0], Filters={"CreatedAfter": created})
    assert chain[4] in vertices(client, chain[0], Filters={"ModifiedAfter": created})


def test_with_edges_the_path_to_a_match_comes_too(client: Client, chain: list[str]) -> None:
    request: dict[str, Any] = {"Filters": {"Types": ["Model"]}, "IncludeEdges": True}
    assert vertices(client, chain[0], **request) == chain[:3]


@pytest.mark.parametrize("depth", [0, 11, -1])
def test_a_depth_outside_one_to_ten_is_refused(client: Client, chain: list[str], depth: int) -> None:
    with pytest.raises(ValidationError, match="(?i)maxDepth"):
        vertices(client, chain[0], MaxDepth=depth)


@pytest.mark.parametrize("token", ["junk", "W10=", "é", "WzEsIHRydWVd"])
def test_a_token_that_is_none_of_ours_is_refused(client: Client, chain: list[str], token: str) -> None:
    with pytest.raises(ValidationError, match="Invalid pagination token"):
        vertices(client, chain[0], NextToken=token)


def test_a_query_that_starts_nowhere_says_so(client: Client) -> None:
    with pytest.raises(ValidationError, match="StartArns is empty"):
        client("QueryLineage", StartArns=[])
    with pytest.raises(ValidationError, match="cannot start a lineage query"):
        client("QueryLineage", StartArns=["s3://b/k"])
    for path in ("artifact/gone", "endpoint/gone", "training-job/gone"):
        arn = f"arn:aws:sagemaker:us-east-1:{DEFAULT_ACCOUNT}:{path}"
        with pytest.raises(NotFoundError, match="does not exist"):
            client("QueryLineage", StartArns=[arn])


def test_an_endpoints_own_arn_leads_to_data_and_back(client: Client) -> None:
    client.train("job")
    job = client("DescribeTrainingJob", TrainingJobName="job")
    container = {"Image": "image", "ModelDataUrl": job["ModelArtifacts"]["S3ModelArtifacts"]}
    client("CreateModel", ModelName="model", ExecutionRoleArn=ROLE, PrimaryContainer=container)
    endpoint = client.deploy("endpoint", "model")["EndpointArn"]
    data = job["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"]

    up = client("QueryLineage", StartArns=[endpoint], Direction="Ascendants", Filters={"Types": ["DataSet"]})
    (found,) = up["Vertices"]
    assert client("DescribeArtifact", ArtifactArn=found["Arn"])["Source"]["SourceUri"] == data
    jobs = vertices(client, endpoint, Direction="Ascendants", Filters={"Types": ["TrainingJob"]})
    assert [one.split("/")[-1] for one in jobs] == ["job-aws-training-job"]
    model = client("DescribeModel", ModelName="model")["ModelArn"]
    for start in (found["Arn"], job["TrainingJobArn"], model):
        down = client("QueryLineage", StartArns=[start], Direction="Descendants", Filters={"Types": ["Endpoint"]})
        assert [one["LineageType"] for one in down["Vertices"]] == ["Context"]


def test_a_job_leads_to_what_its_run_produced(client: Client) -> None:
    client("CreateExperiment", ExperimentName="e")
    client("CreateTrial", TrialName="t", ExperimentName="e")
    run = client("CreateTrialComponent", TrialComponentName="e-run")["TrialComponentArn"]
    client.train("job", ExperimentConfig={"ExperimentName": "e", "TrialName": "t", "RunName": "e-run"})
    curve = make(client, "roc", "ROCCurve")
    client("AddAssociation", SourceArn=run, DestinationArn=curve, AssociationType="Produced")
    job = client("DescribeTrainingJob", TrainingJobName="job")["TrainingJobArn"]
    assert vertices(client, job, Filters={"Types": ["ROCCurve"]}) == [curve]


def test_a_run_leads_to_what_its_jobs_read(client: Client) -> None:
    client("CreateExperiment", ExperimentName="e")
    client("CreateTrial", TrialName="t", ExperimentName="e")
    run = client("CreateTrialComponent", TrialComponentName="e-run")["TrialComponentArn"]
    client.train("job", ExperimentConfig={"ExperimentName": "e", "TrialName": "t", "RunName": "e-run"})
    assert vertices(client, run, Direction="Ascendants", Filters={"Types": ["DataSet"]})


ROLE = f"arn:aws:iam::{DEFAULT_ACCOUNT}:role/R"
