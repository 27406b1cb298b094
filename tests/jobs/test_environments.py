"""Images and environments: which interpreter and packages serve what, made once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.conftest import serve
from tests.jobs.conftest import Jobs, job_settings, training

from trialbook.cli.images import command
from trialbook.errors import UsageError
from trialbook.jobs.environments import Environments
from trialbook.jobs.failure import JobFailure
from trialbook.jobs.images import BUILT_IN, Image, Images, short_name

PACKAGES = ("a", 'b; python_version > "3"')
ECR = "683313688378.dkr.ecr.us-east-1.amazonaws.com"


def package(folder: Path, version: str) -> Path:
    """Make a package that pip can install without a network."""
    source = folder / f"tiny-{version}"
    source.mkdir()
    (source / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    (source / "backend.py").write_text(f"""
import zipfile, pathlib
def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = "tiny-{version}-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(folder) / name, "w") as wheel:
        wheel.writestr("tiny.py", "VERSION = '{version}'")
        about = "Metadata-Version: 2.1\\nName: tiny\\nVersion: {version}\\n"
        wheel.writestr("tiny-{version}.dist-info/METADATA", about)
        tags = "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
        wheel.writestr("tiny-{version}.dist-info/WHEEL", tags)
        wheel.writestr("tiny-{version}.dist-info/RECORD", "")
    return name
""")
    return source


def ask(python: Path, code: str) -> str:
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_an_image_is_known_by_its_repository_and_tag() -> None:
    assert short_name(f"{ECR}/sagemaker-xgboost:1.7-1") == "sagemaker-xgboost:1.7-1"
    assert short_name("registry.example.com/a/b/mine@sha256:abc") == "mine:latest"


@pytest.mark.parametrize(
    ("uri", "packages", "algorithm"),
    [
        (f"{ECR}/sagemaker-xgboost:1.7-1", ("xgboost==1.7.*",), "xgboost"),
        (f"{ECR}/sagemaker-xgboost:1.2-1", ("xgboost==1.7.*",), "xgboost"),
        (f"{ECR}/sagemaker-xgboost:2.1-1", ("xgboost==2.1.*",), "xgboost"),
        (f"{ECR}/sagemaker-xgboost:3.0-5", ("xgboost-cpu>=3",), "xgboost"),
        ("811284229777.dkr.ecr.us-east-1.amazonaws.com/xgboost:1", ("xgboost-cpu>=2",), "xgboost"),
        ("382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1", (), "linear-learner"),
        (f"{ECR}/sagemaker-scikit-learn:1.2-1-cpu-py3", ("scikit-learn", "pandas"), None),
        ("763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.5-cpu-py311", ("torch",), None),
    ],
)
def test_the_built_in_lines_serve_sagemakers_images(
    tmp_path: Path, uri: str, packages: tuple[str, ...], algorithm: str | None
) -> None:
    found = Images(tmp_path / "images.toml").resolve(uri)
    assert (found.packages, found.algorithm) == (packages, algorithm)


def test_the_users_line_comes_first_and_can_be_taken_out(tmp_path: Path) -> None:
    images = Images(tmp_path / "images.toml")
    mine = Image(
        "sagemaker-xgboost:*", "/opt/x/bin/python", ("a", 'b; python_version > "3"'), ("run", "it"), None, "yours"
    )
    images.add(mine)
    assert Images(images.file).resolve(f"{ECR}/sagemaker-xgboost:1.7-1") == mine
    images.remove("sagemaker-xgboost:*")
    assert images.lines == list(BUILT_IN)
    with pytest.raises(UsageError, match="has no line for 'x:\\*'"):
        images.remove("x:*")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[image]\n", "is not TOML"),
        ('[[image]]\npython = "x"\n', "has a pattern"),
        ('[[image]]\npattern = "x"\npackages = "y"\n', "not packages"),
        ('[[image]]\npattern = "x"\ncolour = "red"\n', "not colour"),
    ],
)
def test_what_is_wrong_in_the_users_file_is_said(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "images.toml").write_text(text)
    with pytest.raises(UsageError, match=message):
        _ = Images(tmp_path / "images.toml").lines


@pytest.mark.slow
def test_a_layer_sees_its_own_packages_before_the_interpreters(tmp_path: Path) -> None:
    environments = Environments(tmp_path / "environments")
    said: list[str] = []
    source = package(tmp_path, "1.0")
    python = environments.with_packages(Path(sys.executable), [str(source), "--no-build-isolation"], said.append)
    assert ask(python, "import tiny, numpy; print(tiny.VERSION, numpy.__name__)") == "1.0 numpy"
    assert any("making an environment" in line for line in said)
    upper = environments.layer(python, tmp_path / "upper")
    assert ask(upper, "import tiny, numpy, sys; print(tiny.VERSION, sys.prefix)") == f"1.0 {tmp_path / 'upper'}"


@pytest.mark.slow
def test_an_environment_is_made_once(tmp_path: Path) -> None:
    environments = Environments(tmp_path / "environments")
    wanted = [str(package(tmp_path, "1.0")), "--no-build-isolation"]
    first = environments.with_packages(Path(sys.executable), wanted, lambda _: None)
    said: list[str] = []
    assert environments.with_packages(Path(sys.executable), wanted, said.append) == first
    assert said == []


def test_what_the_interpreter_has_already_is_not_installed_again(tmp_path: Path) -> None:
    environments = Environments(tmp_path / "environments")
    image = Image("x:*", packages=("numpy>=1", 'windows-only; sys_platform == "win32"'))
    assert environments.python_for(image, pytest.fail) == Path(sys.executable)


def test_packages_that_cannot_be_installed_are_named_and_nothing_is_left(tmp_path: Path) -> None:
    environments = Environments(tmp_path / "environments")
    wanted = [str(tmp_path / "not-there"), "--no-index"]
    with pytest.raises(JobFailure, match=r"pip could not install .*not-there"):
        environments.with_packages(Path(sys.executable), wanted, lambda _: None)
    assert [path for path in (tmp_path / "environments").iterdir() if path.is_dir()] == []


def test_an_interpreter_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(JobFailure, match="'/no/python' for 'x:\\*', which is not there"):
        Environments(tmp_path).python_for(Image("x:*", python="/no/python"), lambda _: None)


def test_a_scripts_requirements_are_installed_once_for_all_its_jobs(tmp_path: Path) -> None:
    source = package(tmp_path, "2.5")
    with serve(job_settings(tmp_path)) as server:
        jobs = Jobs(server)
        files = {"train.py": "import tiny; print(tiny.VERSION)", "requirements.txt": f"{source}\n"}
        uri = jobs.source(files)
        for name in ("one", "two"):
            script = {"sagemaker_program": "train.py", "sagemaker_submit_directory": uri}
            jobs.api.create_training_job(**training(name, HyperParameters=script))
            job = jobs.ended(name)
            assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
            assert jobs.lines(name) == ["2.5"]
    assert len([path for path in (tmp_path / "environments").iterdir() if path.is_dir()]) == 1


def test_the_command_adds_shows_prepares_and_removes(tmp_path: Path) -> None:
    store = ["--store", str(tmp_path / "store")]
    runner = CliRunner()
    added = runner.invoke(command, [*store, "--add", "mine:*", "--package", "numpy", "--command", "python run.py"])
    assert added.exit_code == 0
    assert "mine:*" in added.output
    prepared = runner.invoke(command, [*store, "--prepare", f"{ECR}/mine:7"])
    assert prepared.output == f"mine:7 is served by 'mine:*' with {sys.executable}\n"
    removed = runner.invoke(command, [*store, "--remove", "mine:*"])
    assert "mine:*" not in removed.output
    assert "factorization-machines:*" in removed.output
