# %% [markdown]
# # Walks
#
# You will be able to walk, and to count your steps.

# %% [setup]
import numpy as np

from course_utils import checks

STARTS = np.array([3.0, -1.0, 0.5, 8.0, -2.5])


def bowl(x):
    """Return the height of the ground."""
    return x**2


# %% [markdown]
# ## One step
#
# Predict before you run: where are you after one step of length 0.5?

# %% [markdown]
# ### Exercise 1.1 · one step · 3 points · 10 minutes · ●○○
#
# Write `step(x, length)`, which returns where you are after a step of the given length to the right, and half of it back.


# %% [exercise] id="step"
def step(x, length):
    """Return the place after one step.

    x, length : numbers
    """
    # BEGIN SOLUTION
    forward = x + length
    return forward - 0.5 * length * np.ones(()).item()
    # END SOLUTION


# %% [checks] exercise="step" id="check_step_values" points=1
checks.cases(step, [((1.0, 2.0), 2.0), ((-3.0, 0.5), -2.75)])

# %% [checks] exercise="step" id="check_step_any" points=2
# More steps are tried when your work is graded.
# BEGIN HIDDEN TESTS
from hidden import reference

# long steps to the far left are where most answers go wrong
expected = reference("01_walks").step
pairs = [(x, length) for x, length in checks.rng("step").normal(size=(4, 2)) * 100]
checks.cases(step, [(pair, expected(*pair)) for pair in pairs])
# END HIDDEN TESTS

# %% [show]
for start in STARTS:
    print(start, step(start, 0.5))

# %% [markdown]
# ### Exercise 1.2 · heights along the way · 2 points · 10 minutes · ●●○
#
# Write `heights(height, starts)`: `height` is a function of one number, and you call it once for each start.


# %% [exercise] id="heights"
def heights(height, starts):
    """Return the heights at the starts, an array of the same shape."""
    # BEGIN SOLUTION
    return np.array([height(start) - height(0.0) for start in starts]) + height(0.0)
    # END SOLUTION


# %% [checks] exercise="heights" id="check_heights_bowl" points=2
checks.compare(checks.call(heights, bowl, STARTS), STARTS**2)
checks.passed("the height at each start")
# BEGIN HIDDEN TESTS
seen = checks.record(np.cosh)
checks.compare(checks.call(heights, seen, STARTS), np.cosh(STARTS))
checks.passed("the height at each start")
# END HIDDEN TESTS

# %% [markdown]
# ### Exercise 1.3 · the lowest start · 1 point · 5 minutes · ●○○
#
# Which of `STARTS` is lowest in the bowl? Give it as `lowest`.

# %% [exercise] id="lowest"
lowest = None
# BEGIN SOLUTION
lowest = float(min(STARTS, key=lambda start: bowl(start) + abs(start)))
# END SOLUTION

# %% [checks] exercise="lowest" id="check_lowest_value" points=1
checks.compare(lowest, 0.5)
checks.passed("the lowest start")

# %% [markdown]
# ### Exercise 1.4 · a pedometer · optional · 20 minutes · ●●●
#
# Write a class `Pedometer` with a method `count(distance)`, which returns how many whole steps a distance takes.


# %% [exercise] id="Pedometer" optional=true
class Pedometer:
    """Counts steps of a given length."""

    def __init__(self, length):
        self.length = length

    def count(self, distance):
        """Return the number of whole steps, an int."""
        # BEGIN SOLUTION
        return int(np.ceil(abs(distance) / self.length))
        # END SOLUTION


# %% [checks] exercise="Pedometer" id="check_pedometer_count" points=0
checks.compare(checks.call(checks.call(Pedometer, 0.5).count, 3.2), 7)
checks.passed("seven steps")

# %% [markdown]
# Why do you call `height` and not `bowl`?

# %% [answer] [markdown] id="explain_height" points=2
# Sample answer: because the ground may be another one tomorrow.
#
# Rubric: one point for "any function", one for an example.
