"""Images of handwritten digits: MNIST, downloaded once through torchvision, or scikit-learn's bundled ones.

`load_digits` is bundled with scikit-learn, `fetch_mnist` downloads 11 MB and keeps them in the data home,
`load_images` takes what is there. All return `Images`, so that the code that follows is the same.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any

import torch

from course_utils.data_home import HOME_VARIABLE, cache, data_home
from course_utils.vision import import_torchvision

__all__ = ["DataError", "Images", "data_home", "fetch_mnist", "load_digits", "load_images"]

MNIST_MEAN, MNIST_STD = 0.1307, 0.3081  # of the 60,000 training images, pixels from 0 to 1
DIGITS_TRAIN = 1437  # of 1797, four fifths
ATTEMPTS = 3


class DataError(RuntimeError):
    """The images are not there and could not be fetched; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Images:
    """Images of digits with their labels.

    Attributes
    ----------
    name : str
        What they are, in words.
    train_images, test_images : Tensor
        uint8, of shape (n, height, width).
    train_labels, test_labels : Tensor
        int64, of shape (n,), from 0 to 9.
    mean, std : float
        Of the training pixels, scaled to 0..1.
    """

    name: str
    train_images: torch.Tensor
    train_labels: torch.Tensor
    test_images: torch.Tensor
    test_labels: torch.Tensor
    mean: float
    std: float

    @property
    def pixels(self) -> int:
        """The number of pixels of one image."""
        return self.train_images[0].numel()

    def inputs(self, images: torch.Tensor) -> torch.Tensor:
        """Return images as a model takes them.

        Parameters
        ----------
        images : Tensor
            uint8, of shape (n, height, width).

        Returns
        -------
        Tensor
            float32, of shape (n, height * width): (pixel / 255 - mean) / std, bit for bit what torchvision's
            ``ToTensor`` and ``Normalize`` make, but for all images at once.
        """
        mean, std = torch.tensor(self.mean), torch.tensor(self.std)
        return images.to(torch.float32).div(255).sub(mean).div(std).flatten(1)


def fetch_mnist(home: Path | None = None, *, download: bool = True, mirrors: Sequence[str] | None = None) -> Images:
    """Load MNIST, downloading it first if need be.

    Parameters
    ----------
    home : Path, optional
        Where it is kept; by default `data_home`.
    download : bool
        Whether to use the network if files are missing.
    mirrors : sequence of str, optional
        Addresses to download from, each ending in ``/``; by default torchvision's.

    Returns
    -------
    Images
        60,000 training and 10,000 test images of 28 x 28 pixels.

    Raises
    ------
    DataError
        Files are missing or broken and could not be fetched. What was fetched whole is kept: call it again to go on.
    """
    import_torchvision()
    from torchvision.datasets import MNIST

    home = home or data_home()
    root = home if _is_writable(home) else _copy_archives(home, MNIST)
    source = type("MNIST", (MNIST,), {"mirrors": list(mirrors)}) if mirrors else MNIST
    last: Exception | None = None
    for _ in range(ATTEMPTS if download else 1):
        try:
            return _read_mnist(source, root, download=download or _has_archives(root, MNIST))
        except (RuntimeError, OSError, HTTPException, AssertionError, ValueError) as error:
            last = error
            _forget_broken(root, MNIST)
    text = (
        f"MNIST is not complete in {home} and could not be downloaded: {last}\n"
        "Connect to the internet and run this again (what was downloaded whole is kept), "
        f"or set {HOME_VARIABLE} to a folder that holds MNIST/raw/*.gz, or use load_digits()."
    )
    raise DataError(text) from last


def load_digits() -> Images:
    """Load scikit-learn's 1,797 digits of 8 x 8 pixels, which need no download.

    Returns
    -------
    Images
        1,437 training and 360 test images, in a fixed shuffled order; pixels are scaled from 0..16 to 0..255.
    """
    from sklearn.datasets import load_digits as load

    pixels, labels = load(return_X_y=True)
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))
    images = torch.tensor(pixels * (255 / 16)).round().to(torch.uint8).reshape(-1, 8, 8)[order]
    labels = torch.tensor(labels, dtype=torch.int64)[order]
    train, test = slice(None, DIGITS_TRAIN), slice(DIGITS_TRAIN, None)
    scaled = images[train] / 255
    name = "scikit-learn's digits, 1,437 + 360 images of 8 × 8 pixels"
    return Images(
        name, images[train], labels[train], images[test], labels[test], float(scaled.mean()), float(scaled.std())
    )


def load_images(home: Path | None = None, *, download: bool = True, mirrors: Sequence[str] | None = None) -> Images:
    """Load MNIST if it is there or can be fetched, else scikit-learn's digits; say on screen which.

    Parameters
    ----------
    home, download, mirrors
        As for `fetch_mnist`.
    """
    try:
        images = fetch_mnist(home, download=download, mirrors=mirrors)
    except DataError as error:
        images = load_digits()
        print(str(error))
        print(f"Going on without it. Images: {images.name}.")
    else:
        print(f"Images: {images.name}.")
    return images


def _read_mnist(source: Any, root: Path, *, download: bool) -> Images:
    train, test = source(root, train=True, download=download), source(root, train=False)
    name = "MNIST, 60,000 + 10,000 images of 28 × 28 pixels"
    return Images(name, train.data, train.targets, test.data, test.targets, MNIST_MEAN, MNIST_STD)


def _raw(root: Path) -> Path:
    return root / "MNIST" / "raw"


def _has_archives(root: Path, source: Any) -> bool:
    """Say whether all archives lie there whole: then torchvision unpacks them without a network."""
    from torchvision.datasets.utils import check_integrity

    return all(check_integrity(_raw(root) / name, md5) for name, md5 in source.resources)


def _is_writable(home: Path) -> bool:
    existing = next(folder for folder in (home, *home.parents) if folder.exists())
    folder = _raw(home) if _raw(home).exists() else existing
    # The bits too: root may write everywhere, but a folder that is marked read-only is meant so.
    return os.access(folder, os.W_OK) and bool(folder.stat().st_mode & 0o222)


def _copy_archives(home: Path, source: Any) -> Path:
    """Copy archives from a folder that cannot be written, such as a shared one, to the user's cache."""
    root = cache()
    _raw(root).mkdir(parents=True, exist_ok=True)
    for name, _ in source.resources:
        if (_raw(home) / name).is_file() and not (_raw(root) / name).is_file():
            shutil.copyfile(_raw(home) / name, _raw(root) / name)
    return root


def _forget_broken(root: Path, source: Any) -> None:
    """Remove what an interrupted run left: broken archives, and files unpacked from an archive that is not whole."""
    from torchvision.datasets.utils import check_integrity

    for name, md5 in source.resources:
        archive = _raw(root) / name
        archive.with_suffix("").unlink(missing_ok=True)
        if archive.exists() and not check_integrity(archive, md5):
            archive.unlink()
