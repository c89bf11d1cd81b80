"""Minibatches from memory: what a DataLoader gives, without its work on each single image."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sized
from typing import Any

import torch

__all__ = ["InMemoryLoader"]


class InMemoryLoader:
    """Iterates over minibatches of tensors that are ready in memory.

    Used like a `torch.utils.data.DataLoader`: ``for inputs, targets in loader``.

    Parameters
    ----------
    inputs : Tensor
        Of shape (n, ...), normalised once.
    targets : Tensor
        Of shape (n, ...).
    batches : iterable of index arrays
        Which samples each minibatch holds, such as a list of arrays, or torch's `BatchSampler`.
        It is iterated once an epoch.

    Raises
    ------
    ValueError
        Inputs and targets differ in length.
    """

    def __init__(self, inputs: torch.Tensor, targets: torch.Tensor, batches: Iterable[Any]) -> None:
        if len(inputs) != len(targets):
            raise ValueError(f"{len(inputs)} inputs and {len(targets)} targets: each input needs its target")
        self.inputs, self.targets, self.batches = inputs, targets, batches

    def __iter__(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Give inputs and targets of one minibatch after the other."""
        for indices in self.batches:
            index = torch.as_tensor(indices)
            yield self.inputs[index], self.targets[index]

    def __len__(self) -> int:
        """Return the number of minibatches; TypeError if the batches have no length."""
        if not isinstance(self.batches, Sized):
            raise TypeError("these batches have no length")
        return len(self.batches)
