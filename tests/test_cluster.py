"""Reports on a real scheduler with real workers: what is lost on the way, and that it makes no difference."""

from __future__ import annotations

import json
import os
import pickle
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

pytest.importorskip("distributed", reason="dask is not installed (extra cluster)")

from casebook.cluster import transfer
from casebook.cluster.transfer import pack, unpack
from casebook.cluster.versions import local_environment
from casebook.errors import InputError
from tests.clusters import Processes, cluster
from tests.conftest import ROOT
from tests.small_cases import begin, clients, published, report, results_of, world, write_client

HTML = ("--format", "html", "--json")
TWENTY = [f"client-{number:02}" for number in range(20)]


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """A scheduler and two workers that nobody kills."""
    with cluster(tmp_path_factory.mktemp("cluster")) as processes:
        yield processes


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    """Twenty clients, and their reports made by a local batch: its folder."""
    folder = world(tmp_path_factory.mktemp("local"), TWENTY)
    done = report(folder, *HTML, "--jobs", "2")
    assert done.returncode == 0, done.stderr
    return folder


def same_world(folder: Path, other: Path) -> None:
    """The same templates and parameter files: a new template has cells with other ids."""
    for name in ("templates", "params"):
        shutil.copytree(other / name, folder / name)


def manifests(folder: Path) -> dict[str, dict]:
    """The manifests without what differs from run to run: times."""

    def timeless(value):
        if isinstance(value, dict):
            return {key: timeless(it) for key, it in value.items() if key not in ("modified", "seconds")}
        return value

    return {
        path.parent.name: timeless(json.loads(path.read_text("utf-8")))
        for path in (folder / "output").glob("*/*.manifest.json")
    }


def wait_for_reports(folder: Path, process: subprocess.Popen[str], number: int) -> None:
    while len(list((folder / "output").glob("*/*.manifest.json"))) < number:
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)


@pytest.mark.slow
def test_a_killed_worker_costs_nothing_and_the_bytes_are_those_of_a_local_batch(tmp_path, local):
    same_world(tmp_path, local)
    with cluster(tmp_path / "cluster") as processes:
        process = begin(tmp_path, *HTML, "--scheduler", processes.address)
        wait_for_reports(tmp_path, process, 5)
        processes.workers[0].kill()
        stdout, stderr = process.communicate(timeout=300)
    assert process.returncode == 0, stderr
    lines = [json.loads(line) for line in stdout.splitlines()]
    assert sorted(each["client"] for each in lines) == TWENTY, "each is told once"
    assert {each["status"] for each in lines} == {"done"}
    assert published(tmp_path) == published(local)
    assert manifests(tmp_path) == manifests(local)
    again = report(tmp_path, *HTML)
    assert {each["status"] for each in results_of(again.stdout).values()} == {"up to date"}


@pytest.mark.slow
def test_a_killed_scheduler_fails_what_is_left_and_the_next_run_completes_it(tmp_path, two, local):
    same_world(tmp_path, local)
    with cluster(tmp_path / "cluster") as processes:
        process = begin(tmp_path, *HTML, "--scheduler", processes.address)
        wait_for_reports(tmp_path, process, 8)
        processes.scheduler.kill()
        stdout, stderr = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "Traceback" not in stderr
    lost = {name: each for name, each in results_of(stdout).items() if each["status"] == "failed"}
    made = {name: each for name, each in results_of(stdout).items() if each["status"] == "done"}
    assert len(lost) + len(made) == 20 and len(lost) > 0 and len(made) >= 8
    assert all(f"the scheduler at {processes.address} was lost" in each["error"] for each in lost.values())
    assert manifests(tmp_path).keys() == made.keys()
    assert list((tmp_path / "output").glob("*/.staging*")) == []
    again = report(tmp_path, *HTML, "--scheduler", two.address)
    assert again.returncode == 0, again.stderr
    status = {name: each["status"] for name, each in results_of(again.stdout).items()}
    assert status == dict.fromkeys(made, "up to date") | dict.fromkeys(lost, "done")
    assert published(tmp_path) == published(local)


@pytest.mark.slow
def test_a_report_that_takes_its_worker_down_fails_after_three_and_harms_no_other(tmp_path):
    deadly = (
        "import psutil\n"
        "if case.client.name == 'beta':\n"
        "    [psutil.Process().parent().parent().kill()]\n"
        "    import time; time.sleep(60)"
    )
    world(tmp_path, ["alpha", "beta", "gamma"], deadly)
    with cluster(tmp_path / "cluster", workers=0) as processes:
        for _ in range(2):
            processes.start_worker("--nanny")  # it starts a killed worker again
        processes.wait(2)
        done = report(tmp_path, *HTML, "--scheduler", processes.address)
    assert done.returncode == 1
    found = results_of(done.stdout)
    assert {name: each["status"] for name, each in found.items()} == {
        "alpha": "done",
        "beta": "failed",
        "gamma": "done",
    }
    assert "its worker was lost 3 times in a row: tcp://127.0.0.1:" in found["beta"]["error"]
    assert found["beta"]["error"].count("tcp://") == 3


def other_numpy(folder: Path) -> dict[str, str]:
    """The environment of a process for which another version of NumPy is installed."""
    about = folder / "other/numpy-1.0.dist-info/METADATA"
    about.parent.mkdir(parents=True)
    about.write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 1.0\n", encoding="utf-8")
    return {"PYTHONPATH": os.pathsep.join([str(folder / "other"), *filter(None, sys.path)])}


@pytest.mark.slow
def test_workers_with_another_version_are_refused_by_name(tmp_path):
    """Where there is no other, before anything is run; else the others make the reports."""
    world(tmp_path, ["alpha", "beta", "gamma"], "import time; time.sleep(1)")
    numpy = local_environment()["packages"]["numpy"]
    with cluster(tmp_path / "cluster", workers=0) as processes:
        processes.start_worker("--no-nanny", env=other_numpy(tmp_path))
        processes.wait(1)
        done = report(tmp_path, *HTML, "--scheduler", processes.address)
        assert done.returncode == 2
        assert done.stdout == "" and not (tmp_path / "output").exists()
        assert f"refused: numpy is 1.0 there and {numpy} here" in done.stderr
        assert "worker tcp://127.0.0.1:" in done.stderr
        processes.start_worker("--no-nanny")
        processes.wait(2)
        done = report(tmp_path, *HTML, "--scheduler", processes.address)
        assert done.returncode == 0, done.stderr
        assert done.stderr.count(f"is refused: numpy is 1.0 there and {numpy} here") == 1


@pytest.mark.slow
def test_a_worker_with_another_version_that_joins_late_makes_no_report(tmp_path):
    world(tmp_path, TWENTY[:8], "import time; time.sleep(1)")
    with cluster(tmp_path / "cluster", workers=1) as processes:
        process = begin(tmp_path, *HTML, "--scheduler", processes.address)
        wait_for_reports(tmp_path, process, 1)
        processes.start_worker("--no-nanny", env=other_numpy(tmp_path), threads=4)
        stdout, stderr = process.communicate(timeout=300)
        assert process.returncode == 0, stderr
        assert {each["status"] for each in results_of(stdout).values()} == {"done"}
        assert "is refused: numpy is 1.0 there" in stderr


@pytest.mark.slow
def test_a_failing_cell_is_told_as_by_a_local_batch(tmp_path, two):
    world(tmp_path, ["alpha", "beta"], "assert case.client.name != 'beta', 'not this one'")
    write_client(tmp_path, "gamma", years="0")
    done = report(tmp_path, *HTML, "--scheduler", two.address)
    assert done.returncode == 1
    kept = (tmp_path / "output/beta/rack.failed.ipynb").read_text("utf-8")
    error = results_of(done.stdout)["beta"]["error"]
    status = {name: each["status"] for name, each in results_of(done.stdout).items()}
    assert status == {"alpha": "done", "beta": "failed", "gamma": "failed"}
    here_too = report(tmp_path, *HTML, "params/beta.yaml", "--output", "other")
    assert results_of(here_too.stdout)["beta"]["error"].replace("other/", "output/") == error
    assert "templates/rack/template.ipynb, cell 4: AssertionError: not this one" in error
    assert '"not this one"' in kept or "not this one" in kept


@pytest.mark.slow
def test_the_deadline_holds_on_a_worker(tmp_path, two):
    world(tmp_path, ["alpha"], "while True: pass")
    done = report(tmp_path, *HTML, "--scheduler", two.address, "--deadline", "2")
    assert done.returncode == 1
    error = results_of(done.stdout)["alpha"]["error"]
    assert "template.ipynb, cell 4: not finished within the deadline of 2 seconds" in error
    assert (tmp_path / "output/alpha/rack.failed.ipynb").exists()


@pytest.mark.slow
def test_data_files_travel_and_a_file_outside_the_current_folder_keeps_its_place(tmp_path, two):
    world(tmp_path / "work", [], "import pathlib\nlen(pathlib.Path('../data/posts.csv').read_text())")
    (tmp_path / "work/data").mkdir()
    (tmp_path / "work/data/posts.csv").write_text("id,likes\n1,2\n2,5\n", encoding="utf-8")
    path = write_client(tmp_path / "work", "alpha", data="{posts: ../data/posts.csv}")
    (tmp_path / "elsewhere").mkdir()
    outputs = []
    for number, more in enumerate(((), ("--scheduler", two.address))):
        output = tmp_path / f"out-{number}"
        done = report(tmp_path / "elsewhere", str(path), *HTML, "--output", str(output), *more)
        assert done.returncode == 0, done.stderr
        outputs.append({it.name: it.read_bytes() for it in output.glob("alpha/rack.[hij]*")})
    assert outputs[0] == outputs[1] and len(outputs[0]) == 3


@pytest.mark.slow
def test_a_stopped_run_leaves_no_report_under_way_on_a_worker(tmp_path, two):
    world(tmp_path, TWENTY[:6], f"import time; time.sleep(60)  # {tmp_path.name}")
    process = begin(tmp_path, *HTML, "--scheduler", two.address)
    until = time.monotonic() + 60
    while not children(two) and time.monotonic() < until:
        time.sleep(0.1)
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=120)
    assert process.returncode == 130, stderr
    assert "Traceback" not in stderr
    until = time.monotonic() + 10
    while children(two) and time.monotonic() < until:
        time.sleep(0.1)
    assert children(two) == []
    assert not manifests(tmp_path)
    assert list((tmp_path / "output").glob("*/.staging*")) == []


def children(processes: Processes) -> list[psutil.Process]:
    """The helpers of all workers, and what they run."""
    return [it for worker in processes.workers for it in psutil.Process(worker.pid).children(recursive=True)]


@pytest.mark.slow
def test_where_no_scheduler_answers_the_run_ends_within_seconds(tmp_path):
    world(tmp_path, ["alpha"])
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        begun = time.monotonic()
        done = report(tmp_path, *HTML, "--scheduler", address)
    assert time.monotonic() - begun < 30
    assert done.returncode == 2
    assert f"--scheduler {address}: no scheduler answers there within 5 seconds" in done.stderr
    assert "hint: start one: dask scheduler" in done.stderr
    wrong = report(tmp_path, *HTML, "--scheduler", "nowhere at all")
    assert wrong.returncode == 2
    assert "--scheduler nowhere at all: this is not the address of a scheduler" in wrong.stderr
    assert "Traceback" not in done.stderr + wrong.stderr
    assert not (tmp_path / "output").exists()


def test_without_dask_the_option_says_what_to_install(tmp_path):
    world(tmp_path, ["alpha"])
    code = (
        "import sys; sys.modules['distributed'] = None\n"
        "sys.argv = ['casebook', 'report', 'params/alpha.yaml', '--scheduler', 'tcp://127.0.0.1:1']\n"
        "from casebook.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "--scheduler: reports on a cluster need dask",
        "  hint: install it: pip install 'casebook[cluster]'",
    ]


def test_a_bundle_names_no_folder_of_the_driver(tmp_path, monkeypatch):
    world(tmp_path, ["alpha"])
    monkeypatch.chdir(tmp_path)
    order = (Path(clients(tmp_path)[0]), {}, ("html",), "fork")
    bundle, top = pack("batch", "alpha", order, {})
    assert top == tmp_path
    assert str(tmp_path).encode() not in pickle.dumps(bundle)
    assert sorted(bundle.files) == [
        "params/alpha.yaml",
        "templates/rack/inputs.yaml",
        "templates/rack/template.ipynb",
    ]


def test_a_file_too_large_to_be_sent_is_read_where_workers_see_the_same(tmp_path, monkeypatch):
    work = world(tmp_path / "work", [])
    large = work / "params/posts.csv"
    large.write_text("id,likes\n" + "1,2\n" * 300, encoding="utf-8")
    write_client(work, "alpha", data="{posts: posts.csv}")
    monkeypatch.chdir(work)
    monkeypatch.setattr(transfer, "LIMIT", 1000)
    order = (Path("params/alpha.yaml"), {}, ("html",), "fork")
    bundle, _ = pack("batch", "alpha", order, {})
    assert bundle.files["params/posts.csv"].content is None
    unpack(bundle, tmp_path / "worker")
    assert (tmp_path / "worker/params/posts.csv").samefile(large)
    large.write_text("id,likes\n" + "1,3\n" * 300, encoding="utf-8")
    with pytest.raises(InputError, match="too large to send to a worker, where it has changed"):
        unpack(bundle, tmp_path / "second")
    large.unlink()
    with pytest.raises(InputError, match="where it is missing"):
        unpack(bundle, tmp_path / "third")


def certificate(folder: Path) -> Path:
    """A key with a certificate that it signed itself, in one file."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "firm")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    signed = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(
        key, hashes.SHA256()
    )
    pem = serialization.Encoding.PEM
    content = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + signed.public_bytes(pem)
    path = folder / "firm.pem"
    path.write_bytes(content)
    return path


@pytest.mark.slow
def test_a_cluster_is_secured_as_the_readme_says(tmp_path):
    pytest.importorskip("cryptography")
    pem = str(certificate(tmp_path))
    flags = ("--tls-ca-file", "--tls-cert", "--tls-key")
    variables = re.findall(r"`(DASK_DISTRIBUTED__COMM__TLS__\w+)`", (ROOT / "README.md").read_text("utf-8"))
    assert len(variables) == 3
    world(tmp_path, ["alpha"])
    options = [part for flag in flags for part in (flag, pem)]
    with cluster(tmp_path / "cluster", workers=0, scheduler=("--protocol", "tls", *options)) as processes:
        assert processes.address.startswith("tls://")
        processes.start_worker("--no-nanny", *options)
        processes.wait(1)
        stranger = report(tmp_path, *HTML, "--scheduler", processes.address)
        assert stranger.returncode == 2 and "Traceback" not in stranger.stderr
        known = {**os.environ, **dict.fromkeys(variables, pem)}
        done = report(tmp_path, *HTML, "--scheduler", processes.address, env=known)
    assert done.returncode == 0, done.stderr
