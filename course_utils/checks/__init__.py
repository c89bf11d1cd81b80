"""Checks that teach: the same code runs in a student's kernel and, for a grade, in the judge.

A check calls the student's function and looks at what comes back.
It ends in one of three ways: it prints one line (right), raises `CheckFailed` (wrong) or `NotAttempted` (blank).
"""

from course_utils.checks.ascending import evaluates, flips
from course_utils.checks.backprop import error_vjp, model_vjp, never_square, peak_bytes
from course_utils.checks.batches import covers_all
from course_utils.checks.calls import Recorder, call, copy_plain, raised, record
from course_utils.checks.choice import chooses
from course_utils.checks.context import exercise, hidden, in_judge, inside, rng
from course_utils.checks.copies import unbroadcast
from course_utils.checks.curvature import stable_rate
from course_utils.checks.descent import descent, momentum_path, search, step
from course_utils.checks.design import powers
from course_utils.checks.drawing import draws_fit
from course_utils.checks.engines import adjoints
from course_utils.checks.epochs import epoch_loss, epoch_steps
from course_utils.checks.estimates import estimates_of_all
from course_utils.checks.fitting import differentiates, matches_paper
from course_utils.checks.flat import flat_points, words
from course_utils.checks.hidden_layer import hidden_layer
from course_utils.checks.intervals import interval_around
from course_utils.checks.jacobians import jacobian, multiplications
from course_utils.checks.letters import chosen, letters
from course_utils.checks.logit_losses import class_logit_loss, logit_loss, logit_slopes
from course_utils.checks.losses import class_gradient, class_loss, class_loss_far_out
from course_utils.checks.mean_gradient import slopes_of_loss
from course_utils.checks.mean_loss import mean_square
from course_utils.checks.messages import explained
from course_utils.checks.minima import lowest, parabola, refuses
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
from course_utils.checks.misfits import measures_misfit
from course_utils.checks.mnist import odd_targets, parameter_counts
from course_utils.checks.newton import newton_path, newton_refuses
from course_utils.checks.newton_steps import newton_tangents
from course_utils.checks.noise import noisy
from course_utils.checks.noise_guesses import enough_points, exact_fit, least_training_loss
from course_utils.checks.orders import topological_order
from course_utils.checks.outcome import CheckFailed, NotAttempted, fail, not_attempted, passed
from course_utils.checks.paper import paper_adjoints, paper_gradient
from course_utils.checks.parabolas import makes_points, predicts
from course_utils.checks.polynomials import polynomial_slope
from course_utils.checks.predictions import ends, valleys
from course_utils.checks.pytorch import given, tracks
from course_utils.checks.rates import finds_edge, foresees
from course_utils.checks.scaling import standardizes
from course_utils.checks.shares import share_right, share_right_in_evaluation
from course_utils.checks.slopes import numerical
from course_utils.checks.split import splits
from course_utils.checks.spread import parts_of_error
from course_utils.checks.stubs import shorten_stub_errors
from course_utils.checks.tangent import taylor
from course_utils.checks.torch_extras import bends_along, lists_operations, rules
from course_utils.checks.torch_guesses import column_minus_row, foresees_gradients
from course_utils.checks.torch_loop import steps_in_place, trains_by_autograd
from course_utils.checks.torch_model import classifies
from course_utils.checks.torch_slopes import derives, derives_again
from course_utils.checks.training import fits, trains
from course_utils.checks.values import cases, compare, reject, shown
from course_utils.checks.vjp_tables import vjp_rows

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
