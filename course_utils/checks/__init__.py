"""Checks that teach: the same code runs in a student's kernel and, for a grade, in the judge.

A check calls the student's function and looks at what comes back.
It ends in one of three ways: it prints one line (right), raises `CheckFailed` (wrong) or `NotAttempted` (blank).
"""

from course_utils.checks.backprop.copies import unbroadcast
from course_utils.checks.backprop.engines import adjoints
from course_utils.checks.backprop.jacobians import jacobian, multiplications
from course_utils.checks.backprop.losses import class_gradient, class_loss, class_loss_far_out
from course_utils.checks.backprop.orders import topological_order
from course_utils.checks.backprop.paper import paper_adjoints, paper_gradient
from course_utils.checks.backprop.products import error_vjp, model_vjp, never_square, peak_bytes
from course_utils.checks.backprop.vjp_tables import vjp_rows
from course_utils.checks.calls import Recorder, call, copy_plain, raised, record
from course_utils.checks.context import exercise, hidden, in_judge, inside, rng
from course_utils.checks.descent.curvature import stable_rate
from course_utils.checks.descent.predictions import ends, valleys
from course_utils.checks.descent.slopes import numerical
from course_utils.checks.descent.steps import descent, momentum_path, search, step
from course_utils.checks.descent.tangent import taylor
from course_utils.checks.fitting.drawing import draws_fit
from course_utils.checks.fitting.matches import differentiates, matches_paper
from course_utils.checks.fitting.misfits import measures_misfit
from course_utils.checks.fitting.parabolas import makes_points, predicts
from course_utils.checks.fitting.rates import finds_edge, foresees
from course_utils.checks.fitting.training import fits, trains
from course_utils.checks.messages import explained
from course_utils.checks.minima.flat import flat_points, words
from course_utils.checks.minima.letters import chosen, letters
from course_utils.checks.minima.lowest import lowest, parabola, refuses
from course_utils.checks.minima.newton import newton_path, newton_refuses
from course_utils.checks.minima.newton_steps import newton_tangents
from course_utils.checks.minima.polynomials import polynomial_slope
from course_utils.checks.misconceptions import (
    GENERIC,
    MISCONCEPTIONS,
    Case,
    Misconception,
    add,
    diagnose,
    misconception,
    number_array,
    same,
)
from course_utils.checks.mnist.batches import covers_all
from course_utils.checks.mnist.epochs import epoch_loss, epoch_steps
from course_utils.checks.mnist.estimates import estimates_of_all
from course_utils.checks.mnist.hidden_layer import hidden_layer
from course_utils.checks.mnist.intervals import interval_around
from course_utils.checks.mnist.logit_losses import class_logit_loss, logit_loss, logit_slopes
from course_utils.checks.mnist.shares import share_right, share_right_in_evaluation
from course_utils.checks.mnist.sizes import odd_targets, parameter_counts
from course_utils.checks.noise.ascending import evaluates, flips
from course_utils.checks.noise.choice import chooses
from course_utils.checks.noise.design import powers
from course_utils.checks.noise.guesses import enough_points, exact_fit, least_training_loss
from course_utils.checks.noise.mean_gradient import slopes_of_loss
from course_utils.checks.noise.mean_loss import mean_square
from course_utils.checks.noise.noisy import noisy
from course_utils.checks.noise.scaling import standardizes
from course_utils.checks.noise.split import splits
from course_utils.checks.noise.spread import parts_of_error
from course_utils.checks.outcome import CheckFailed, NotAttempted, fail, not_attempted, passed
from course_utils.checks.pytorch.extras import bends_along, lists_operations, rules
from course_utils.checks.pytorch.guesses import column_minus_row, foresees_gradients
from course_utils.checks.pytorch.loop import steps_in_place, trains_by_autograd
from course_utils.checks.pytorch.model import classifies
from course_utils.checks.pytorch.slopes import derives, derives_again
from course_utils.checks.pytorch.tensors import given, tracks
from course_utils.checks.stubs import shorten_stub_errors
from course_utils.checks.values import cases, compare, reject, shown

__all__ = [
    "GENERIC",
    "MISCONCEPTIONS",
    "Case",
    "CheckFailed",
    "Misconception",
    "NotAttempted",
    "Recorder",
    "add",
    "adjoints",
    "bends_along",
    "call",
    "cases",
    "chooses",
    "chosen",
    "class_gradient",
    "class_logit_loss",
    "class_loss",
    "class_loss_far_out",
    "classifies",
    "column_minus_row",
    "compare",
    "copy_plain",
    "covers_all",
    "derives",
    "derives_again",
    "descent",
    "diagnose",
    "differentiates",
    "draws_fit",
    "ends",
    "enough_points",
    "epoch_loss",
    "epoch_steps",
    "error_vjp",
    "estimates_of_all",
    "evaluates",
    "exact_fit",
    "exercise",
    "explained",
    "fail",
    "finds_edge",
    "fits",
    "flat_points",
    "flips",
    "foresees",
    "foresees_gradients",
    "given",
    "hidden",
    "hidden_layer",
    "in_judge",
    "inside",
    "interval_around",
    "jacobian",
    "least_training_loss",
    "letters",
    "lists_operations",
    "logit_loss",
    "logit_slopes",
    "lowest",
    "makes_points",
    "matches_paper",
    "mean_square",
    "measures_misfit",
    "misconception",
    "model_vjp",
    "momentum_path",
    "multiplications",
    "never_square",
    "newton_path",
    "newton_refuses",
    "newton_tangents",
    "noisy",
    "not_attempted",
    "number_array",
    "numerical",
    "odd_targets",
    "paper_adjoints",
    "paper_gradient",
    "parabola",
    "parameter_counts",
    "parts_of_error",
    "passed",
    "peak_bytes",
    "polynomial_slope",
    "powers",
    "predicts",
    "raised",
    "record",
    "refuses",
    "reject",
    "rng",
    "rules",
    "same",
    "search",
    "share_right",
    "share_right_in_evaluation",
    "shown",
    "slopes_of_loss",
    "splits",
    "stable_rate",
    "standardizes",
    "step",
    "steps_in_place",
    "taylor",
    "topological_order",
    "tracks",
    "trains",
    "trains_by_autograd",
    "unbroadcast",
    "valleys",
    "vjp_rows",
    "words",
]

shorten_stub_errors()  # a notebook that imports checks holds stubs
