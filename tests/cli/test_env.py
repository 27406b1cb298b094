"""`trialbook env`: what it prints is what a shell takes, and what clients need."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from trialbook.cli.env import command, exports, statement

NOTHING = {name: "" for name in os.environ if name.startswith("AWS_") or name.lower().endswith("_proxy")}
AWKWARD = 'a\'b "c" $HOME `id` \\ ;'


def env(store: Path, *options: str, **environ: str) -> Result:
    return CliRunner().invoke(command, ["--store", str(store), *options], env={**NOTHING, **environ})


def settings(result: Result) -> dict[str, str]:
    """Give the variables that a shell has after taking the output."""
    assert result.exit_code == 0, result.output
    script = f'{result.stdout}\n"{sys.executable}" -c "import json, os; print(json.dumps(dict(os.environ)))"'
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=True, env={"PATH": "/bin"})
    return dict(json.loads(done.stdout))


def test_a_shell_that_takes_the_output_speaks_to_the_server(tmp_path: Path) -> None:
    found = settings(env(tmp_path, "--url", "http://127.0.0.1:9999/", "--region", "eu-west-1"))
    assert found["AWS_ENDPOINT_URL"] == "http://127.0.0.1:9999"
    assert found["AWS_DEFAULT_REGION"] == found["AWS_REGION"] == "eu-west-1"
    assert found["AWS_ACCESS_KEY_ID"]
    assert "HTTPS_PROXY" not in found


def test_credentials_that_are_configured_stay(tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE"):
        assert "AWS_SECRET_ACCESS_KEY" not in env(tmp_path, **{name: "mine"}).stdout


def test_the_region_is_that_of_the_environment(tmp_path: Path) -> None:
    assert settings(env(tmp_path))["AWS_REGION"] == "us-east-1"
    assert settings(env(tmp_path, AWS_DEFAULT_REGION="us-west-2"))["AWS_REGION"] == "us-west-2"


def test_the_defaults_file_names_the_bucket_of_region_and_account(tmp_path: Path) -> None:
    found = settings(env(tmp_path, "--region", "eu-west-1", "--account", "123456789012"))
    path = Path(found["SAGEMAKER_USER_CONFIG_OVERRIDE"])
    assert (path.is_absolute(), path.parent) == (True, tmp_path)
    assert "DefaultS3Bucket: sagemaker-eu-west-1-123456789012" in path.read_text()
    assert "TelemetryOptOut: true" in path.read_text()


def test_two_regions_have_defaults_files_of_their_own(tmp_path: Path) -> None:
    both = [settings(env(tmp_path, "--region", name)) for name in ("us-east-1", "us-east-2")]
    paths = {found["SAGEMAKER_USER_CONFIG_OVERRIDE"] for found in both}
    assert len(paths) == 2


def test_a_config_file_that_is_replaced_is_said(tmp_path: Path) -> None:
    result = env(tmp_path, SAGEMAKER_USER_CONFIG_OVERRIDE="/my/own.yaml")
    assert "/my/own.yaml" in result.stderr
    assert "/my/own.yaml" not in result.stdout


def test_with_the_proxy_https_goes_through_it_but_not_to_this_machine(tmp_path: Path) -> None:
    found = settings(env(tmp_path, "--tls-proxy", "9443", NO_PROXY="intra.example.org,localhost"))
    assert found["HTTPS_PROXY"] == found["https_proxy"] == "http://127.0.0.1:9443"
    assert found["NO_PROXY"] == found["no_proxy"] == "intra.example.org,localhost,127.0.0.1"
    assert found["AWS_CA_BUNDLE"] == found["REQUESTS_CA_BUNDLE"] == str(tmp_path / "tls" / "ca.pem")
    assert "BEGIN CERTIFICATE" in Path(found["AWS_CA_BUNDLE"]).read_text()


def test_what_is_no_region_or_account_is_refused(tmp_path: Path) -> None:
    assert "AWS region" in env(tmp_path, "--region", "here; rm -r x").stderr
    assert "12 digits" in env(tmp_path, "--account", "12").stderr


def test_any_value_survives_a_shell(tmp_path: Path) -> None:
    script = f'{statement("sh", "X", AWKWARD)}\nprintf %s "$X"'
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == AWKWARD


def test_other_shells_quote_in_their_own_way() -> None:
    assert statement("fish", "X", "a'b\\c") == "set -gx X 'a\\'b\\\\c'"
    assert statement("powershell", "X", "a'b") == "$env:X = 'a''b'"


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
def test_any_value_survives_fish() -> None:
    script = f"{statement('fish', 'X', AWKWARD)}\nprintf %s $X"
    done = subprocess.run(["fish", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == AWKWARD


def test_the_access_key_says_who_the_user_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "ann/b c")
    found = exports(tmp_path, "http://127.0.0.1:1", "us-east-1", "0" * 12, None, {})
    assert found["AWS_ACCESS_KEY_ID"] == "ann-b-c"
