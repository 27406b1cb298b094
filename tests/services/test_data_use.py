"""Whether data was used: every kind of resemblance, against a plain reference over random trees of files."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trialbook.errors import ApiError
from trialbook.handlers.native import OPERATIONS
from trialbook.model import Document, Kind
from trialbook.services import buckets, content_uses, contents, objects, records, trial_components
from trialbook.services.conditions import Span
from trialbook.services.content_uses import READ, WROTE, Use
from trialbook.services.contents import File
from trialbook.services.context import Call
from trialbook.store.interface import Transaction

Tree = Mapping[str, bytes]


def file(name: str, data: bytes) -> File:
    return File(name, hashlib.sha256(data).hexdigest(), len(data))


def put(call: Call, uri: str, tree: Tree) -> None:
    """Write a tree as objects below a URI."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    if bucket not in call.store.buckets():
        buckets.create_bucket(call, {"Bucket": bucket})
    for name, data in tree.items():
        objects.put_object(call, {"Bucket": bucket, "Key": f"{key}{name}", "Body": io.BytesIO(data)})


def read(call: Call, run: str, uri: str, tree: Tree, *, whole: bool = False, direction: str = READ) -> None:
    """Let a run read (or write) a tree of files from a URI."""

    def act(tx: Transaction) -> None:
        if records.lookup(tx, call, Kind.TRIAL_COMPONENT, run) is None:
            records.insert(tx, call, Kind.TRIAL_COMPONENT, trial_components.new_component(call, run, {}))
        user = records.require(tx, call, Kind.TRIAL_COMPONENT, run)
        files = [file(name, data) for name, data in tree.items()]
        content_uses.keep(tx, call, user, Use(direction, "train", uri, files, whole), [user.id])

    call.store.write(act)


def ask(call: Call, **request: Any) -> Document:
    return OPERATIONS["verify"](call, request)


def ask_tree(call: Call, tree: Tree) -> Document:
    files = [{"name": one.name, "sha256": one.hash, "size": one.size} for one in (file(*item) for item in tree.items())]
    return ask(call, files=files, name="asked", folder=True)


def relations(answer: Document) -> set[str]:
    return {one["relation"] for one in answer["findings"]}


def test_a_clean_miss_is_unused(call: Call) -> None:
    read(call, "run-1", "s3://data/train/", {"a.csv": b"1,2\n"})
    answer = ask_tree(call, {"other.png": b"3,4\n"})
    assert (answer["decision"], answer["findings"], answer["unchecked"]) == ("unused", [], [])


def test_the_same_folder_is_exact_and_says_who_read_it(call: Call) -> None:
    read(call, "run-1", "s3://data/train/", {"a.csv": b"1,2\n", "b.csv": b"3\n"})
    answer = ask_tree(call, {"b.csv": b"3\n", "a.csv": b"1,2\n"})
    assert answer["decision"] == "used"
    assert relations(answer) == {"exact"}
    assert answer["findings"][0]["uses"][0]["by"]["name"] == "run-1"


def test_a_renamed_file_is_found_by_its_content(call: Call) -> None:
    read(call, "run-1", "s3://data/train.png", {"train.png": b"1,2\n"}, whole=True)
    answer = ask(call, files=[{"name": "x.png", "sha256": hashlib.sha256(b"1,2\n").hexdigest(), "size": 4}])
    assert relations(answer) == {"renamed"}


def test_a_copy_elsewhere_is_found_and_told_from_the_original(call: Call) -> None:
    tree = {"a.png": b"12", "b.png": b"3"}
    put(call, "s3://data/train/", tree)
    put(call, "s3://data/copy/", tree)
    read(call, "run-1", "s3://data/train/", tree)
    assert relations(ask(call, uri="s3://data/train/")) == {"exact"}
    assert relations(ask(call, uri="s3://data/copy")) == {"copied"}


def test_what_was_changed_in_place_since_is_used_with_the_old_bytes(call: Call) -> None:
    uri = "s3://data/train.png"
    put(call, "s3://data/", {"train.png": b"old"})
    artifact = {"Source": {"SourceUri": uri}, "ArtifactType": "DataSet"}
    from trialbook.services.artifacts import create_artifact

    made = create_artifact(call, artifact)
    read(call, "run-1", uri, {"train.png": b"old"}, whole=True)
    put(call, "s3://data/", {"train.png": b"new"})
    answer = ask(call, uri=uri)
    assert (answer["decision"], relations(answer)) == ("used", {"changed"})
    read(call, "run-2", uri, {"train.png": b"new"}, whole=True)
    assert relations(ask(call, uri=uri)) == {"exact", "changed"}
    listed = OPERATIONS["contents"](call, {"name": made["ArtifactArn"]})["contents"]
    assert [one["content"] for one in listed] == [
        contents.file_identity(hashlib.sha256(data).hexdigest()) for data in (b"old", b"new")
    ]
    found = records.require(call.store, call, Kind.ARTIFACT, made["ArtifactArn"])
    shown = records.document(found)["Properties"]
    assert shown[content_uses.PROPERTY] == listed[1]["content"]
    assert len([key for key in shown if key.startswith(f"{content_uses.PROPERTY}@")]) >= 1


def test_what_was_only_written_is_told_but_not_used(call: Call) -> None:
    read(call, "run-1", "s3://data/model.png", {"model.png": b"w"}, whole=True, direction=WROTE)
    answer = ask(call, hash=hashlib.sha256(b"w").hexdigest(), ignore_unseen=True)
    assert relations(answer) == {"exact"}
    assert answer["decision"] == "undecided"  # a hash alone has no rows to compare


def test_rows_are_found_whatever_the_order_of_columns_and_the_header(call: Call) -> None:
    from trialbook.services import row_sketches

    used = b"age,pay,name\n1,2.50,ann\n3,4,bob\n5,6,eve\n"
    sketch = row_sketches.to_document(row_sketches.sketch(io.BytesIO(used), "csv"))
    one = file("train.csv", used)

    def act(tx: Transaction) -> None:
        user = records.insert(tx, call, Kind.TRIAL_COMPONENT, trial_components.new_component(call, "run-1", {}))
        content_uses.keep(tx, call, user, Use(READ, "train", "s3://data/t.csv", [one], True, {one.hash: sketch}))

    call.store.write(act)
    import base64

    data = base64.b64encode(b"ann,1.0,2.5\nzoe,7,8\n").decode()
    answer = ask(call, data=data, name="holdout.csv")
    (finding,) = answer["findings"]
    assert (answer["decision"], finding["relation"]) == ("used", "rows")
    assert (finding["rows"]["shared"], finding["rows"]["asked"]) == (1, 2)
    assert "50.0% of the distinct rows" in answer["summary"]


def test_recorded_jobs_whose_data_was_never_seen_leave_it_undecided(call: Call) -> None:
    from tests.services.conftest import Client

    Client(call).train("recorded")
    answer = ask_tree(call, {"a.png": b"1"})
    assert answer["decision"] == "undecided"
    assert "s3://b/train" in answer["unchecked"][0]["why"]
    files = [{"name": "a.png", "sha256": "0" * 64, "size": 1}]
    assert ask(call, files=files, ignore_unseen=True)["decision"] == "unused"
    named = ask(call, uri="s3://b/train")
    assert (named["decision"], relations(named)) == ("used", {"place"})


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"uri": "s3://data/x", "hash": "0" * 64},
        {"hash": "abc"},
        {"files": []},
        {"data": "?"},
        {"uri": "s3://"},
        {"files": [{"name": "a", "sha256": "sha256-tree:" + "0" * 64, "size": 1}]},
    ],
)
def test_a_question_that_names_no_data_is_an_error_that_says_how(call: Call, request_: Document) -> None:
    with pytest.raises(ApiError) as caught:
        ask(call, **request_)
    assert len(caught.value.message) > 20


NAMES = st.sampled_from([f"{folder}{letter}.png" for folder in ("", "d/", "d/e/") for letter in "abcd"])
TREES = st.dictionaries(NAMES, st.integers(1, 6).map(lambda n: bytes([n])), min_size=1, max_size=6)


def reference(asked: Tree, used: Tree) -> str | None:
    """Say how two trees resemble each other, from their bytes alone."""
    if dict(asked) == dict(used):
        return "exact"
    mine, theirs = Counter(asked.values()), Counter(used.values())
    shared = (mine & theirs).total()
    if mine == theirs:
        return "renamed"
    if shared == mine.total():
        return "subset"
    if shared == theirs.total():
        return "superset"
    return "overlap" if shared else None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(trees=st.lists(TREES, min_size=1, max_size=4), asked=TREES, pick=st.integers(0, 3), edit=st.integers(0, 3))
def test_any_tree_resembles_what_was_used_as_a_plain_comparison_says(
    call: Call, trees: list[Tree], asked: Tree, pick: int, edit: int
) -> None:
    base = trees[pick % len(trees)]
    if edit == 1:
        asked = {f"new/{name}": data for name, data in base.items()}
    elif edit == 2:
        asked = dict(list(base.items())[: max(1, len(base) // 2)])
    elif edit == 3:
        asked = {**base, **asked}
    salt = call.workspace.new_id().encode()  # one store serves all examples: what each uses is its own
    salted = [{name: salt + data for name, data in tree.items()} for tree in trees]
    question = {name: salt + data for name, data in asked.items()}
    for number, tree in enumerate(salted):
        read(call, f"{salt.decode()}-{number}", f"s3://data/{number}/", tree)
    expected = {
        contents.tree_identity([file(*item) for item in tree.items()]): found
        for tree in salted
        if (found := reference(question, tree)) is not None
    }
    answer = ask_tree(call, question)
    assert {one["content"]: one["relation"] for one in answer["findings"]} == expected
    assert answer["decision"] == ("used" if expected else "unused")


@given(TREES, st.randoms())
def test_a_folder_has_one_identity_whatever_the_order_of_its_files(tree: Tree, random: Any) -> None:
    files = [file(*item) for item in tree.items()]
    before = contents.tree_identity(files)
    random.shuffle(files)
    assert contents.tree_identity(files) == before
    moved = [files[0]._replace(name=f"{files[0].name}x"), *files[1:]]
    changed = [files[0]._replace(hash="0" * 64), *files[1:]]
    assert len({before, contents.tree_identity(moved), contents.tree_identity(changed)}) == 3


def test_the_root_of_three_files_is_that_of_the_documented_tree() -> None:
    def h(data: bytes) -> bytes:
        return hashlib.sha256(data).digest()

    def leaf(name: bytes, data: bytes) -> bytes:
        return h(b"\0" + len(name).to_bytes(8, "big") + name + h(data))

    a, b, c = leaf(b"a", b"1"), leaf(b"b/a", b"2"), leaf("ü".encode(), b"3")
    expected = h(b"\1" + h(b"\1" + a + b) + c).hex()
    files = [file("ü", b"3"), file("b/a", b"2"), file("a", b"1")]
    assert contents.tree_identity(files) == f"sha256-tree:{expected}"


def test_a_table_that_a_run_logged_as_input_is_found_by_its_rows(call: Call) -> None:
    import base64

    from trialbook.handlers.dispatch import dispatch

    put(call, "s3://data/", {"log/train.csv": b"a,b\n1,x\n2,y\n3,z\n"})
    artifact = {"train": {"Value": "s3://data/log/train.csv", "MediaType": "text/csv"}}
    dispatch(call, "sagemaker", "CreateTrialComponent", {"TrialComponentName": "run-1"})
    update = {"TrialComponentName": "run-1", "InputArtifacts": artifact}
    dispatch(call, "sagemaker", "UpdateTrialComponent", update)
    for _ in range(2):
        answer = ask(call, data=base64.b64encode(b"b,a\ny,2.0\n").decode(), name="holdout.csv")
        assert (relations(answer), answer["decision"], answer["unchecked"]) == ({"rows"}, "used", [])
    assert answer["findings"][0]["uses"][0]["by"] == {
        "type": "run",
        "name": "run-1",
        "arn": "arn:aws:sagemaker:us-east-1:000000000000:experiment-trial-component/run-1",
    }
    listed = OPERATIONS["contents"](call, {"name": "run-1"})["contents"]
    assert [(one["direction"], one["name"], one["count"]) for one in listed] == [("read", "train", 1)]


def test_an_object_that_came_in_parts_has_the_hash_of_its_whole(call: Call) -> None:
    from trialbook.services import uploads

    buckets.create_bucket(call, {"Bucket": "data"})
    begun = uploads.create_multipart_upload(call, {"Bucket": "data", "Key": "big"})
    name = {"Bucket": "data", "Key": "big", "UploadId": begun["UploadId"]}
    for number, data in ((1, b"one"), (2, b"two")):
        uploads.upload_part(call, {**name, "PartNumber": number, "Body": io.BytesIO(data)})
    uploads.complete_multipart_upload(
        call, {**name, "MultipartUpload": {"Parts": [{"PartNumber": 1}, {"PartNumber": 2}]}}
    )
    row = call.store.object("data", "big")
    assert row is not None
    assert row.meta[objects.CONTENT] == hashlib.sha256(b"onetwo").hexdigest()
    assert b"".join(objects.read_bytes(call, row, Span(0, 6))) == b"onetwo"


def test_an_object_that_changed_since_its_prefix_was_used_is_told_so(call: Call) -> None:
    from trialbook.services.artifacts import create_artifact

    tree = {"a.png": b"old", "b.png": b"same"}
    put(call, "s3://data/train/", tree)
    create_artifact(call, {"Source": {"SourceUri": "s3://data/train"}, "ArtifactType": "DataSet"})
    read(call, "run-1", "s3://data/train", tree)
    put(call, "s3://data/train/", {"a.png": b"new"})
    assert relations(ask(call, uri="s3://data/train/a.png")) == {"changed"}
    assert relations(ask(call, uri="s3://data/train/b.png")) == {"subset"}
    whole = ask(call, uri="s3://data/train/")
    assert relations(whole) == {"changed"}
    assert whole["findings"][0]["files"] == {"shared": 1, "asked": 2, "used": 2}


@pytest.mark.parametrize(("name", "doubted"), [("a.libsvm", True), ("part-0", True), ("a.png", False)])
def test_what_may_hold_a_table_in_another_format_leaves_a_miss_undecided(call: Call, name: str, doubted: bool) -> None:
    import base64

    answer = ask(call, data=base64.b64encode(b"1 2:3").decode(), name=name)
    assert answer["decision"] == ("undecided" if doubted else "unused")


def test_a_folder_of_too_many_files_is_told_as_not_checked(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content_uses, "MOST_FILES", 1)
    tree = {"a.png": b"1", "b.png": b"2"}
    read(call, "run-1", "s3://data/train/", tree)
    assert relations(ask_tree(call, tree)) == {"exact"}
    part = ask_tree(call, {"a.png": b"1"})
    assert (part["decision"], part["unchecked"][0]["what"]) == ("undecided", "single files and rows of 1 large folders")


def test_what_a_run_logged_is_traced_to_the_endpoint_and_back(call: Call) -> None:
    from tests.services.conftest import Client

    from trialbook.handlers.dispatch import dispatch

    put(call, "s3://data/", {"train.csv": b"1,2,3\n", "model.tar.gz": b"weights"})
    dispatch(
        call,
        "sagemaker",
        "CreateTrialComponent",
        {
            "TrialComponentName": "run-1",
            "InputArtifacts": {"train": {"Value": "s3://data/train.csv"}},
            "OutputArtifacts": {"model": {"Value": "s3://data/model.tar.gz"}},
        },
    )
    client = Client(call)
    client.serve_model("model-1", "s3://data/model.tar.gz")
    client.deploy("live", "model-1")
    answer = ask(call, uri="s3://data/train.csv")
    assert [one["name"] for one in answer["findings"][0]["uses"][0]["downstream"]] == ["model-1", "live"]
    tree = OPERATIONS["trace"](call, {"name": "live"})["tree"]
    run = tree["children"][0]["children"][0]["children"][0]
    assert (run["type"], run["name"], run["data"][0]["uri"]) == ("run", "run-1", "s3://data/train.csv")


def test_a_trace_that_is_too_long_says_so_and_one_of_nothing_is_an_error(call: Call) -> None:
    for number in range(120):
        before, after = {"x": bytes([number])}, {"x": bytes([number + 1])}
        read(call, f"step-{number}", f"s3://data/{number}", before, whole=True)
        read(call, f"step-{number}", f"s3://data/{number + 1}", after, whole=True, direction=WROTE)
    found = OPERATIONS["trace"](call, {"name": "step-119"})
    assert not found["complete"]
    assert 100 <= found["count"] < 120
    with pytest.raises(ApiError, match="nothing-here"):
        OPERATIONS["trace"](call, {"name": "nothing-here"})
