# %% [markdown]
# # Toys
#
# You will be able to double.

# %% [setup]
import numpy as np

from course_utils import checks

SIZES = np.array([1.0, 2.5, 4.0])

# %% [markdown]
# ### Exercise 1.1 · doubling · 3 points · 5 minutes · ●○○
#
# Write `double(x)`, which returns two times $x$.


# %% [exercise] id="double"
def double(x):
    """Return twice a number."""
    # BEGIN SOLUTION
    return 2 * x
    # END SOLUTION


# %% [checks] exercise="double" id="check_double_two" points=1
checks.compare(checks.call(double, 2.0), 4.0)

# %% [checks] exercise="double" id="check_double_any" points=2
# More numbers are tried when your work is graded.
# BEGIN HIDDEN TESTS
from hidden import reference

for x in checks.rng("double").normal(size=3):
    checks.compare(checks.call(double, x), reference("01_toy").double(x))
# END HIDDEN TESTS

# %% [show]
print(double(21))

# %% [markdown]
# ### Exercise 1.2 · the middle · 1 point · 5 minutes · ●○○
#
# Which number of `SIZES` is in the middle? Give it as `middle`.

# %% [exercise] id="middle"
middle = None
# BEGIN SOLUTION
middle = float(np.median(SIZES))
# END SOLUTION

# %% [checks] exercise="middle" id="check_middle_value" points=1
checks.compare(middle, 2.5)

# %% [markdown]
# Why does doubling twice make four times as much?

# %% [answer] [markdown] id="explain_double" points=2
# Two times two is four. One point for each two.
