"""MNIST through torchvision's own download, over loopback HTTP, broken and whole; the bundled digits; the loader."""

from __future__ import annotations

import http.server
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from course_utils.datasets import DataError, Images, data_home, fetch_mnist, load_digits, load_images
from course_utils.loaders import InMemoryLoader
from course_utils.vision import import_torchvision

RAW = Path(os.environ.get("COURSE_DATA_HOME", "nowhere")) / "MNIST" / "raw"
needs_files = pytest.mark.skipif(
    not (RAW / "train-images-idx3-ubyte.gz").is_file(), reason="COURSE_DATA_HOME holds no MNIST/raw/*.gz"
)
FIRST_LABELS = [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]  # of the training set, as everybody who opened MNIST knows them


class Server(http.server.ThreadingHTTPServer):
    """Serves the real archives; breaks or corrupts as told."""

    broken: set[str]
    corrupt: set[str]
    asked: list[str]


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers GET for the four archives."""

    server: Server

    def do_GET(self) -> None:
        """Send a file; stop in its middle or turn one byte, once, if the server says so."""
        name = self.path.strip("/")
        if self.headers.get("Method") == "HEAD":  # torchvision asks whether it is sent on elsewhere
            self.send_response(200)
            self.end_headers()
            return
        data = (RAW / name).read_bytes()
        if name in self.server.corrupt:
            self.server.corrupt.discard(name)
            data = data[:100] + bytes([data[100] ^ 1]) + data[101:]
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.server.asked.append(name)
        if name in self.server.broken:
            self.server.broken.discard(name)
            self.wfile.write(data[: len(data) // 2])
            self.wfile.flush()
            self.connection.shutdown(2)
            return
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    """Start a server on the loopback address."""
    running = Server(("127.0.0.1", 0), Handler)
    running.broken, running.corrupt, running.asked = set(), set(), []
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


def address(server: Server) -> list[str]:
    """Return the server as a mirror."""
    return [f"http://127.0.0.1:{server.server_port}/"]


def facts(images: Images) -> tuple[Any, ...]:
    """Return what tells whether MNIST was read rightly."""
    shapes = tuple(images.train_images.shape), tuple(images.test_images.shape)
    return (*shapes, images.train_labels[:10].tolist())


WHOLE = ((60000, 28, 28), (10000, 28, 28), FIRST_LABELS)


@needs_files
def test_mnist_is_downloaded_once_and_kept(server: Server, tmp_path: Path) -> None:
    """Four files the first time, none the second."""
    first = facts(fetch_mnist(tmp_path, mirrors=address(server)))
    asked = len(server.asked)
    second = facts(fetch_mnist(tmp_path, mirrors=address(server)))
    assert (first, second, asked, len(server.asked)) == (WHOLE, WHOLE, 4, 4)


@needs_files
@pytest.mark.parametrize("fault", ["broken", "corrupt"])
def test_a_bad_download_is_fetched_again(server: Server, tmp_path: Path, fault: str) -> None:
    """A connection that breaks midway and a turned byte cost one more request for that file."""
    getattr(server, fault).add("train-images-idx3-ubyte.gz")
    assert facts(fetch_mnist(tmp_path, mirrors=address(server))) == WHOLE
    assert sorted(server.asked).count("train-images-idx3-ubyte.gz") == 2


@needs_files
def test_a_later_run_goes_on_where_a_broken_one_ended(server: Server, tmp_path: Path) -> None:
    """What arrived whole is kept; what did not is fetched again."""
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    shutil.copy(RAW / "train-labels-idx1-ubyte.gz", raw)
    (raw / "train-images-idx3-ubyte.gz").write_bytes((RAW / "train-images-idx3-ubyte.gz").read_bytes()[:5000])
    fetch_mnist(tmp_path, mirrors=address(server))
    assert "train-labels-idx1-ubyte.gz" not in server.asked


@needs_files
def test_a_half_unpacked_file_is_unpacked_again(server: Server, tmp_path: Path) -> None:
    """A run that was killed while unpacking leaves no trap."""
    fetch_mnist(tmp_path, mirrors=address(server))
    unpacked = tmp_path / "MNIST" / "raw" / "train-images-idx3-ubyte"
    unpacked.write_bytes(unpacked.read_bytes()[:1000])
    assert facts(fetch_mnist(tmp_path, mirrors=address(server))) == WHOLE


@needs_files
def test_archives_that_lie_there_need_no_network(tmp_path: Path) -> None:
    """A folder with the four archives is enough."""
    shutil.copytree(RAW, tmp_path / "MNIST" / "raw")
    assert facts(fetch_mnist(tmp_path, download=False)) == WHOLE


@needs_files
def test_a_read_only_folder_is_read_and_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shared folder of archives serves many; what is unpacked goes to the user's cache."""
    raw = tmp_path / "shared" / "MNIST" / "raw"
    shutil.copytree(RAW, raw)
    for unpacked in raw.glob("*ubyte"):
        unpacked.unlink()
    raw.chmod(0o555)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert (facts(fetch_mnist(tmp_path / "shared", download=False)), len(list(raw.iterdir()))) == (WHOLE, 4)


def test_offline_the_message_says_what_to_do(tmp_path: Path) -> None:
    """No server there: the error names the folder, the variable and the way without MNIST."""
    with pytest.raises(DataError) as caught:
        fetch_mnist(tmp_path, mirrors=["http://127.0.0.1:9/"])
    words = [str(tmp_path), "COURSE_DATA_HOME", "load_digits()"]
    assert [word for word in words if word in str(caught.value)] == words


def test_offline_the_digits_take_their_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same code path goes on, and the screen says with what."""
    images = load_images(tmp_path, mirrors=["http://127.0.0.1:9/"])
    assert (images.pixels, "Images: scikit-learn's digits" in capsys.readouterr().out) == (64, True)


def test_the_digits_are_split_without_overlap() -> None:
    """All 1,797, each once, labels with their images."""
    from sklearn.datasets import load_digits as load

    images, (pixels, labels) = load_digits(), load(return_X_y=True)
    whole = torch.cat([images.train_images, images.test_images]).flatten(1).numpy()
    labels_there = torch.cat([images.train_labels, images.test_labels]).numpy()
    rows = sorted(
        (*np.round(row / (255 / 16)).astype(int), label) for row, label in zip(whole, labels_there, strict=True)
    )
    assert rows == sorted((*row.astype(int), label) for row, label in zip(pixels, labels, strict=True))


def test_the_data_home_is_the_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Set, it is that folder; unset, a folder in the user's cache."""
    monkeypatch.setenv("COURSE_DATA_HOME", str(tmp_path))
    chosen = data_home()
    monkeypatch.delenv("COURSE_DATA_HOME")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert (chosen, data_home()) == (tmp_path, tmp_path / "cache" / "optimization-to-autodiff")


def test_inputs_are_what_torchvisions_transforms_make() -> None:
    """Bit for bit, for all images at once."""
    import_torchvision()
    from torchvision import transforms

    images = load_digits()
    one_by_one = transforms.Compose([transforms.ToTensor(), transforms.Normalize((images.mean,), (images.std,))])
    expected = torch.stack([one_by_one(image.numpy()[:, :, None]) for image in images.test_images]).flatten(1)
    assert torch.equal(expected, images.inputs(images.test_images))


def test_the_loader_gives_what_a_dataloader_gives() -> None:
    """Same order, same batches, the last one short."""
    inputs, targets = torch.randn(10, 3), torch.arange(10)
    dataset = torch.utils.data.TensorDataset(inputs, targets)
    batches = torch.utils.data.BatchSampler(range(10), batch_size=4, drop_last=False)
    theirs = list(torch.utils.data.DataLoader(dataset, batch_sampler=batches))
    ours = InMemoryLoader(inputs, targets, batches)
    pairs = [
        torch.equal(a, b) for left, right in zip(theirs, ours, strict=True) for a, b in zip(left, right, strict=True)
    ]
    assert (pairs, len(ours)) == ([True] * 6, 3)


def test_the_loader_wants_a_target_for_each_input() -> None:
    """Lengths that differ are refused at once."""
    with pytest.raises(ValueError, match="3 inputs and 2 targets"):
        InMemoryLoader(torch.zeros(3), torch.zeros(2), [])
