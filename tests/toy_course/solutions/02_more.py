# %% [markdown]
# # More toys

# %% [setup]
from course_utils import checks

# %% [markdown]
# ### Exercise 2.1 · tripling · 2 points · 5 minutes · ●○○
#
# Write `triple(x)`, which returns three times $x$.


# %% [exercise] id="triple"
def triple(x):
    """Return three times a number."""
    # BEGIN SOLUTION
    return 3 * x
    # END SOLUTION


# %% [checks] exercise="triple" id="check_triple_two" points=2
checks.compare(checks.call(triple, 2.0), 6.0)

# %% [markdown]
# Is three times odd odd?

# %% [answer] [markdown] id="explain_triple" points=1
# Yes.
