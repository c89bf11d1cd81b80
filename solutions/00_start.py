# %% [markdown]
# # Start here
#
# Welcome.
# You begin this course with a parabola from school, and end it with a network that reads handwriting, of which you have built every part yourself.
# One line leads all the way: stand at $x$, feel the slope $\nabla f(x)$, and take a small step downhill,
#
# $$x_{\text{next}} = x - \lambda \, \nabla f(x) .$$
#
# If these signs say nothing to you yet, that is where you should be: each is introduced before it is used.
#
# This page takes ten minutes and gives no points.
# Afterwards you will be able to run a cell, read what a check says, and hand in a lab.
#
# **Begin here**: click into the grey cell below, and press Shift+Enter.

# %% [setup]
import numpy as np

from course_utils import checks, environment, start

print("It works. Go on like this, cell by cell.")

# %% [markdown]
# ## The labs
#
# Each lab is a notebook like this one.
# The next cell lists those that you have, and how far you are; come back and run it again whenever you like.
# Your progress is kept in the folder `work/progress` on this computer, and sent to nobody.

# %% [show]
start.show_labs()

# %% [markdown]
# The minutes are an estimate, from the first to the last cell; a lab may be spread over several evenings.
# Do the labs in order: each builds on what you wrote in the one before.
#
# ## What you need
#
# - **Python**: functions, `for` loops, `if`, lists.
# - **Mathematics**: the derivative of a polynomial, as at school. Vectors and matrices come from lab 02 on, slowly.
# - **Machine learning**: nothing.
#
# ## Is this computer ready?
#
# The next cell looks, for a few seconds. Where something is missing, it says what to do.

# %% [show]
environment.report()

# %% [markdown]
# ## A rehearsal
#
# In a lab you *predict*, *run* and *explain*.
# Here are five heights along a path, in metres, as a NumPy array: a row of numbers that you can compute with at once.
# **Predict** what each line prints, then run the cell.

# %% [setup]
heights = np.array([3.0, 5.0, 4.5, 7.0, 6.0])

# %% [show]
print(heights * 2)
print(heights[0], heights[-1])
print(len(heights), heights.max())

# %% [markdown]
# `heights * 2` doubles every number, and `heights[-1]` counts from the end: it is the last one.
#
# Now your turn. Below is what every exercise looks like: a card, a cell for your answer, and a cell that checks it.

# %% [markdown]
# ### Exercise 0.1 · how far up · optional · 3 minutes · ●○○
#
# Write `rise(heights)`: how much higher the end of a path is than its beginning.
#
# | argument | | |
# |---|---|---|
# | `heights` | array of shape `(n,)` | the heights along the path; stays as it is |
# | returns | number | height at the end, measured from the beginning; negative if the path leads down |
#
# 1. Run the two cells below as they are. The check says ○: there is no answer yet.
# 2. Delete the line `raise NotImplementedError …`, and write `return heights[0] - heights[-1]` in its place. Run both cells. The check says ✗, and why: in this course a wrong answer is a step like any other.
# 3. Repair it, and run both cells until the check says ✓.
#
# <details><summary>This is a hint. Click on it.</summary>
#
# Each exercise has some, from a question to a plan; open them one at a time, from the top.
# Here: from 3 m up to 6 m you rise by 3. Which number did you take from which?
# </details>

# %% [exercise] id="rise" optional=true
def rise(heights):
    """Return how much higher the last height is than the first."""
    # BEGIN SOLUTION
    return heights[-1] - heights[0]
    # END SOLUTION

# %% [checks] exercise="rise" id="check_rise" points=0
checks.cases(rise, [((heights,), 3.0), ((np.array([2.0, 9.0, 1.5]),), -0.5)])

# %% [markdown]
# Checks look at what your function returns, not at how you wrote it: any way that works is right.
# When your lab is graded, more inputs of the same kind are tried.
#
# ## When something goes wrong
#
# - **Nothing works any more**: Kernel, then Restart Kernel and Run All Cells. Your texts stay.
# - **A cell runs on and on**: press the square, ■, above the notebook. All that was computed before is still there.
# - **A cell is gone or spoilt**: save, run `%run -m course_utils.restore 02` in any cell, then choose File, Reload Notebook from Disk. With `02 2.3` instead of `02`, exercise 2.3 is blank again. Your notebook as it was is kept beside it.
# - **A lab itself seems wrong**: `%run -m course_utils.problem 2.3` prints a text for your instructor. Nothing is sent by itself.
#
# Nothing that you do here can break a lab: the originals are in the folder `labs`.

# %% [markdown]
# ## Last step of the rehearsal
#
# Every lab ends with the cell below.
# Its button runs your saved notebook from top to bottom, says what is in it, and makes a zip file: that is what you upload.
# Try it now, with your answer to 0.1; nobody grades it.
# You can hand in a lab that is not finished, and as often as you like.
