"""Parameter files and reports in a bucket: a real S3 server, and a line to it that is cut."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

pytest.importorskip("s3fs", reason="s3fs is not installed (extra s3)")
pytest.importorskip("moto.server", reason="moto's server is not installed")

from moto.server import ThreadedMotoServer

from casebook.authoring.approval import approve
from tests.conftest import run
from tests.small_cases import published, report, results_of, world, write_client

HTML = ("--format", "html", "--json")
SECRET = "wJalrXUtnFEMIsecretK7MDENG"


class Line:
    """The line between a run and the server; it can be cut when so many objects have been put."""

    def __init__(self, port: int) -> None:
        self._server, self._cut_at, self.puts = port, -1, 0
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_at(self, puts: int) -> None:
        """Let so many objects through, and then nothing more."""
        self._cut_at, self.puts = puts, 0

    def mend(self) -> None:
        self._cut_at, self.puts = -1, 0

    def close(self) -> None:
        self._listener.close()

    @property
    def _is_cut(self) -> bool:
        return 0 <= self._cut_at < self.puts

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self._is_cut:
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self._server))
            self._open += [near, far]
            for one, other, sends in ((near, far, True), (far, near, False)):
                threading.Thread(target=self._pass, args=(one, other, sends), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket, sends: bool) -> None:
        try:
            while data := one.recv(1 << 16):
                if sends and data.startswith(b"PUT "):
                    self.puts += 1
                if self._is_cut:
                    for each in self._open:
                        each.close()
                    break
                other.sendall(data)
        except OSError:
            pass
        finally:
            for each in (one, other):
                each.close()


class Bucket:
    """A bucket on a server of its own."""

    def __init__(self, port: int) -> None:
        import boto3

        self.client = boto3.client("s3", **_account(f"http://127.0.0.1:{port}"), region_name="us-east-1")

    def put(self, key: str, content: bytes) -> None:
        self.client.put_object(Bucket="firm", Key=key, Body=content)

    def list(self, prefix: str = "") -> Sequence[str]:
        found = self.client.list_objects_v2(Bucket="firm", Prefix=prefix).get("Contents", [])
        return [it["Key"] for it in found]

    def get(self, key: str) -> bytes:
        return self.client.get_object(Bucket="firm", Key=key)["Body"].read()

    def put_world(self, folder: Path) -> None:
        for name in ("params", "templates"):
            for path in (folder / name).rglob("*"):
                if path.is_file():
                    self.put(path.relative_to(folder).as_posix(), path.read_bytes())

    def reports(self) -> dict[str, bytes]:
        """Every object under out/ but the manifests, by its path from there."""
        return {
            key.removeprefix("out/"): self.get(key)
            for key in self.list("out/")
            if not key.endswith(".manifest.json")
        }

    def is_whole(self, client: str) -> bool:
        """Whether a reader who follows the manifest finds just the files that it names."""
        manifest = json.loads(self.get(f"out/{client}/rack.manifest.json"))
        found = {
            name: hashlib.sha256(self.get(f"out/{client}/{name}")).hexdigest() for name in manifest["files"]
        }
        return found == {name: about["sha256"] for name, about in manifest["files"].items()}


def _account(endpoint: str) -> dict[str, str]:
    return {"endpoint_url": endpoint, "aws_access_key_id": "AKIAFIRM", "aws_secret_access_key": SECRET}


@pytest.fixture(scope="module")
def port():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield server.get_host_and_port()[1]
    server.stop()


@pytest.fixture
def bucket(port):
    bucket = Bucket(port)
    bucket.client.create_bucket(Bucket="firm")
    yield bucket
    for key in bucket.list():
        bucket.client.delete_object(Bucket="firm", Key=key)
    bucket.client.delete_bucket(Bucket="firm")


@pytest.fixture
def line(port):
    line = Line(port)
    yield line
    line.close()


def surroundings(port: int) -> dict[str, dict[str, str]]:
    """The environment of a run: whose bucket, and where."""
    account = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "AKIAFIRM",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    return {"env": {**os.environ, **account}}


def with_data(folder: Path) -> Path:
    """A world whose first client has data, a logo and a record of what was approved."""
    world(folder, ["beta"])
    (folder / "params/data").mkdir()
    (folder / "params/data/posts-1.csv").write_text("id,likes\n1,2\n", encoding="utf-8")
    (folder / "params/logo.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', encoding="utf-8"
    )
    write_client(folder, "alpha", data="{posts: data/posts-*.csv}")
    path = folder / "params/alpha.yaml"
    path.write_text(path.read_text("utf-8").replace('"alpha"}', '"alpha", logo: logo.svg}'), encoding="utf-8")
    approve(path)
    return folder


@pytest.mark.slow
def test_reports_from_and_to_a_bucket_are_those_from_and_to_a_disk(tmp_path, bucket, line):
    folder = with_data(tmp_path / "disk")
    bucket.put_world(folder)
    (tmp_path / "empty").mkdir()
    asked = ("s3://firm/params/*.yaml", "--output", "s3://firm/out", *HTML)
    done = report(tmp_path / "empty", *asked, **surroundings(line.port))
    assert done.returncode == 0, done.stderr
    found = results_of(done.stdout)
    assert {name: each["status"] for name, each in found.items()} == {"alpha": "done", "beta": "done"}
    assert found["alpha"]["parameters"] == "s3://firm/params/alpha.yaml"
    assert found["alpha"]["files"][0] == "s3://firm/out/alpha/rack.html"
    assert report(folder, *HTML).returncode == 0
    assert bucket.reports() == published(folder)
    assert bucket.is_whole("alpha") and bucket.is_whole("beta")
    manifest = json.loads(bucket.get("out/alpha/rack.manifest.json"))
    assert manifest["parameters"] == "s3://firm/params/alpha.yaml"
    assert list((tmp_path / "empty").iterdir()) == []
    line.mend()
    again = report(tmp_path / "empty", *asked, **surroundings(line.port))
    assert {each["status"] for each in results_of(again.stdout).values()} == {"up to date"}
    assert line.puts == 0, "nothing changed, nothing put"
    bucket.put("params/data/posts-2.csv", b"id,likes\n2,2\n")
    again = report(tmp_path / "empty", *asked, **surroundings(line.port))
    assert {name: each["status"] for name, each in results_of(again.stdout).items()} == {
        "alpha": "done",
        "beta": "up to date",
    }


@pytest.mark.slow
def test_a_bucket_may_hold_only_the_parameters_or_only_the_reports(tmp_path, bucket, port):
    folder = world(tmp_path, ["alpha"])
    bucket.put_world(folder)
    done = report(folder, "s3://firm/params/alpha.yaml", *HTML, **surroundings(port))
    assert done.returncode == 0, done.stderr
    to = report(folder, "params/alpha.yaml", "--output", "s3://firm/out", *HTML, **surroundings(port))
    assert to.returncode == 0, to.stderr
    assert bucket.reports() == published(folder)
    manifest = json.loads(bucket.get("out/alpha/rack.manifest.json"))
    assert manifest["parameters"] == "alpha.yaml", "nothing is told of the disk"
    for asked in (("s3://firm/params/alpha.yaml",), ("params/alpha.yaml", "--output", "s3://firm/out")):
        again = report(folder, *asked, *HTML, **surroundings(port))
        assert results_of(again.stdout)["alpha"]["status"] == "up to date"
    plain = report(folder, f"file://{folder}/params/alpha.yaml", "--output", f"file://{folder}/more", *HTML)
    assert plain.returncode == 0
    assert (folder / "more/alpha/rack.html").read_bytes() == bucket.get("out/alpha/rack.html")


@pytest.mark.slow
@pytest.mark.parametrize("puts", [2, 6])
def test_a_line_that_is_cut_leaves_a_report_that_the_next_run_completes(tmp_path, bucket, line, puts):
    """A report is three files: they and their manifest are put, then each is put into its place."""
    folder = world(tmp_path, ["alpha"])
    asked = ("params/alpha.yaml", "--output", "s3://firm/out", *HTML)
    assert report(folder, *asked, **surroundings(line.port)).returncode == 0
    before = bucket.reports()
    write_client(folder, "alpha", riders=77)
    line.cut_at(puts)
    done = report(folder, *asked, **surroundings(line.port))
    assert done.returncode == 1
    assert "s3://firm/out/alpha: can't be written to: the " in done.stderr
    assert "Traceback" not in done.stderr
    if puts <= 4:
        assert bucket.is_whole("alpha"), "what is complete is the report of before"
        assert before.items() <= bucket.reports().items()
    line.mend()
    again = report(folder, *asked, **surroundings(line.port))
    assert again.returncode == 0, again.stderr
    assert results_of(again.stdout)["alpha"]["status"] == ("done" if puts < 4 else "up to date")
    assert bucket.is_whole("alpha")
    assert json.loads(bucket.get("out/alpha/rack.json"))["result"]["net_present_value"] == 77 * 1200 - 9000
    assert not [key for key in bucket.list() if ".staging" in key]


@pytest.mark.slow
def test_a_failed_report_keeps_the_last_good_one_and_its_executed_copy(tmp_path, bucket, port):
    folder = world(tmp_path, ["alpha"], "assert case.inputs.riders.value != 13, 'unlucky'")
    asked = ("params/alpha.yaml", "--output", "s3://firm/out", *HTML)
    assert report(folder, *asked, **surroundings(port)).returncode == 0
    good = bucket.reports()
    write_client(folder, "alpha", riders=13)
    done = report(folder, *asked, **surroundings(port))
    assert done.returncode == 1
    assert "the executed copy is kept at s3://firm/out/alpha/rack.failed.ipynb" in done.stderr
    assert bucket.reports().keys() - good.keys() == {"alpha/rack.failed.ipynb"}
    write_client(folder, "alpha")
    assert report(folder, *asked, **surroundings(port)).returncode == 0
    assert bucket.reports() == good


def test_mistakes_in_a_bucket_are_told_with_its_names(tmp_path, bucket, port):
    folder = world(tmp_path / "disk", ["alpha"])
    write_client(folder, "beta", years="0")
    bucket.put_world(folder)
    (tmp_path / "empty").mkdir()
    here = {"cwd": tmp_path / "empty", "env": surroundings(port)["env"]}
    assert run("check", "s3://firm/params/alpha.yaml", **here).stdout == "s3://firm/params/alpha.yaml: ok\n"
    wrong = run("check", "s3://firm/params/beta.yaml", **here)
    assert wrong.returncode == 2
    assert wrong.stderr.startswith("s3://firm/params/beta.yaml:"), wrong.stderr
    missing = run("check", "s3://firm/params/gamma.yaml", **here)
    assert missing.returncode == 2
    assert "s3://firm/params/gamma.yaml: there is no such file" in missing.stderr
    none = run("report", "s3://firm/params/x*.yaml", **here)
    assert none.returncode == 2
    assert none.stderr == "s3://firm/params/x*.yaml: no file matches it\n"
    nowhere = run("report", "s3://firm/params/alpha.yaml", "--output", "s3://other/out", **here)
    assert nowhere.returncode in (1, 2)
    assert "there is no such bucket" in nowhere.stderr
    for done in (wrong, missing, none, nowhere):
        assert "casebook-mirror" not in done.stdout + done.stderr and "Traceback" not in done.stderr


@pytest.mark.slow
def test_credentials_come_from_the_environment_and_appear_nowhere(tmp_path, bucket, port):
    folder = with_data(tmp_path)
    bucket.put_world(folder)
    account = surroundings(port)
    done = report(folder, "s3://firm/params/*.yaml", "--output", "s3://firm/out", *HTML, **account)
    assert done.returncode == 0
    said = [done.stdout, done.stderr]
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = surroundings(taken.getsockname()[1])
        away = report(folder, "s3://firm/params/alpha.yaml", **nobody)
    assert away.returncode == 2
    assert "s3://firm/params/alpha.yaml: can't be read: the storage does not answer" in away.stderr
    said.append(away.stderr)
    for url in (f"s3://user:{SECRET}@firm/a.yaml", f"https://firm.example/a.yaml?X-Amz-Signature={SECRET}"):
        for asked in ((url,), ("params/alpha.yaml", "--output", url)):
            refused = report(folder, *asked, **account)
            assert refused.returncode == 2
            assert (
                "a URL must not contain a user, password or key; they come from the environment"
                in refused.stderr
            )
            said += [refused.stdout, refused.stderr]
    assert not any(SECRET in text or "AKIAFIRM" in text for text in said)
    for key in bucket.list("out/"):
        assert SECRET.encode() not in bucket.get(key) and b"AKIAFIRM" not in bucket.get(key)


def test_local_files_need_nothing_of_it(tmp_path):
    world(tmp_path, ["alpha"])
    code = (
        "import sys\n"
        "sys.argv = ['casebook', 'report', 'params/alpha.yaml', '--format', 'html']\n"
        "from casebook.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: code = end.code\n"
        "sys.exit(code or sorted({'fsspec', 's3fs', 'distributed', 'dask'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
