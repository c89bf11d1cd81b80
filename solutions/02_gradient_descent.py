# %% [markdown]
# # Gradient descent
#
# You will be able to
#
# - foresee with a straight line what a small step does, and say where that line stops telling the truth;
# - write gradient descent yourself, and tell from a picture whether the learning rate is too small, right or too large;
# - say which valley a walk ends in, and why it may be the wrong one;
# - measure the gradient of any function in any number of dimensions, and check your formulas with it;
# - compute how large the learning rate may be, and explain why nobody uses Newton's method on a billion parameters.
#
# **Time**: 75 minutes, of which 45 are exercises.
# **You need**: the derivative and Newton's method from lab 01, functions, loops and NumPy arrays.
#
# Run a cell with Shift+Enter, from top to bottom.
# Where you read *Predict*, commit yourself before you run the next cell: a wrong guess teaches more than none.

# %% [setup]
import numpy as np
from ipywidgets import FloatLogSlider, interact

from course_utils import checks, figures, widgets

# %% [markdown]
# ## The foggy mountain
#
# In lab 01 you found a minimum by solving $f'(x) = 0$.
# The functions of machine learning are so tangled that nobody can solve that equation for them.
#
# So imagine that you stand on a mountain in thick fog and want to reach the valley.
# You see nothing but the ground beneath your feet, and you feel how it slopes.
# **Predict**: in the picture, which way do you go, left or right?

# %% [setup]
def hills(x):
    """A landscape with two valleys."""
    return x**4 - 3 * x**2 + x


def hills_slope(x):
    """The derivative of hills."""
    return 4 * x**3 - 6 * x + 1

# %% [show]
here, near = 1.6, np.linspace(1.45, 1.75, 50)
axes = figures.axes("All that you see in the fog", "x", "height", height=3)
axes.plot(near, hills(near), **figures.LINES["model"] | {"label": "the ground"})
axes.plot(near, hills(here) + hills_slope(here) * (near - here), color=figures.INK, linestyle=":", label="its slope")
axes.plot(here, hills(here), "o", color=figures.VERMILLION, markersize=9, label="you")
axes.set(xlim=(-2.2, 2.2), ylim=(-4, 4))
axes.text(-0.4, 0, "fog", fontsize=40, alpha=0.25, ha="center")
axes.legend(loc="upper left")
figures.show(axes, f"A short piece of ground around x = {here}, height {hills(here):.2f}, and fog everywhere else. "
             f"The ground rises to the right: its slope is {hills_slope(here):.2f}.")

# %% [markdown]
# The ground rises to the right, so you go left.
# That is the whole idea: *take a small step against the slope, then feel again*.
# The rest of this lab makes the words "small" and "slope" exact, beginning with a parabola.

# %% [setup]
def dip(x):
    """A parabola whose lowest point is at 2."""
    return (x - 2) ** 2


def dip_slope(x):
    """The derivative of dip."""
    return 2 * (x - 2)

# %% [markdown]
# ## A straight line under your feet
#
# Stand at $x$ and take a step $y$; you arrive at $x + y$.
# A smooth function looks straight from close by, so its height there is almost that of its tangent line:
#
# $$f(x + y) \approx f(x) + f'(x) \cdot y .$$
#
# This is the **first-order Taylor approximation** of $f$ at $x$.
# **Predict**: if your step gets ten times smaller, how many times smaller does the error of the line get?

# %% [show]
at, x = 5.0, np.linspace(1, 8, 100)
axes = figures.axes("A parabola and its straight line at x = 5", "x", "height")
axes.plot(x, dip(x), **figures.LINES["truth"] | {"label": "the ground f"})
axes.plot(x, dip(at) + dip_slope(at) * (x - at), **figures.LINES["model"] | {"label": "the line"})
axes.plot(at, dip(at), "o", color=figures.VERMILLION, label="you")
axes.legend()
figures.show(axes, f"{figures.describe('The ground', x, dip(x))}. The line touches it at {at:g}, with slope "
             f"{dip_slope(at):g}, and lies below it everywhere else.")

# %% [markdown]
# The line touches the ground where you stand, and leaves it further away.
# By how much, for a step of length 1, 0.1 and 0.01?

# %% [show]
print("step y   ground      line        error of the line")
for y in (-1, -0.1, -0.01):
    line = dip(at) + dip_slope(at) * y
    print(f"{y:6g} {dip(at + y):10.6f} {line:10.6f} {dip(at + y) - line:12.6f}")

# %% [markdown]
# A step ten times smaller makes the error a hundred times smaller: the error shrinks like $y^2$.
# Close by, the line is excellent; far away it is useless.

# %% [markdown]
# ### Exercise 2.1 · the straight line · 2 points · 5 minutes · ●○○
#
# Write `taylor1(f, df, x, y)`: the height of the line after a step.
#
# | argument | | |
# |---|---|---|
# | `f` | function: number → number | the landscape |
# | `df` | function: number → number | its derivative $f'$ |
# | `x` | number | where you stand |
# | `y` | number | the step; negative means to the left |
# | returns | number | the height of the tangent line at $x + y$ |
#
# <details><summary>What am I allowed to use?</summary>
#
# You stand at $x$ in the fog. Which two numbers can you know without moving?
# </details>
# <details><summary>My value is right only when y = 1</summary>
#
# A slope tells the rise for a step of length 1. What is the rise for a step of length 0.1?
# </details>

# %% [exercise] id="taylor1"
def taylor1(f, df, x, y):
    """Height of the tangent line of ``f`` at ``x`` after a step ``y``; ``df`` is its derivative."""
    # BEGIN SOLUTION
    return f(x) + df(x) * y
    # END SOLUTION

# %% [checks] exercise="taylor1" id="check_taylor1_parabola" points=1
checks.taylor(taylor1, [((dip, dip_slope, 5.0, -0.6), 5.4), ((dip, dip_slope, 3.5, 0.2), 2.85)])

# %% [checks] exercise="taylor1" id="check_taylor1_any" points=1
# Other landscapes are tried when your work is graded.
places = [((hills, hills_slope, 1.5, -0.25), -1.5625), ((hills, hills_slope, -0.5, 2.0), 5.8125)]
checks.taylor(taylor1, places)
# BEGIN HIDDEN TESTS
from hidden import reference

rng = checks.rng("taylor1")
cubics = [np.polynomial.Polynomial(rng.uniform(1, 3, 4)) for _ in range(4)]
places = [(float(rng.uniform(1.5, 2.5)), float(rng.uniform(0.2, 0.7))) for _ in cubics]
right = reference("02_gradient_descent").taylor1
checks.taylor(taylor1, [((p, p.deriv(), x, y), right(p, p.deriv(), x, y)) for p, (x, y) in zip(cubics, places)])
# END HIDDEN TESTS

# %% [markdown]
# ## Against the slope
#
# You want $f(x + y)$ to be smaller than $f(x)$.
# Choose the step $y = -\lambda f'(x)$, where λ (lambda) is a small positive number, the **learning rate**; in code it is `learning_rate`.
# Put this $y$ into the line:
#
# $$f\big(x - \lambda f'(x)\big) \approx f(x) - \lambda \big(f'(x)\big)^2 .$$
#
# A square is never negative, so the line promises that you lose the height $\lambda f'(x)^2$, whatever the sign of the slope.
# **Predict**: from $x = 5$ on the parabola `dip`, which height does the line promise for λ = 1, and can the parabola ever be that low?

# %% [show]
print("    λ   you arrive at   the line promises   the real height")
for learning_rate in (0.001, 0.1, 0.5, 1, 1.1):
    y = -learning_rate * dip_slope(5.0)
    promised, real = taylor1(dip, dip_slope, 5.0, y), dip(5.0 + y)
    print(f"{learning_rate:5g} {5 + y:12.3f} {promised:17.3f} {real:17.3f}")
print("\nThe start is at height", dip(5.0))

# %% [markdown]
# For a tiny λ, promise and reality agree.
# With λ = 1 the line promises −27, though no square is negative, and you end as high as you began; with λ = 1.1 you end *higher*.
# Many texts call the descent "guaranteed", and that is wrong as it stands: the guarantee is the line's, and the ground keeps it only near your feet.
# The loss of height that is promised grows like λ, the error of the line like λ²: for λ small enough the promise wins.

# %% [show]
rates = np.linspace(0, 1.1, 100)
arrive = 5 - rates * dip_slope(5.0)
promise = np.array([taylor1(dip, dip_slope, 5.0, y) for y in arrive - 5])
axes = figures.axes("One step from x = 5: promise and reality", "learning rate λ", "height after the step")
axes.plot(rates, dip(arrive), **figures.LINES["truth"] | {"label": "the ground"})
axes.plot(rates, promise, **figures.LINES["model"] | {"label": "the line's promise"})
axes.axhline(dip(5.0), color=figures.INK, linestyle=":", label="height of the start")
axes.legend()
figures.show(axes, f"{figures.describe('The ground', rates, dip(arrive))}. "
             f"{figures.describe('The promise', rates, promise)}. The start is at height {dip(5.0):g}.")

# %% [markdown]
# ### Exercise 2.2 · one step · 2 points · 5 minutes · ●○○
#
# Write `gradient_step(x, gradient, learning_rate)`: take one step and return where you arrive.
# "Gradient" is the word for the slope in any number of dimensions; for now read it as $f'$.
#
# | argument | | |
# |---|---|---|
# | `x` | number, or array of shape `(d,)` | where you stand; it stays as it is |
# | `gradient` | function of `x` that returns the same shape | call it to feel the slope |
# | `learning_rate` | number | λ |
# | returns | same shape as `x` | where you arrive |
#
# The same line of code does numbers and arrays, if you let NumPy do the work.
#
# <details><summary>Python says: unsupported operand type(s)</summary>
#
# `gradient` is a function. What do you write to get its value at the point where you stand?
# </details>
# <details><summary>The check says that I change the array that I was given</summary>
#
# Who else holds the array `x`? Which way of writing the update makes a new array, and which one writes into the old?
# </details>

# %% [exercise] id="gradient_step"
def gradient_step(x, gradient, learning_rate):
    """Return where one step against the gradient leads from ``x``; ``x`` stays as it is."""
    # BEGIN SOLUTION
    return x - learning_rate * gradient(x)
    # END SOLUTION

# %% [checks] exercise="gradient_step" id="check_gradient_step_number" points=1
checks.step(gradient_step, [((5.0, dip_slope, 0.1), 4.4), ((1.5, hills_slope, 0.02), 1.39)])

# %% [checks] exercise="gradient_step" id="check_gradient_step_array" points=1
pair, arrives = np.array([3.0, -1.5]), np.array([2.85, -0.75])
checks.step(gradient_step, [((pair, lambda x: np.array([x[0], 10 * x[1]]), 0.05), arrives)])
# BEGIN HIDDEN TESTS
from hidden import random_quadratics, reference

bowls = random_quadratics(checks.rng("gradient_step"), count=4, dims=(2, 3, 5))
right = reference("02_gradient_descent").gradient_step
places = [(bowl.x0, bowl.gradient, bowl.learning_rate) for bowl in bowls]
checks.step(gradient_step, [(place, right(*place)) for place in places])
# END HIDDEN TESTS

# %% [markdown]
# ## Many small steps
#
# One step takes you a little downhill; gradient descent takes many, and feels the slope anew before each.
# Everything hangs on λ: too small, and the walk takes for ever; too large, and the line is wrong.
#
# ### Exercise 2.3 · where do you end? · 1 point · 5 minutes · ●●○
#
# You start at $x = 10$ on $f(x) = x^2$ and take 1000 steps.
# **Predict** with pencil and paper, before you write any loop: where are you at the end with λ = 0.00001, with λ = 0.5, and with λ = 1?
# Write three numbers into `predicted_ends`, in this order; two decimals are enough.
#
# <details><summary>How can I know that without running it?</summary>
#
# Take one step by hand. By which factor did your distance from 0 change? Does the next step change it by another factor, or by the same?
# </details>
# <details><summary>A thousand tiny steps are too much for my pencil</summary>
#
# How long is the first one? While you stay near 10 they are all about that long.
# </details>

# %% [exercise] id="predicted_ends"
predicted_ends = None  # a list of three numbers: for λ = 0.00001, for λ = 0.5, for λ = 1
# BEGIN SOLUTION
predicted_ends = [9.8, 0, 10]
# END SOLUTION

# %% [checks] exercise="predicted_ends" id="check_predicted_ends" points=1
checks.ends(predicted_ends, start=10, learning_rates=(0.00001, 0.5, 1), n_steps=1000)

# %% [markdown]
# ### Exercise 2.4 · gradient descent · 4 points · 12 minutes · ●●○
#
# Write `gradient_descent(gradient, x0, learning_rate, n_steps)`.
# It returns the whole path, not only its end, so that you can look at it.
#
# | argument | | |
# |---|---|---|
# | `gradient` | function `(d,) -> (d,)` | all that you know of the landscape: call it once a step |
# | `x0` | array of shape `(d,)` | the start; it stays as it is, and it may hold whole numbers |
# | `learning_rate` | number | λ |
# | `n_steps` | whole number | take exactly so many steps |
# | returns | array of shape `(n_steps + 1, d)` | row 0 is `x0`, row $t$ is where you are after $t$ steps |
#
# On a line, $d = 1$: a point is an array with one number.
#
# <details><summary>Where do I start?</summary>
#
# How many points does the path hold after 0 steps? After 1? Where do you want to keep them?
# </details>
# <details><summary>All my rows are the same</summary>
#
# An array is an address, not a value. If you store `x` and then change `x` in place, what does the stored row show?
# </details>
# <details><summary>My path stands still, or holds whole numbers only</summary>
#
# What kind of numbers does `np.array([10, -4])` hold? Can it hold 9.5?
# </details>
# <details><summary>I do not know what to write in the loop</summary>
#
# Exercise 2.2 took one step. Which of its three arguments changes from step to step, and where is its newest value?
# </details>

# %% [exercise] id="gradient_descent"
def gradient_descent(gradient, x0, learning_rate, n_steps):
    """Walk against the gradient from ``x0``.

    gradient : function of an array of shape (d,) that returns one of shape (d,)
    returns  : array of shape (n_steps + 1, d), row 0 is ``x0``
    """
    # BEGIN SOLUTION
    path = [np.array(x0, dtype=float)]
    for _ in range(n_steps):
        path.append(gradient_step(path[-1], gradient, learning_rate))
    return np.array(path)
    # END SOLUTION

# %% [setup]
def ravine(x):
    """A valley in two dimensions, ten times more curved across than along."""
    return x[0] ** 2 / 2 + 5 * x[1] ** 2


def ravine_gradient(x):
    """The slopes of ravine: one number for each coordinate."""
    return np.array([x[0], 10 * x[1]])


askew = np.array([[6.0, 2.0], [2.0, 3.0]])


def askew_gradient(x):
    """The slopes of a valley that lies askew: each one depends on both coordinates (@ is explained below)."""
    return askew @ x

# %% [checks] exercise="gradient_descent" id="check_gradient_descent_bowl" points=1
checks.descent(gradient_descent, askew_gradient, x0=[10.0, -4.0], learning_rate=0.06, n_steps=25)

# %% [checks] exercise="gradient_descent" id="check_gradient_descent_whole_numbers" points=1
checks.descent(gradient_descent, askew_gradient, x0=[10, -4], learning_rate=0.03, n_steps=6)
checks.descent(gradient_descent, dip_slope, x0=[7.0], learning_rate=0.5, n_steps=6)  # there in one step

# %% [checks] exercise="gradient_descent" id="check_gradient_descent_any" points=2
# More landscapes are tried when your work is graded: in one, three and five dimensions.
# BEGIN HIDDEN TESTS
from hidden import random_quadratics

for bowl in random_quadratics(checks.rng("gradient_descent"), count=6, dims=(3, 1, 5)):
    checks.descent(gradient_descent, bowl.gradient, bowl.x0, bowl.learning_rate, bowl.n_steps)
# END HIDDEN TESTS

# %% [markdown]
# Now see whether you were right.
# The same walk, 1000 steps from 10 on $x^2$, with seven learning rates:

# %% [setup]
def parabola(x):
    """The parabola with its lowest point at 0."""
    return x**2


def parabola_slope(x):
    """The derivative of parabola."""
    return 2 * x

# %% [show]
print("      λ   factor 1 − 2λ   after 1 step   after 1000 steps")
for learning_rate in (0.00001, 0.01, 0.1, 0.5, 0.9, 1, 1.01):
    path = gradient_descent(parabola_slope, np.array([10.0]), learning_rate, 1000)
    print(f"{learning_rate:7g} {1 - 2 * learning_rate:12.5f} {path[1, 0]:15.4f} {path[-1, 0]:15.3g}")

# %% [markdown]
# One step leads from $x$ to $x - 2 \lambda x = (1 - 2 \lambda)\, x$: it multiplies your distance from 0 by the factor $1 - 2\lambda$.
# Near 1 the walk crawls, at 0 it arrives at once, below 0 it changes sides at each step, at −1 it swings for ever, and beyond it runs away.
# **Predict**: the next picture draws your distance for λ = 0.002, 0.1, 0.9 and 1.01. Which one grows, and which two are the same?

# %% [show]
axes = figures.axes("How far from the minimum?", "step", "distance from 0")
styles = {0.002: ":", 0.1: "-", 0.9: "--", 1.01: "-."}
told = []
for learning_rate, style in styles.items():
    away = np.abs(gradient_descent(parabola_slope, np.array([10.0]), learning_rate, 60)[:, 0])
    axes.plot(away, color=figures.VERMILLION, linestyle=style, label=f"λ = {learning_rate:g}")
    told.append(f"λ = {learning_rate:g}: {away[0]:.3g} to {away[-1]:.2g}")
axes.set_yscale("log")
axes.legend()
figures.show(axes, f"Distance from 0 over 60 steps, on a logarithmic scale. {'; '.join(told)}.")

# %% [markdown]
# λ = 0.1 and λ = 0.9 fall on one line: their factors are 0.8 and −0.8, so they come equally near, one from one side, one from both.
# A logarithmic scale shows at a glance what a list of numbers hides: a constant factor is a straight line.
# The number 2 in $1 - 2\lambda$ is $f''(x)$, the **curvature** of $x^2$; on any parabola of curvature $c$ the factor is $1 - \lambda c$, so the walk comes closer as long as λ is smaller than $2 / c$.
#
# Now feel it: the next picture calls *your* `gradient_descent` whenever you move a slider; the mark stands at $2 / L$, where $L$ is the largest curvature, here 2.
# **Predict**: at which λ does the walk arrive in one step, and what changes in the right picture when λ crosses the mark?

# %% [show]
yours = {"f": parabola, "gradient": parabola_slope, "gradient_descent": gradient_descent}
walk = widgets.Descent(**yours, bounds=(-12, 12), start=10, curvature=2, learning_rate=0.02)
walk

# %% [markdown]
# At λ = 0.5 the factor is 0, and one step is enough.
# Left of the mark the line in the right picture falls, at the mark it is level, beyond it it rises.
# The widget obeys Python, too: run `walk.learning_rate = 0.9` in a cell of your own and look at it again.

# %% [markdown]
# ### Exercise 2.5 · a slider of your own · optional · 5 minutes · ●○○
#
# A picture that moves under your hand says more than a table.
# `interact(f, learning_rate=…)` shows a slider, and calls `f` with the slider's value whenever you move it.
# In `slide`, walk 25 steps from `np.array([10.0])` on the parabola, draw the path, and return the place where it ends; below it, call `interact` once.
#
# `draw_walk(path)`, given below, draws a path; `FloatLogSlider(value=0.1, min=-5, max=0.2, description="λ")` is a slider from $10^{-5}$ to $10^{0.2}$.
# A `;` at the very end keeps Jupyter from printing the function's name.
#
# <details><summary>What does slide return?</summary>
#
# The place where the walk ends, one number: the last row of the path has one entry.
# </details>
# <details><summary>I see no slider</summary>
#
# `interact` wants the function itself, and not its value. What is the difference between `slide` and `slide(0.1)`?
# </details>

# %% [setup]
def draw_walk(path):
    """Draw a path on the parabola, beside its height at each step."""
    figure, (left, right) = figures.grid(1, 2, height=3, width=8)
    wide = np.linspace(-12, 12, 100)
    left.plot(wide, parabola(wide), **figures.LINES["truth"] | {"label": "ground"})
    left.plot(path[:, 0], parabola(path[:, 0]), **figures.LINES["path"])
    left.set(title="the walk", xlabel="x", ylabel="height", xlim=(-12, 12), ylim=(-5, 144))
    right.plot(parabola(path[:, 0]), **figures.LINES["path"])
    right.set(title="its height", xlabel="step")
    first, last = path[0, 0], path[-1, 0]
    figures.show(figure, f"A walk of {len(path) - 1} steps on x², from {first:.4g} to {last:.4g}; "
                 f"its height goes from {parabola(first):.4g} to {parabola(last):.4g}.")

# %% [exercise] id="slide" optional=true
def slide(learning_rate):
    """Draw 25 steps from 10 on the parabola, and return where they end."""
    # BEGIN SOLUTION
    path = gradient_descent(parabola_slope, np.array([10.0]), learning_rate, 25)
    draw_walk(path)
    return float(path[-1, 0])
    # END SOLUTION


# BEGIN SOLUTION
interact(slide, learning_rate=FloatLogSlider(value=0.1, min=-5, max=0.2, description="λ"));
# END SOLUTION

# %% [checks] exercise="slide" id="check_slide" points=0
checks.cases(slide, [((0.05,), 10 * 0.9**25)], success="your slider walks 25 steps from 10")

# %% [markdown]
# Find the largest λ at which the walk still arrives, and watch what happens a hair's breadth above it.

# %% [markdown]
# ## Which valley?
#
# A parabola has one lowest point; a mountain range has many.
# The **global minimum** is the lowest point of the whole landscape, a **local minimum** is the bottom of some valley.
# A walker in the fog cannot tell one from the other: both are flat, and uphill on both sides.
# Lift the fog for a moment, and look at the landscape `hills` from the first picture.

# %% [show]
x = np.linspace(-2.05, 2.05, 400)
figure, (upper, lower) = figures.grid(2, 1, height=5, sharex=True)
upper.plot(x, hills(x), **figures.LINES["truth"] | {"label": "hills"})
starts = np.array([-2, -0.5, 0.1, 0.5, 2])
upper.plot(starts, hills(starts), "o", color=figures.VERMILLION, label="starts")
upper.set(title="A landscape and its slope", ylabel="height")
lower.plot(x, hills_slope(x), **figures.LINES["model"] | {"label": "slope"})
lower.axhline(0, color=figures.INK, linewidth=1)
lower.set(xlabel="x", ylabel="slope", ylim=(-12, 12))
upper.legend(loc="upper center")
low, ridge, shallow = np.sort(np.roots([4, 0, -6, 1]).real)
flat = {"a valley": low, "a ridge": ridge, "another valley": shallow}
told = "; ".join(f"{name} at {x:.2f}, height {hills(x):.2f}" for name, x in flat.items())
figures.show(figure, f"The slope is zero at three places: {told}. Starts at {starts.tolist()}.")

# %% [markdown]
# ### Exercise 2.6 · who finds the deepest point? · 1 point · 3 minutes · ●○○
#
# Five walkers start on `hills` at −2, −0.5, 0.1, 0.5 and 2, and use gradient descent with λ = 0.01.
# **Predict** from the picture, before you run anything: which of them end at the global minimum?
# Write their starts into the list `reach_deepest`.
#
# <details><summary>How do I decide for one start?</summary>
#
# Put your finger on the start and go downhill. Where does the ground begin to rise?
# </details>

# %% [exercise] id="reach_deepest"
reach_deepest = None  # a list with some of -2, -0.5, 0.1, 0.5, 2
# BEGIN SOLUTION
reach_deepest = [-2, -0.5, 0.1]
# END SOLUTION

# %% [checks] exercise="reach_deepest" id="check_reach_deepest" points=1
checks.valleys(reach_deepest, hills, starts=(-2, -0.5, 0.1, 0.5, 2), low=-2.5, high=2.5)

# %% [show]
axes = figures.axes("Five walks on hills, λ = 0.01", "step", "x")
ends = []
for start in (-2, -0.5, 0.1, 0.5, 2):
    path = gradient_descent(hills_slope, np.array([start]), 0.01, 200)[:, 0]
    axes.plot(path, **figures.LINES["path"] | {"label": None, "marker": ""})
    axes.text(0, start, f"{start:g} ", ha="right", va="center")
    ends.append(f"{start:g} to {path[-1]:.3f}")
axes.hlines(low, 0, 200, figures.GREEN, "--", label="global minimum")
axes.hlines(ridge, 0, 200, figures.INK, ":", label="ridge")
axes.hlines(shallow, 0, 200, figures.BLUE, "-.", label="local minimum")
axes.set(xlim=(-18, 205), ylim=(-2.2, 2.2))
axes.legend(loc="center right", bbox_to_anchor=(1, 0.37))
figures.show(axes, f"Walks of 200 steps: {'; '.join(ends)}.")

# %% [markdown]
# The ridge decides, not the distance and not the height: the walker from 2 starts highest of all and is caught in the shallow valley.
# It does not roll over the ridge either, because gradient descent forgets how fast it was.
#
# Put the fog back and be that walker: below you see only the ground where you have stood.
# **Predict**: is there a learning rate with which the walk from 2 ends in the deeper valley after all?

# %% [show]
widgets.Descent("hills", start=2.0, learning_rate=0.01, steps=50, fog=True)

# %% [markdown]
# With λ between 0.09 and 0.13 the first step is so long that it leaps over the ridge, and the walk ends at −1.301.
# That is luck, not sight: in the fog you could not know, and a step as long may leap out of a deep valley just as well.
#
# **Predict**: where does a walk end that starts exactly *on* a ridge?
# Try $f(x) = x^3 - 3x$, with slope $3x^2 - 3$: its maximum is at −1, its minimum at 1, and on the far left it falls for ever.

# %% [show]
def cubic_slope(x):
    return 3 * x**2 - 3


for start in (-0.99, -1.0, -1.01):
    path = gradient_descent(cubic_slope, np.array([start]), 0.1, 18)[:, 0]
    print(f"start {start:5g}:  " + "  ".join(f"{path[step]:9.4g}" for step in (1, 5, 10, 15, 18)))
print("after steps   " + "  ".join(f"{step:9d}" for step in (1, 5, 10, 15, 18)))

# %% [markdown]
# On the maximum the slope is zero, so the walker stays there for ever: $f'(x) = 0$ is necessary for a minimum, but not sufficient.
# A hair to the right it finds the minimum; a hair to the left it falls, and falls faster at each step, because this landscape has no bottom there.

# %% [markdown]
# ## From one number to billions
#
# The models that you read about have billions of parameters, some of them more than a trillion.
# Our $f$ has one: $f: \mathbb{R} \to \mathbb{R}$, a number in, a number out.
# What you need is $f: \mathbb{R}^n \to \mathbb{R}$: $n$ numbers in, one number out, and $n$ may be huge.
# So $x$ becomes an array of $n$ numbers, and in each of the $n$ directions the ground has a slope of its own.
# All slopes together, in an array of $n$ numbers, are the **gradient** of $f$ at $x$, written $\nabla f(x)$.

# %% [markdown]
# The landscape `ravine` has $n = 2$, with $f(x) = \tfrac12 x_0^2 + 5 x_1^2$.
# **Predict** with pencil and paper, before you unfold it: what is its gradient?
#
# <details><summary>Its gradient</summary>
#
# For the slope along $x_0$, treat $x_1$ as a constant: $x_0$. For the slope along $x_1$, treat $x_0$ as a constant: $10 x_1$.
# So $\nabla f(x) = (x_0, 10 x_1)$, which is what `ravine_gradient` returns.
# </details>

# %% [show]
MAP = {"cmap": "cividis", "vmin": -20, "vmax": 40}  # the middle of the map reads on light and dark
place, across = np.array([3.0, 1.0]), np.linspace(-4, 4, 80)
axes = figures.axes("ravine from above: lines of equal height", "$x_0$", "$x_1$", width=8)
sheet = ravine(np.array(np.meshgrid(across, across / 2)))
axes.contour(across, across / 2, sheet, levels=[0.5, 2, 5, 9.5, 15, 22], **MAP)
slope = ravine_gradient(place)
up, down = place + 0.1 * slope, place - 0.1 * slope
axes.plot(*zip(place, up), ".--", color=figures.PURPLE, clip_on=False, label="0.1 times the gradient")
axes.plot(*zip(place, down), color=figures.VERMILLION, marker=".", linewidth=2.5, label="a step with λ = 0.1")
axes.set_aspect("equal")
axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
figures.show(axes, "Ellipses of equal height, long along x0 and narrow along x1. "
             f"At {tuple(place.tolist())} the gradient is {tuple(slope.tolist())}: it crosses the lines at a right "
             "angle, uphill; the step goes the opposite way.")

# %% [markdown]
# In $n$ dimensions a step is an array $y$ too, and each coordinate adds its own rise: slope times step.
# Adding such products has a name, the **inner product** $a \cdot b = a_0 b_0 + a_1 b_1 + \dots$, in NumPy `a @ b`.
# With it, the straight line looks as before:
#
# $$f(x + y) \approx f(x) + \nabla f(x) \cdot y .$$
#
# **Predict**: at the point $(3, 1)$, with the step $y = (0.1, -0.02)$, does the line rise or fall?

# %% [show]
place, y = np.array([3.0, 1.0]), np.array([0.1, -0.02])
slope = ravine_gradient(place)
print("gradient     ", slope)
print("its products ", slope * y, " sum:", round(slope @ y, 6))
print("line         ", round(ravine(place) + slope @ y, 6))
print("ground       ", round(ravine(place + y), 6))

# %% [markdown]
# Now step against the gradient, $y = -\lambda \nabla f(x)$.
# The inner product of an array with itself is the square of its length, $v \cdot v = \|v\|^2$, so
#
# $$f\big(x - \lambda \nabla f(x)\big) \approx f(x) - \lambda\, \big\|\nabla f(x)\big\|^2 .$$
#
# This is the statement that trains most of today's AI, repeated millions of times.
# **Predict**: among all steps of the same length, could another direction lose even more height than the one against the gradient?

# %% [show]
angles = np.linspace(0, 2 * np.pi, 181)
rise = np.array([ravine(place + 0.01 * np.array([np.cos(a), np.sin(a)])) - ravine(place) for a in angles])
against = np.degrees(np.arctan2(*-slope[::-1])) % 360
axes = figures.axes("A step of length 0.01 in every direction", "direction in degrees", "change of height", height=3)
axes.plot(np.degrees(angles), rise, **figures.LINES["model"] | {"label": "change of height"})
axes.axvline(against, color=figures.VERMILLION, linestyle="--", label="against the gradient")
axes.legend()
best = np.degrees(angles[np.argmin(rise)])
figures.show(axes, f"{figures.describe('Change of height', np.degrees(angles), rise)}. "
             f"Against the gradient is at {against:.1f} degrees; the most height is lost at {best:g} degrees.")

# %% [markdown]
# No direction is better: close by, straight against the gradient is the steepest way down.
# Your `gradient_descent` was written for arrays, so it works in $n$ dimensions as it is; the checks of exercise 2.4 tried two.
# In other texts it stands in one line, $\theta_{t+1} = \theta_t - \gamma \nabla f(\theta_t)$: θ (theta) is the point, $t$ counts the steps, and γ (gamma) is our λ.

# %% [markdown]
# ## Measure a slope
#
# A gradient derived on paper may be wrong by a sign or a factor, and nobody sees it.
# You can *measure* it instead: look at $f$ a little ahead and a little back, and divide the rise by the run,
#
# $$\frac{\partial f}{\partial x_i} \approx \frac{f(x + h e_i) - f(x - h e_i)}{2h} ,$$
#
# where $\partial f / \partial x_i$ is the sign for the slope along coordinate $i$, $e_i$ is 1 at place $i$ and 0 elsewhere, and $h$ is small; this is the **central difference**.
#
# ### Exercise 2.7 · the measured gradient · 4 points · 10 minutes · ●●○
#
# Write `numerical_gradient(f, x, h=1e-5)`, which measures all $d$ slopes.
# From here on you can check every gradient that you derive, in this lab and in all that follow.
#
# | argument | | |
# |---|---|---|
# | `f` | function `(d,) -> number` | the only thing that you may ask |
# | `x` | array of shape `(d,)` | stays as it is; may hold whole numbers |
# | `h` | number | how far you look ahead and back |
# | returns | array of shape `(d,)` | one slope for each coordinate |
#
# <details><summary>What do I do for one coordinate?</summary>
#
# You need two points that differ from `x` in this coordinate alone. How do you make them without touching `x`?
# </details>
# <details><summary>The first slope is right, the others are not</summary>
#
# When you look along the second coordinate, where is the first one? Print the points at which you ask `f`.
# </details>
# <details><summary>My slopes are all 0</summary>
#
# Which numbers can your copy of `x` hold, if `x` is `np.array([2, -3, 4])`?
# </details>
# <details><summary>My slopes are too large, or far too small</summary>
#
# How far apart are your two points? Then read your division aloud, from left to right, as Python does.
# </details>

# %% [exercise] id="numerical_gradient"
def numerical_gradient(f, x, h=1e-5):
    """Measure the gradient of ``f`` at ``x``, shape (d,), by central differences."""
    # BEGIN SOLUTION
    x = np.array(x, dtype=float)
    slopes = np.empty(len(x))
    for i in range(len(x)):
        ahead, back = x.copy(), x.copy()
        ahead[i] += h
        back[i] -= h
        slopes[i] = (f(ahead) - f(back)) / (2 * h)
    return slopes
    # END SOLUTION

# %% [checks] exercise="numerical_gradient" id="check_numerical_gradient_wide" points=1
# With a wide h a cubic shows how you look: the central difference of x³ is 3x² + h².
x, h = np.array([1.5, -2.0, 0.7]), 0.2
wide = np.array([3 * x[0] ** 2 + h**2 + x[1] * x[2], x[0] * x[2], x[0] * x[1]])
checks.numerical(numerical_gradient, [((lambda x: x[0] ** 3 + x[0] * x[1] * x[2], x, h), wide)])

# %% [checks] exercise="numerical_gradient" id="check_numerical_gradient_whole_numbers" points=1
checks.numerical(numerical_gradient, [((ravine, np.array([3, -2]), 0.1), np.array([3.0, -20.0]))])

# %% [checks] exercise="numerical_gradient" id="check_numerical_gradient_any" points=2
# Other functions are tried when your work is graded, in up to seven dimensions.
checks.numerical(numerical_gradient, [((ravine, np.array([3.0, 1.5]), 1e-5), np.array([3.0, 15.0]))])
# BEGIN HIDDEN TESTS
from hidden import reference

rng, tries = checks.rng("numerical_gradient"), []
right = reference("02_gradient_descent").numerical_gradient
for d, h in ((3, 0.3), (5, 0.15), (7, 1e-5)):
    w, x = rng.uniform(0.5, 1.5, (3, d)), rng.uniform(1.5, 2.5, d) * rng.choice([-1, 1], d)
    tries.append(((lambda x, w=w: float(np.sum(w[0] * x**3) + (w[1] @ x) ** 2 + w[2] @ x), x, h)))
checks.numerical(numerical_gradient, [((f, x, h), right(f, x, h)) for f, x, h in tries])
# END HIDDEN TESTS

# %% [markdown]
# Use it at once: is `ravine_gradient`, derived on paper, right?
# A mistake on paper would show here as two different rows.

# %% [show]
for place in (np.array([3.0, 1.0]), np.array([-2.5, 0.4])):
    print("paper   ", ravine_gradient(place))
    print("measured", numerical_gradient(ravine, place), "\n")

# %% [markdown]
# How small should $h$ be?
# A smaller $h$ makes the line a better one, but a computer keeps only about 16 digits, and the difference of two nearly equal heights loses most of them.
# **Predict**: for the S-shaped curve tanh, whose slope is $1 - \tanh^2 x$, which $h$ is best at $x = 0.7$: 0.1, 0.00001 or 0.000000000000001?

# %% [show]
widths, spot = 10.0 ** -np.arange(1, 16), 0.7
true_slope = 1 - np.tanh(spot) ** 2
ahead_only = [abs((np.tanh(spot + h) - np.tanh(spot)) / h - true_slope) for h in widths]
central = [abs(numerical_gradient(lambda x: np.tanh(x[0]), np.array([spot]), h)[0] - true_slope) for h in widths]
axes = figures.axes("Error of a measured slope: tanh at 0.7", "h", "error")
axes.loglog(widths, ahead_only, color=figures.PURPLE, marker="s", linestyle="--", label="look ahead only")
axes.loglog(widths, central, color=figures.BLUE, marker="o", label="central: yours")
axes.legend()
best = {name: widths[np.argmin(error)] for name, error in (("ahead", ahead_only), ("central", central))}
figures.show(axes, f"Errors for h from 0.1 to 1e-15. Best if you look ahead only: h = {best['ahead']:.0e}, with error "
             f"{min(ahead_only):.1e}; best for your central difference: {best['central']:.0e}, {min(central):.1e}.")

# %% [markdown]
# Read it from right to left: at first both errors fall as the line gets better, then they rise as digits get lost.
# Ten times smaller an $h$ makes the one-sided error ten times smaller, but the central one a hundred times: the errors ahead and back cancel.
# So the best central difference is thousands of times better, and your default of $10^{-5}$ stands near its bottom.
#
# What does it cost? **Predict**: how often does your function call $f$, for $n = 2$, 10 and 1000 parameters?

# %% [show]
def bowl(x):
    global calls
    calls += 1
    return x @ x


for n in (2, 10, 1000):
    calls = 0
    numerical_gradient(bowl, np.ones(n))
    print(f"{n:5d} parameters: {calls:5d} calls of f for one gradient")

# %% [markdown]
# With a billion parameters, one *step* would need two billion runs of the model.
# Lab 05 gets the whole gradient for the price of a few runs; your measurement stays, as the referee.

# %% [markdown]
# ## How large may a step be?
#
# In one dimension the walk comes closer as long as λ is smaller than $2 / c$, where $c$ is the curvature; in $n$ dimensions each direction has its own: `ravine` has curvature 1 along and 10 across.
# **Predict**: of three walks from (4, 1), with λ = 0.05, 0.19 and 0.21, which one runs away, and in which direction?

# %% [show]
across, drawn = np.linspace(-5, 5, 80), []
figure, row = figures.grid(1, 3, width=9.5, height=3, sharey=True)
sheet = ravine(np.array(np.meshgrid(across, across / 2)))
for axes, learning_rate in zip(row, (0.05, 0.19, 0.21)):
    path = gradient_descent(ravine_gradient, np.array([4.0, 1.0]), learning_rate, 8)
    axes.contour(across, across / 2, sheet, levels=[0.5, 2, 5, 9.5, 15], **MAP)
    axes.plot(path[:, 0], path[:, 1], **figures.LINES["path"])
    axes.set(title=f"λ = {learning_rate}", xlabel="$x_0$", ylim=(-2.5, 2.5))
    drawn.append(f"λ = {learning_rate}: ends at ({path[-1, 0]:.2f}, {path[-1, 1]:.2f})")
row[0].set_ylabel("$x_1$")
figures.show(figure, f"Eight steps from (4, 1). {'; '.join(drawn)}. The last two swing from wall to wall.")

# %% [markdown]
# The walls decide: across, the factor is $1 - 10\lambda$, and with λ = 0.21 it is −1.1, so each swing is wider than the last.
# Along the floor the same λ is far too careful.
# One λ serves all directions, so the *steepest* direction sets the limit and the flattest one pays for it.
# **Predict**, then try: if you start exactly on the floor, with $x_1 = 0$, how large may λ be, and with which λ does the walk arrive in one step?

# %% [show]
widgets.Descent("ravine", start=[4.0, 1.0], learning_rate=0.19)

# %% [markdown]
# On the floor only the curvature 1 counts: λ = 1 arrives in one step, and any λ below 2 arrives.
# But start a hair beside it, at $x_1 = 0.01$, and with λ = 1 the walls throw you out after three steps.

# %% [markdown]
# A ravine may also lie askew, like the one from exercise 2.4, with the gradient `askew @ x`: its number $i$ is the inner product of row $i$ of the table `askew` with $x$.
# **Predict** from the next picture: in which direction is it steepest, along $x_0$, along $x_1$, or neither?

# %% [show]
across = np.linspace(-3, 3, 80)
u, v = np.meshgrid(across, across)
sheet = 3 * u**2 + 2 * u * v + 1.5 * v**2  # its second derivatives are the entries of askew
curvatures, directions = np.linalg.eigh(askew)
axes = figures.axes("A ravine that lies askew", "$x_0$", "$x_1$", height=3.8)
axes.contour(across, across, sheet, levels=[1, 4, 9, 16], **MAP)
for curvature, way, style in zip(curvatures, directions.T, (":", "--")):
    ends = np.outer([-2.5, 2.5], way)
    axes.plot(ends[:, 0], ends[:, 1], color=figures.INK, linestyle=style, label=f"curvature {curvature:g}")
axes.set_aspect("equal")
axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
told = "; ".join(f"curvature {c:g} along {np.round(way, 2)}" for c, way in zip(curvatures, directions.T))
figures.show(axes, f"Ellipses that lie askew. Along two directions a walk stays on its line: {told}.")

# %% [markdown]
# Neither: the steepest direction lies between the axes.
# All second derivatives together form an $n \times n$ matrix, the **Hessian** $H$; row $i$, column $j$ tells how the slope along $i$ changes when you move along $j$.
# Its **eigenvalues** are the curvatures along special lines through the minimum: on such a line the gradient points along it, so a walk stays on it.
# NumPy finds them for a symmetric matrix, from the smallest to the largest:

# %% [show]
for name, hessian in (("ravine", np.diag([1.0, 10.0])), ("askew ", askew)):
    print(name, hessian.tolist(), " curvatures, np.linalg.eigvalsh:", np.linalg.eigvalsh(hessian))

# %% [markdown]
# ### Exercise 2.8 · the edge · 2 points · 5 minutes · ●●○
#
# Write `max_stable_learning_rate(hessian)`: the λ at which a walk in this bowl begins to swing for ever.
# Below it every walk comes closer to the minimum, above it at least one direction runs away.
#
# | argument | | |
# |---|---|---|
# | `hessian` | array of shape `(n, n)` | symmetric, all curvatures positive |
# | returns | number | the largest λ, the edge itself |
#
# <details><summary>I know the curvatures. And now?</summary>
#
# In a direction of curvature $c$ each step multiplies the distance by $1 - \lambda c$. Which value of this factor means "swings for ever"? Which direction gets there first as λ grows?
# </details>
# <details><summary>May I look at the entries of the matrix?</summary>
#
# Entries speak of the axes only. The steepest direction of `askew` lies between them.
# </details>

# %% [exercise] id="max_stable_learning_rate"
def max_stable_learning_rate(hessian):
    """Learning rate at which a walk in a bowl with this Hessian, shape (n, n), swings for ever."""
    # BEGIN SOLUTION
    return 2 / np.linalg.eigvalsh(hessian).max()
    # END SOLUTION

# %% [checks] exercise="max_stable_learning_rate" id="check_max_stable_learning_rate" points=1
chain = np.array([[2.0, -1, 0], [-1, 2, -1], [0, -1, 2]])  # curvatures 2 − √2, 2, 2 + √2
checks.stable_rate(max_stable_learning_rate, [((askew,), 2 / 7), ((chain,), 2 - np.sqrt(2))])

# %% [checks] exercise="max_stable_learning_rate" id="check_max_stable_learning_rate_any" points=1
# Larger matrices are tried when your work is graded.
# BEGIN HIDDEN TESTS
from hidden import random_quadratics, reference

right = reference("02_gradient_descent").max_stable_learning_rate
hessians = [bowl.hessian for bowl in random_quadratics(checks.rng("edge"), count=4, dims=(3, 5, 7))]
checks.stable_rate(max_stable_learning_rate, [((hessian,), float(right(hessian))) for hessian in hessians])
# END HIDDEN TESTS

# %% [markdown]
# Does your number hold what it promises?
# **Predict** how far from the minimum 100 steps end, slightly below the edge, at it, and slightly above.

# %% [show]
edge = max_stable_learning_rate(askew)
for part in (0.98, 1, 1.02):
    path = gradient_descent(askew_gradient, np.array([4.0, 1.0]), part * edge, 100)
    first, last = np.linalg.norm(path[0]), np.linalg.norm(path[-1])
    print(f"λ = {part:4g} × {edge:.4f}:  distance {first:.3g} at the start, {last:6.3g} at the end")

# %% [markdown]
# At the edge the steep part of the distance swings for ever, while the flat part has died out; beyond it the walk runs away.
#
# ## The promise, once more
#
# A friend writes: *"$f'(x)^2$ is never negative, so a step of gradient descent always lowers $f$."*
# In three to five sentences, explain
#
# 1. which step of this argument speaks of the straight line, and not of the ground;
# 2. one number from this lab that shows the sentence fail;
# 3. what has to be added to make the sentence true.
#
# Write into the next cell. It is read by a person, and gives 3 points: one for each part.

# %% [answer] [markdown] id="explain_promise" points=3
# **Sample answer.**
# The loss of height $\lambda f'(x)^2$ is that of the tangent line: it comes from putting $y = -\lambda f'(x)$ into the Taylor approximation, which equals $f$ only near $x$.
# On `dip` from $x = 5$ with λ = 1.1 the line promises a height of −30.6, but the walker climbs from 9 to 12.96.
# The error of the line grows like λ², the promise only like λ; so the sentence is true if $f'(x)$ is not zero and λ is small enough, for a parabola of curvature $c$ smaller than $2/c$.
#
# **Rubric**, one point each.
# (1) Says that the inequality is proved for the linear approximation, and that "≈" is where the ground is left.
# (2) Gives a true number: 9 to 12.96 with λ = 1.1 on `dip`; 9 to 9 with λ = 1 (not lowered); λ = 1.01 on $x^2$ running away; λ = 0.21 in the ravine.
# (3) Adds "for λ small enough", or λ < 2 / curvature (2 / the largest eigenvalue of the Hessian). Full marks without "and the slope is not zero"; that remark makes up for a gap in (1).

# %% [markdown]
# ## Why not Newton?
#
# To minimise a function is to find a zero of its derivative, and lab 01 had a fast method for zeros: Newton's.
# Applied to $f'$ it steps from $x$ to $x - f'(x) / f''(x)$, so it divides by the curvature and needs no λ.
# In $n$ dimensions the slope becomes the gradient, the curvature becomes the Hessian, and dividing becomes solving a system of $n$ equations:
#
# $$x_{t+1} = x_t - H(x_t)^{-1}\, \nabla f(x_t) .$$
#
# **Predict**: in the bowl `askew`, how many steps does Newton need, and how far is gradient descent after 20?

# %% [show]
start = np.array([4.0, 1.0])
newton = start - np.linalg.solve(askew, askew_gradient(start))
descent = gradient_descent(askew_gradient, start, 0.1, 20)[-1]
print(f"Newton, 1 step:            distance {np.linalg.norm(newton):.1e}")
print(f"gradient descent, 20 steps: distance {np.linalg.norm(descent):.1e}")

# %% [markdown]
# One step, because a bowl *is* what Newton's method believes every landscape to be; in other landscapes it takes a few, if it starts close enough.
# So why does anybody use gradient descent?
# **Predict**: with $n$ parameters, how many numbers are in the gradient, and how many in the Hessian? And for a billion parameters?

# %% [show]
print("      parameters n   gradient     Hessian       one Newton step (about n³/3 operations,")
print("                     memory       memory        a million million of them each second)")
for n in (100, 10_000, 1_000_000, 1_000_000_000):
    seconds = n**3 / 3 / 1e12
    print(f"{n:17,d}   {8 * n:8.1e} B   {8 * n**2:8.1e} B   {seconds:8.1e} s = {seconds / 3.156e7:.1e} years")

# %% [markdown]
# The gradient has as many entries as there are parameters, $n$; the Hessian has $n^2$, and solving with it costs about $n^3$ operations.
# For a billion parameters that is a Hessian of 8 billion gigabytes, and ten million years for *one* step.
# Newton's method also needs a Hessian that can be inverted, and it runs to maxima as gladly as to minima, as you saw in lab 01.
# Gradient descent needs $n$ numbers a step and, with λ small enough, only goes down: many cheap steps beat one that nobody can pay.
# This is why most AI is trained with gradient descent, or a small modification of it.

# %% [markdown]
# ## Going further
#
# The rest is optional and gives no points: two small modifications that many programs use.
#
# ### Exercise 2.9 · look before you leap · optional · 10 minutes · ●●○
#
# A **line search** tries a large λ first, and halves it until the ground keeps at least *half* of the line's promise: $f(x) - f(x - \lambda g) \ge \tfrac12 \lambda \|g\|^2$, with $g = \nabla f(x)$.
# Write `line_search(f, gradient, x, learning_rate)`: `x` has shape `(d,)`, `learning_rate` is the first one to try, and you return the first that keeps half of its promise.
#
# <details><summary>How do I know when to stop?</summary>
#
# For one λ, compute two numbers: the height that the line promises you to lose, and the height that you do lose. How do they have to compare?
# </details>

# %% [exercise] id="line_search" optional=true
def line_search(f, gradient, x, learning_rate):
    """Halve ``learning_rate`` until a step from ``x`` keeps half of what the line promises."""
    # BEGIN SOLUTION
    slope = gradient(x)
    height, steepness = f(x), slope @ slope
    while height - f(x - learning_rate * slope) < learning_rate * steepness / 2:
        learning_rate = learning_rate / 2
    return learning_rate
    # END SOLUTION

# %% [checks] exercise="line_search" id="check_line_search" points=0
far, near = np.array([4.0, 1.0]), np.array([3.0, 0.1])
checks.search(line_search, ravine, ravine_gradient, [(far, 1.0), (far, 0.01), (near, 1.0), (near, 5.0)])

# %% [markdown]
# ### Exercise 2.10 · momentum · optional · 10 minutes · ●●●
#
# A ball rolls through a ravine better than a walker: it remembers how fast it was.
# Give each move a memory: a move is `memory` times the move before it, minus λ times the gradient; before the first step the walker stands still.
# Write `momentum(gradient, x0, learning_rate, memory, n_steps)`, which returns the path like `gradient_descent`.
#
# <details><summary>What do I have to remember?</summary>
#
# Two things change from step to step: where you are, and your last move. Which of them do you update first?
# </details>

# %% [exercise] id="momentum" optional=true
def momentum(gradient, x0, learning_rate, memory, n_steps):
    """Walk with a memory from ``x0``; returns the path, shape (n_steps + 1, d), row 0 is ``x0``."""
    # BEGIN SOLUTION
    path = [np.array(x0, dtype=float)]
    move = np.zeros(len(x0))
    for _ in range(n_steps):
        move = memory * move - learning_rate * gradient(path[-1])
        path.append(path[-1] + move)
    return np.array(path)
    # END SOLUTION

# %% [checks] exercise="momentum" id="check_momentum" points=0
checks.momentum_path(momentum, ravine_gradient, [4.0, 1.0], learning_rate=0.05, memory=0.6, n_steps=12)
checks.momentum_path(momentum, dip_slope, [7], learning_rate=0.1, memory=0.0, n_steps=5)

# %% [show]
plain = gradient_descent(ravine_gradient, np.array([4.0, 1.0]), 0.05, 40)
rolling = momentum(ravine_gradient, np.array([4.0, 1.0]), 0.05, 0.6, 40)
axes = figures.axes("The ravine, λ = 0.05", "step", "height")
axes.semilogy([ravine(x) for x in plain], color=figures.VERMILLION, label="gradient descent")
axes.semilogy([ravine(x) for x in rolling], color=figures.BLUE, linestyle="--", label="with momentum 0.6")
axes.legend()
figures.show(axes, f"Height over 40 steps, on a logarithmic scale: gradient descent from {ravine(plain[0]):.3g} to "
             f"{ravine(plain[-1]):.1e}, with momentum to {ravine(rolling[-1]):.1e}.")

# %% [markdown]
# ## Summary
#
# - The line $f(x) + \nabla f(x) \cdot y$ tells the truth close by; its error grows like the square of the step.
# - A step $-\lambda \nabla f(x)$ is promised to lose $\lambda \|\nabla f(x)\|^2$; the ground keeps the promise only if λ is small enough.
# - In a bowl each direction of curvature $c$ multiplies its distance by $1 - \lambda c$: too small a λ crawls, a λ above $2 / c_{\max}$ runs away.
# - The start decides in which valley you end; a walk that starts on a maximum stays there.
# - A measured gradient costs $2n$ calls, and is the referee for every gradient that you derive.
# - Newton needs $n^2$ numbers and $n^3$ operations a step; gradient descent needs $n$.
#
# ## Where to go next
#
# In lab 03 you put all of this to work: you let gradient descent find the parabola that passes through three points.
# To read on: Boyd and Vandenberghe, *Convex Optimization*, chapter 9; Goh, *Why Momentum Really Works* (distill.pub, 2017).
