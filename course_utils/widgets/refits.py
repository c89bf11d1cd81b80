"""Polynomials of any degree, fitted to noisy points again and again: noise.js does and says the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_utils.widgets.base import number

__all__ = ["DEGREES", "FITS", "FRESH", "LOW", "SPOTS", "Refits", "known", "own", "told"]

Array = np.ndarray[Any, np.dtype[Any]]
LOW, HIGH = -5.0, 5.0  # inputs lie between
DEGREES, FITS, FRESH, SPOTS = 15, 30, 300, 101  # highest degree, fits, fresh points, spots of a curve
NOTHING = 1e-6  # times 1 + σ²: a loss below it is rounding
SLIGHT = 1.25  # times the least loss is nearly as good
CLOSE = 1e-4  # a distance below it is none


@dataclass(frozen=True)
class Refits:
    """One sample of points with its losses by degree, and fits of one degree to further samples."""

    y: Array  # targets, shape (n,)
    fresh: Array  # targets of fresh points, shape (FRESH,)
    train_losses: Array  # by degree, up to n - 1
    fresh_losses: Array
    curves: Array  # shape (FITS, SPOTS); the first is fitted to y


def inputs(n: int) -> Array:
    """Return n inputs, evenly."""
    return np.linspace(LOW, HIGH, n)


def fresh_inputs() -> Array:
    """Return the inputs of the fresh points: the middles of FRESH equal parts."""
    return LOW + (np.arange(FRESH) + 0.5) * (HIGH - LOW) / FRESH


def normals(seed: int, count: int) -> Array:
    """Draw normally distributed numbers, the same as noise.js: mulberry32, then Box and Muller."""
    uniform = (_mulberry32(seed, 2 * count) + 0.5) / 2**32
    return np.asarray(np.sqrt(-2 * np.log(uniform[::2])) * np.cos(2 * np.pi * uniform[1::2]))


def _mulberry32(seed: int, count: int) -> Array:
    mixed = np.uint32(seed) + np.arange(1, count + 1, dtype=np.uint32) * np.uint32(0x6D2B79F5)
    mixed = (mixed ^ mixed >> np.uint32(15)) * (mixed | np.uint32(1))
    mixed ^= mixed + (mixed ^ mixed >> np.uint32(7)) * (mixed | np.uint32(61))
    return np.asarray(mixed ^ mixed >> np.uint32(14))


def columns(x: Array, degree: int, *others: Array) -> list[Array]:
    """Make polynomials of degree 0, 1, … that are orthogonal on x, of mean square 1 there, at x and at others.

    They stay well conditioned where powers do not, and a fit of any degree needs only the first of them.
    """
    places = [x, *others]
    tables = [np.ones((degree + 1, len(at))) for at in places]
    for j in range(1, degree + 1):
        rising = [at / HIGH * table[j - 1] for at, table in zip(places, tables, strict=True)]
        for _ in range(2):  # the second time removes the rounding of the first
            shares = tables[0][:j] @ rising[0] / len(x)
            rising = [new - shares @ table[:j] for new, table in zip(rising, tables, strict=True)]
        size = np.sqrt(np.mean(rising[0] ** 2))
        for table, new in zip(tables, rising, strict=True):
            table[j] = new / size
    return tables


def known(n: int, sigma: float, degree: int, seed: int, truth: Callable[[Array], Array]) -> Refits:
    """Fit with the mathematics that JavaScript knows, too."""
    x, dense, top = inputs(n), np.linspace(LOW, HIGH, SPOTS), min(DEGREES, n - 1)
    noise = sigma * normals(seed, FRESH + FITS * n)
    fresh, samples = truth(fresh_inputs()) + noise[:FRESH], truth(x) + noise[FRESH:].reshape(FITS, n)
    at_x, at_fresh, at_dense = columns(x, top, fresh_inputs(), dense)
    shares = samples @ at_x.T / n
    kept = min(degree, top) + 1
    guesses = [np.cumsum(shares[0][:, None] * table, axis=0) for table in (at_x, at_fresh)]
    losses = [np.mean((guess - y) ** 2, axis=1) for guess, y in zip(guesses, (samples[0], fresh), strict=True)]
    return Refits(samples[0], fresh, losses[0], losses[1], shares[:, :kept] @ at_dense[:kept])


def own(
    state: tuple[int, float, int, int],
    truth: Callable[[Array], Array],
    functions: Sequence[Callable[..., Any]],
) -> Refits:
    """Fit with a student's add_noise, design_matrix, predict and mse_loss; the least squares are the referee's.

    Parameters
    ----------
    state : (n, sigma, degree, seed)
    truth : callable
        What the points are made from.
    functions : sequence of four callables
        In the order above.
    """
    n, sigma, degree, seed = state
    add_noise, design_matrix, predict, mse_loss = functions
    x, dense, rng = inputs(n), np.linspace(LOW, HIGH, SPOTS), np.random.default_rng(seed)
    y = np.asarray(add_noise(truth(x), sigma, rng))
    fresh = np.asarray(add_noise(truth(fresh_inputs()), sigma, rng))

    def fit(kept: int, targets: Any) -> Any:
        return np.linalg.lstsq(design_matrix(x, kept), targets)[0]

    losses = np.empty((2, min(DEGREES, n - 1) + 1))
    for kept in range(losses.shape[1]):
        theta = fit(kept, y)
        losses[0, kept] = mse_loss(theta, design_matrix(x, kept), y)
        losses[1, kept] = mse_loss(theta, design_matrix(fresh_inputs(), kept), fresh)
    kept = min(degree, n - 1)
    samples = [y, *(add_noise(truth(x), sigma, rng) for _ in range(FITS - 1))]
    curves = np.array([predict(fit(kept, targets), dense) for targets in samples], dtype=float)
    if curves.shape != (FITS, SPOTS):
        raise ValueError(f"predict returned arrays of shape {curves.shape[1:]} for {SPOTS} inputs")
    return Refits(y, fresh, losses[0], losses[1], curves)


def told(refits: Refits, sigma: float, degree: int, shown: int, truth: Callable[[Array], Array]) -> str:
    """Say what one degree does on its points and on fresh ones, and how further fits scatter.

    Parameters
    ----------
    refits : Refits
    sigma, degree : float, int
        Noise, and the degree that is asked for.
    shown : int
        How many further fits are shown.
    truth : callable
        What the points are made from.
    """
    n, kept = len(refits.y), min(degree, len(refits.y) - 1)
    capped = f"{n} points fix no more than degree {kept}. " if degree > kept else ""
    words = f"{capped}{_loss(refits, sigma, kept)}"
    return f"{words} {_scatter(refits.curves[: shown + 1], truth)}" if shown else words


def _loss(refits: Refits, sigma: float, kept: int) -> str:
    least = NOTHING * (1 + sigma**2)
    train, fresh = (np.where(losses < least, 0, losses) for losses in (refits.train_losses, refits.fresh_losses))
    best, n = int(np.argmin(fresh)), len(refits.y)
    if train[kept] == fresh[kept] == 0:
        return f"Degree {kept} finds the truth: without noise its loss is 0 on {n} points and on {FRESH} fresh ones."
    if train[kept] == 0:
        there = number(fresh[kept], 3)
        start = f"Degree {kept} passes through all {n} points; its loss on {FRESH} fresh ones is {there}"
    else:
        times = number(fresh[kept] / train[kept], 2)
        start = (
            f"Degree {kept} has a loss of {number(train[kept], 3)} on its {n} points and of {number(fresh[kept], 3)} "
            f"on {FRESH} fresh ones, {times} times as much"
        )
    return f"{start}{_verdict(kept, best, fresh)}"


def _verdict(kept: int, best: int, fresh: Array) -> str:
    if kept == best:
        return ": no degree does better there."
    there = f"degree {best} has {number(fresh[best], 3)} there"
    if fresh[kept] <= SLIGHT * fresh[best]:
        return f", nearly the least: {there}."
    return f". It {'under' if kept < best else 'over'}fits: {there}."


def _scatter(curves: Sequence[Array] | Array, truth: Callable[[Array], Array]) -> str:
    middle = np.mean(curves, axis=0)
    off, wide = _typical(middle - truth(np.linspace(LOW, HIGH, SPOTS))), _typical(curves - middle)
    return (
        f"The middle of {len(curves)} fits is {off} away from the truth, "
        f"and the fits are {wide} away from their middle, typically."
    )


def _typical(gaps: Array) -> str:
    root = float(np.sqrt(np.mean(np.square(gaps))))
    return number(root if root > CLOSE else 0.0, 2)
