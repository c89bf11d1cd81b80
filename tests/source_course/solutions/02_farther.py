# %% [markdown]
# # Farther
#
# You take with you what you wrote in the last lab.

# %% [setup]
import numpy as np

from course_utils import checks


def step(x, length):
    """Return the place after one step, as in lab 01."""
    forward = x + length
    return forward - 0.5 * length * np.ones(()).item()


# %% [markdown]
# ### Exercise 2.1 · many steps · 2 points · 10 minutes · ●○○
#
# Write `walk(x, length, n_steps)`, which returns where you are after many steps.


# %% [exercise] id="walk"
def walk(x, length, n_steps):
    """Return the place after ``n_steps`` steps."""
    # BEGIN SOLUTION
    for _ in range(n_steps):
        x = step(x, length)
    return x
    # END SOLUTION


# %% [checks] exercise="walk" id="check_walk_places" points=2
checks.cases(walk, [((1.0, 2.0, 3), 4.0), ((0.0, 1.0, 0), 0.0)])

# %% [markdown]
# Would a formula do?

# %% [answer] [markdown] id="explain_walk" points=1
# Yes: each step goes half of its length.
