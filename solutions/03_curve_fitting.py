# %% [markdown]
# # Curve fitting
#
# In lab 02 somebody gave you a landscape, and you walked down.
# Now you make the landscape yourself: its height says how badly a curve misses your data.
# In lab 01 a formula found one unknown; here a machine learns three, step by step.
#
# You will be able to
#
# - turn "this curve fits" into one number, and say which numbers are fit for that;
# - derive the gradient of that number on paper, and check your code against it;
# - fit a curve from a random guess, and draw the result;
# - tell a learning rate that is too small from one that is too large, and say where the edge is;
# - call each part of the machine by its name, and write a training loop that works for any model.
#
# **Time**: 75 minutes, of which 45 are exercises.
# **You need**: the gradient and the learning rate λ from lab 02, the chain rule, pen and paper.

# %% [setup]
import numpy as np

from course_utils import checks, figures

theta_true = np.array([2.0, -3.0, 1.0])  # (a, b, c) of the parabola that gets lost
x_data = np.array([-1.0, 0.5, 2.0])
y_data = np.array([6.0, 0.0, 3.0])

# %% [markdown]
# ## A lost parabola
#
# Somebody drew the parabola $p(x) = a_0x^2 + b_0x + c_0$, marked three points on it, and rubbed the curve out.
# You hold the points $(x_i, y_i)$ with $y_i = a_0x_i^2 + b_0x_i + c_0$ for $i = 1, 2, 3$, and you want the curve back.
# The letters with a zero, $a_0, b_0, c_0$, are the true values and stay for ever; $a, b, c$ are your guess.
#
# **Predict.** How many parabolas go through two given points, and how many through three?

# %% [show]
inputs = np.linspace(-1.5, 2.5, 200)
figure, (left, right) = figures.grid(1, 2, width=8, height=3.2, sharey=True)
bends = (-1.0, 0.5, 2.0, 3.5)
for bend, style in zip(bends, ("-", "--", "-.", ":")):
    left.plot(inputs, 2 - 4 * inputs + bend * (inputs + 1) * (inputs - 0.5), style, color=figures.BLUE)
left.plot(x_data[:2], y_data[:2], **figures.LINES["data"])
left.set(title="two points", xlabel="x", ylabel="y", ylim=(-6, 14))
right.plot(inputs, 2 - 4 * inputs + 2 * (inputs + 1) * (inputs - 0.5), color=figures.BLUE)
right.plot(x_data, y_data, **figures.LINES["data"])
right.set(title="three points", xlabel="x")
points = ", ".join(f"({x:g}, {y:g})" for x, y in zip(x_data, y_data))
figures.show(figure, f"Left: {len(bends)} of the many parabolas through two points. "
             f"Right: the only one through {points}.")

# %% [markdown]
# Think of $a$, $b$ and $c$ as three knobs that you can turn: two points leave one knob free, and infinitely many parabolas fit; three points pin all three knobs.
# You could solve three equations here, but nobody can solve the equations of a model with a billion knobs.
# So you learn the way that still works there: guess, measure how wrong the guess is, improve it, repeat.
#
# <details><summary>Why do the little zeros matter?</summary>
#
# The notes that this course grew from forget them: they write $y_i = ax_i^2 + bx_i + c$ for the points.
# Then the points would move along with your guess, and every guess would be perfect.
# Data come from the truth, predictions come from the guess: keep the two apart, on paper and in code.
# </details>

# %% [markdown]
# ### Exercise 3.1 · predictions of a parabola · 1 point · 4 minutes · ●○○
#
# Write `predict(theta, x)`: the height of the parabola with the parameters `theta` at `x`.
#
# | | | |
# |---|---|---|
# | `theta` | three numbers $(a, b, c)$ | $a$ belongs to $x^2$, as in labs 01 and 02 |
# | `x` | a number, or an array of shape `(n,)` | |
# | returns | a number, or an array of shape `(n,)` | as `x` came in |
#
# <details><summary>Do I need a loop?</summary>
#
# What does numpy give for `x * x`, if `x` is an array? Try it in a cell of your own.
# </details>
# <details><summary>Python complains about ^</summary>
#
# On paper $x^2$ is written with a raised 2. How does Python write a power? (It is not `^`, which works on bits.)
# </details>

# %% [exercise] id="predict"
def predict(theta, x):
    """Return the height of a parabola.

    theta   : (a, b, c), of a x² + b x + c
    x       : number or array of shape (n,)
    returns : number or array of shape (n,)
    """
    # BEGIN SOLUTION
    a, b, c = theta
    return a * x**2 + b * x + c
    # END SOLUTION

# %% [checks] exercise="predict" id="check_predict" points=1
checks.predicts(predict, [
    ((2.0, -3.0, 1.0), 2.0, 3.0),
    ((2.0, 0.5, -1.0), np.array([3.0, -2.0]), [18.5, 6.0]),
    ((-1.0, 4.0, 0.25), np.array([0.5, 2.5, -4.0, 3.0, 7.0]), [2.0, 4.0, -31.75, 3.25, -20.75]),
])
# BEGIN HIDDEN TESTS
from hidden import parabolas, reference

cases = parabolas(checks.rng("predict"), sizes=(5, 7, 5))
answer = reference("03_curve_fitting").predict
checks.predicts(predict, [(theta, x, answer(theta, x)) for theta, x in cases])
checks.predicts(predict, [(theta, float(x[0]), float(answer(theta, x[0]))) for theta, x in cases])
# END HIDDEN TESTS

# %% [markdown]
# A method that finds a lost curve is tested on a curve that you lose on purpose: you know what it should find.
# So you need points that lie exactly on a parabola of your choice.

# %% [markdown]
# ### Exercise 3.2 · points of a parabola · 1 point · 3 minutes · ●○○
#
# Write `make_data(theta, x)`, which returns the pair `(x, y)`: the inputs, and the heights of the parabola there.
#
# | | | |
# |---|---|---|
# | `theta` | three numbers $(a, b, c)$ | of any parabola, not only of the notebook's |
# | `x` | array of shape `(n,)` | |
# | returns | two arrays of shape `(n,)` | first all inputs, then all heights |
#
# <details><summary>How do I return two things?</summary>
#
# With a comma between them, after `return`. Which of your functions already knows the heights?
# </details>

# %% [exercise] id="make_data"
def make_data(theta, x):
    """Return points of a parabola.

    theta   : (a, b, c)
    x       : array of shape (n,)
    returns : x and y, two arrays of shape (n,)
    """
    # BEGIN SOLUTION
    return x, predict(theta, x)
    # END SOLUTION

# %% [checks] exercise="make_data" id="check_make_data" points=1
checks.makes_points(make_data, [
    ((2.0, -3.0, 1.0), np.array([-1.0, 0.5, 2.0])),
    ((0.5, 1.0, -2.0), np.array([-3.0, -1.5, 0.4, 2.0, 5.0])),
])
# BEGIN HIDDEN TESTS
from hidden import parabolas

checks.makes_points(make_data, parabolas(checks.rng("make_data"), sizes=(5, 7)))
# END HIDDEN TESTS

# %% [show]
x, y = make_data(theta_true, x_data)
for number, (across, up) in enumerate(zip(x, y), 1):
    print(f"point {number}: x = {across:4g}, y = {up:g}")

# %% [markdown]
# ## How wrong is a guess?
#
# Take any guess $(a, b, c)$, and look at one point.
# The **residual** there is $r_i = \text{prediction}_i - y_i$: above 0 if the guess is too high, below 0 if it is too low.

# %% [show]
guess = np.array([0.5, -1.0, 2.0])
residuals = predict(guess, x_data) - y_data
axes = figures.axes("Three residuals of one guess", "x", "y")
axes.plot(inputs, predict(guess, inputs), **figures.LINES["model"])
axes.vlines(x_data, y_data, predict(guess, x_data), figures.VERMILLION, ":", label="residual", linewidth=3)
axes.plot(x_data, y_data, **figures.LINES["data"])
axes.legend()
figures.show(axes, f"The parabola of the guess {guess.tolist()} misses the three points "
             f"by {np.round(residuals, 3).tolist()}.")
print("residuals:", residuals)

# %% [markdown]
# A machine that improves needs one number to improve, not three.
# The function $f(a, b, c)$ that gives this number is the **objective**: the smaller, the better the guess.
# Inventing it is the heart of this lab, so be picky:
#
# 1. $f$ is 0 for the true parabola;
# 2. $f$ is above 0 for *every* other parabola, so that the true one is the only minimum;
# 3. $f$ is smooth, because in a moment you walk down along its slope.
#
# Try your ideas on the residuals $(+1, -1, 0)$, $(-2, -2, -2)$ and $(0, 0, 0)$ before you code one.

# %% [markdown]
# ### Exercise 3.3 · an objective · 3 points · 8 minutes · ●●○
#
# Write `objective(theta, x, y)`: one number that says how badly the parabola `theta` misses the points.
# It knows the points alone: `theta_true` is what we look for, so your function must do without.
# More than one answer is right, and everything that follows works with *your* choice.
#
# | | | |
# |---|---|---|
# | `theta` | three numbers $(a, b, c)$ | the guess |
# | `x`, `y` | arrays of shape `(n,)` | three points today, a hundred tomorrow |
# | returns | one number | 0 for a curve through all points, else above 0 |
#
# <details><summary>I added up the residuals, and a bad guess gets less than 0</summary>
#
# Too low counts as a bonus then. What can you do to *one* residual, so that −2 is as bad as 2?
# </details>
# <details><summary>I squared the sum, and the check says that something cancels</summary>
#
# What does your formula say of the residuals (+1, −1, 0)? In which order should adding up and making positive come?
# </details>
# <details><summary>The check talks about a kink</summary>
#
# Draw $|r|$ around $r = 0$. Which slope does it have exactly at 0? Gradient descent needs one: look for a function of $r$ that is flat there.
# </details>
# <details><summary>Sum or mean?</summary>
#
# Both have their minimum in the same place, so choose. Later you will see what the choice does to the learning rate.
# </details>

# %% [exercise] id="objective"
def objective(theta, x, y):
    """Return how badly a parabola misses the points: 0 if it meets all of them.

    theta   : (a, b, c)
    x, y    : arrays of shape (n,)
    returns : one number
    """
    # BEGIN SOLUTION
    return np.mean((predict(theta, x) - y) ** 2)
    # END SOLUTION

# %% [checks] exercise="objective" id="check_objective_properties" points=1
checks.measures_misfit(objective, [
    ((2.0, -3.0, 1.0), np.array([-1.0, 0.5, 2.0])),
    ((-1.5, 0.5, 2.5), np.array([-2.5, -1.2, 0.4, 1.5, 3.0])),
])

# %% [checks] exercise="objective" id="check_objective_any_points" points=2
# Other parabolas and other numbers of points are tried when your work is graded.
# BEGIN HIDDEN TESTS
from hidden import parabolas

checks.measures_misfit(objective, parabolas(checks.rng("objective"), sizes=(5, 7, 6)))
# END HIDDEN TESTS

# %% [markdown]
# Here is why the other ideas fail.
# The next figure walks along a line of guesses through the true parabola, chosen so that the residuals always add up to 0.
# **Predict:** which of the three curves is flat, which has a corner, and which has a smooth bottom?

# %% [show]
steps = np.linspace(-1.5, 1.5, 121)
line = [theta_true + step * np.array([1.0, 1.0, -2.25]) for step in steps]
tables = np.array([predict(theta, x_data) - y_data for theta in line])
square_of_sum, sum_of_sizes = tables.sum(axis=1).round(9) ** 2, np.abs(tables).sum(axis=1)
yours = [objective(theta, x_data, y_data) for theta in line]
axes = figures.axes("Three ideas along one line of guesses", "distance from the true parabola", "value")
axes.plot(steps, square_of_sum, color=figures.GREEN, linestyle="--", label="(sum of residuals)²")
axes.plot(steps, sum_of_sizes, color=figures.VERMILLION, linestyle=":", linewidth=2, label="sum of |residuals|")
axes.plot(steps, yours, color=figures.BLUE, linewidth=2, label="your objective")
axes.legend()
texts = ("(sum of residuals)²", square_of_sum), ("sum of sizes", sum_of_sizes), ("your objective", yours)
figures.show(axes, "; ".join(figures.describe(name, steps, curve) for name, curve in texts))

# %% [markdown]
# The square of the sum cannot tell any of these parabolas from the true one.
# The sum of the sizes $|r_i|$ has its minimum in the right place, but a corner there: the slope jumps, and close to the corner it is as steep as far away, so steps do not get shorter and overshoot.
# A sum or a mean of squares has neither fault, and is the most used objective there is: the **squared error**.

# %% [markdown]
# ## The slope, on paper first
#
# To walk down you need the gradient $\nabla f = \left(\frac{\partial f}{\partial a}, \frac{\partial f}{\partial b}, \frac{\partial f}{\partial c}\right)$.
# Each part is an ordinary derivative: one letter moves, the others stand still, and the points $x_i, y_i$ are plain numbers.
# The only tool is the chain rule: the derivative of $u^2$ is $2u$ times the derivative of $u$.
# For example, $g(a) = (5a + 7)^2$ has the derivative $2\,(5a + 7) \cdot 5$.

# %% [markdown]
# ### Exercise 3.4 · a gradient on paper · 1 point · 5 minutes · ●●○
#
# Take one point, $x = 3$ and $y = 10$, and the squared residual $f(a, b, c) = (9a + 3b + c - 10)^2$.
# Derive its three partial derivatives with pen and paper, then put in $a = 1$, $b = -2$, $c = 4$.
# Give the result as three numbers: by $a$, by $b$, by $c$.
#
# <details><summary>Where do I start?</summary>
#
# How large is the residual at this guess? Is the curve too high or too low?
# </details>
# <details><summary>What is the inner derivative?</summary>
#
# Look at what stands in the bracket as a function of $a$ alone: how much does it change if $a$ grows by 1? And if $b$ grows by 1? And $c$?
# </details>
# <details><summary>How can I test it myself?</summary>
#
# Compute $f$ at $a = 1$ and at $a = 1.001$. The change, divided by 0.001, is nearly the first number.
# </details>

# %% [exercise] id="paper_gradient"
paper_gradient = None  # three numbers: (…, …, …)
# BEGIN SOLUTION
paper_gradient = (-54.0, -18.0, -6.0)
# END SOLUTION

# %% [checks] exercise="paper_gradient" id="check_paper_gradient" points=1
checks.matches_paper(paper_gradient, theta=(1.0, -2.0, 4.0), x=3.0, y=10.0)

# %% [markdown]
# With many points, the derivative of a sum is the sum of the derivatives.
# So every point adds its share to each of the three slopes, and a mean divides the total by $n$.
# Do the derivation for your own objective now, with letters: $x_i$ and $y_i$ in place of 3 and 10.

# %% [markdown]
# ### Exercise 3.5 · the gradient in code · 3 points · 8 minutes · ●●○
#
# Write `grad_objective(theta, x, y)`: the gradient of *your* objective by $a$, $b$ and $c$, from your formula.
# The check compares it with the slopes of your own `objective`, so sum and mean are both right, but they have to agree.
#
# | | | |
# |---|---|---|
# | `theta` | three numbers $(a, b, c)$ | the guess |
# | `x`, `y` | arrays of shape `(n,)` | any number of points |
# | returns | array of shape `(3,)` | slopes by $a$, by $b$, by $c$, in this order |
#
# <details><summary>Where do I start?</summary>
#
# What do all three slopes have in common, for one point? Give that array a name. By what does it get multiplied in each of the three?
# </details>
# <details><summary>My numbers are a constant factor off</summary>
#
# Divide yours by the right ones. A factor 0.5: what happened to the square's exponent? A factor n: sum or mean? A factor −1: which way round is your residual?
# </details>
# <details><summary>I get a whole table, or one number for each point</summary>
#
# Print the shape of each piece. Which operation turns the shares of n points into one slope, and how often do you need it?
# </details>

# %% [exercise] id="grad_objective"
def grad_objective(theta, x, y):
    """Return the gradient of the objective by (a, b, c).

    theta   : (a, b, c)
    x, y    : arrays of shape (n,)
    returns : array of shape (3,)
    """
    # BEGIN SOLUTION
    residual = predict(theta, x) - y
    return 2 * np.array([np.mean(residual * x**2), np.mean(residual * x), np.mean(residual)])
    # END SOLUTION

# %% [checks] exercise="grad_objective" id="check_grad_objective_measured" points=1
checks.differentiates(grad_objective, [
    (np.array([0.5, -1.0, 2.0]), np.array([-1.0, 0.5, 2.0]), np.array([6.0, 0.0, 3.0])),
    (np.array([1.5, 0.7, -2.0]), np.array([-2.5, -1.2, 0.4, 1.5, 3.0]), np.array([1.0, -2.0, 0.5, 4.0, 3.0])),
])

# %% [checks] exercise="grad_objective" id="check_grad_objective_any_points" points=2
# Other guesses, other points and large numbers are tried when your work is graded.
# BEGIN HIDDEN TESTS
from hidden import gradient_cases

checks.differentiates(grad_objective, gradient_cases(checks.rng("grad_objective")))
# END HIDDEN TESTS

# %% [markdown]
# You need no teacher to check a gradient: you wrote the tool in lab 02.
# Here it is again, and it measures the slopes of your objective without knowing any formula.

# %% [setup]
def numerical_gradient(f, x, h=1e-5):
    """Measure the slope of f along each axis: your tool of lab 02."""
    arrows = h * np.eye(len(x))
    return np.array([(f(x + arrow) - f(x - arrow)) / (2 * h) for arrow in arrows])

# %% [show]
measured = numerical_gradient(lambda theta: objective(theta, x_data, y_data), guess)
derived = grad_objective(guess, x_data, y_data)
for name, by_hand, by_steps in zip("abc", derived, measured):
    difference = by_hand - by_steps
    print(f"slope by {name}: derived {by_hand:10.6f}   measured {by_steps:10.6f}   difference {difference:8.0e}")

# %% [markdown]
# ## From a random guess to the parabola
#
# You know nothing about $(a, b, c)$ yet, so you start anywhere: from random numbers.
# A `Generator` with a fixed seed gives you the same "random" guess at each run, so that you can repeat what you saw.

# %% [show]
theta0 = np.random.default_rng(4).normal(size=3)
print("initial guess:", theta0, "  its objective:", objective(theta0, x_data, y_data))

# %% [markdown]
# ### Exercise 3.6 · the fit · 3 points · 8 minutes · ●●○
#
# Write `fit(x, y, learning_rate, n_steps, theta0)`.
# Each step moves all three parameters at once, against the gradient: $(a, b, c) \leftarrow (a, b, c) - λ\,\nabla f(a, b, c)$.
# On the way, keep the value of your objective at every point, the initial guess included.
#
# | | | |
# |---|---|---|
# | `x`, `y` | arrays of shape `(n,)` | the points |
# | `learning_rate` | number | λ |
# | `n_steps` | whole number | how many steps |
# | `theta0` | array of shape `(3,)` | the initial guess; stays as it is, your caller still needs it |
# | returns | `theta` of shape `(3,)`, `losses` of length `n_steps + 1` | `losses[0]` is the objective at `theta0`, the last one that at `theta` |
#
# <details><summary>How many losses are there?</summary>
#
# After 0 steps you stand at one point. After 1 step you have seen two. At which places of your code do you look at the objective?
# </details>
# <details><summary>The check says that theta0 has changed</summary>
#
# `-=` on an array writes into that very array, and your `theta` and the caller's `theta0` may be the same one. How do you get an array of your own?
# </details>
# <details><summary>I do not know what to write in the loop</summary>
#
# Stand at one point of the path. Which function tells you the slope there, and how far do you go, and which way? What do you note down before you go on?
# </details>

# %% [exercise] id="fit"
def fit(x, y, learning_rate, n_steps, theta0):
    """Fit a parabola by gradient descent.

    x, y          : arrays of shape (n,)
    learning_rate : number
    n_steps       : whole number
    theta0        : array of shape (3,), stays as it is
    returns       : theta of shape (3,), losses of length n_steps + 1
    """
    # BEGIN SOLUTION
    theta = theta0
    losses = [objective(theta, x, y)]
    for _ in range(n_steps):
        theta = theta - learning_rate * grad_objective(theta, x, y)
        losses.append(objective(theta, x, y))
    return theta, losses
    # END SOLUTION

# %% [checks] exercise="fit" id="check_fit_three_points" points=1
checks.fits(
    fit, np.array([-1.0, 0.5, 2.0]), np.array([6.0, 0.0, 3.0]),
    learning_rate=0.03, n_steps=6, theta0=np.array([0.5, -1.0, 2.0]),
)

# %% [checks] exercise="fit" id="check_fit_any_points" points=2
# Other points, learning rates and initial guesses are tried when your work is graded.
# BEGIN HIDDEN TESTS
from hidden import fit_cases

for case in fit_cases(checks.rng("fit")):
    checks.fits(fit, **case)
# END HIDDEN TESTS

# %% [markdown]
# Now let it run for 1000 steps with λ = 0.01, and see where it ends.
# **Predict:** how close to $(2, -3, 1)$ does it come: to 0.1, to 0.01 or to 0.0001?

# %% [show]
theta, losses = fit(x_data, y_data, learning_rate=0.01, n_steps=1000, theta0=theta0)
print("guess:", theta0, "\nfit:  ", theta, "\ntruth:", theta_true)
print("largest error of a parameter:", np.max(np.abs(theta - theta_true)))
axes = figures.axes("The objective along the way", "step", "objective")
axes.plot(losses, color=figures.VERMILLION, linewidth=2)
axes.set_yscale("log")
figures.show(axes, figures.describe("The objective on a logarithmic scale", range(len(losses)), losses))

# %% [markdown]
# On the logarithmic scale the end of the curve is straight: every step shrinks the objective by the same factor.
# Does it matter where you start?
# **Predict** where five other random guesses end after 2000 steps.

# %% [show]
for seed in range(5, 10):
    start = np.random.default_rng(seed).normal(size=3)
    end, _ = fit(x_data, y_data, 0.01, 2000, start)
    print(f"from {np.round(start, 2)!s:22} to {np.round(end, 4)}")

# %% [markdown]
# All end in the same place, because this objective has one valley, and no other minimum to get stuck in.
# Remember that this is luck: the networks of lab 07 have many valleys, and there the random start matters.
#
# Numbers convince less than a picture, so draw one.

# %% [markdown]
# ### Exercise 3.7 · a figure of the fit · 2 points · 4 minutes · ●○○
#
# Complete `plot_fit(x, y, theta_true, theta)`: the points, the true parabola and your estimate in one figure, with a legend.
# `figures.axes` makes an empty pair of axes; `figures.LINES["data"]`, `["truth"]` and `["model"]` hold colour, marker and label, and are handed over as in the cells above.
#
# | | | |
# |---|---|---|
# | `x`, `y` | arrays of shape `(n,)` | the points |
# | `theta_true`, `theta` | three numbers each | two parabolas, each from the first point to the last or further |
# | returns | the axes | whoever calls decides when to show them |
#
# <details><summary>My parabola has corners</summary>
#
# Matplotlib joins the dots that you give it by straight lines. How many dots did you give it? `np.linspace` makes more.
# </details>
# <details><summary>I see one curve only</summary>
#
# If the fit is good, one hides the other. Which one should be drawn last, so that a dashed line shows on a solid one?
# </details>

# %% [exercise] id="plot_fit"
def plot_fit(x, y, theta_true, theta):
    """Draw the points, the true parabola and the estimate; return the axes.

    x, y              : arrays of shape (n,)
    theta_true, theta : (a, b, c) of truth and estimate
    """
    axes = figures.axes("Truth and estimate", "x", "y")
    # BEGIN SOLUTION
    across = np.linspace(np.min(x) - 0.5, np.max(x) + 0.5, 200)
    axes.plot(across, predict(theta, across), **figures.LINES["model"])
    axes.plot(across, predict(theta_true, across), **figures.LINES["truth"])
    axes.plot(x, y, **figures.LINES["data"])
    axes.legend()
    return axes
    # END SOLUTION

# %% [checks] exercise="plot_fit" id="check_plot_fit" points=2
checks.draws_fit(
    plot_fit, np.array([-1.0, 0.5, 2.0]), np.array([6.0, 0.0, 3.0]),
    theta_true=(2.0, -3.0, 1.0), theta=(1.0, -1.0, 2.0),
)
# BEGIN HIDDEN TESTS
from hidden import figure_cases

for case in figure_cases(checks.rng("plot_fit")):
    checks.draws_fit(plot_fit, **case)
# END HIDDEN TESTS

# %% [show]
for n_steps in (30, 1000):
    theta, losses = fit(x_data, y_data, 0.01, n_steps, theta0)
    print(f"after {n_steps} steps: theta = {np.round(theta, 3)}")
    axes = plot_fit(x_data, y_data, theta_true, theta)
    figures.show(axes, f"Three points, the true parabola {theta_true}, and the fit after {n_steps} steps, "
                 f"{np.round(theta, 3)}: its objective is {losses[-1]:.2g}.")

# %% [markdown]
# ## Too small, about right, too large
#
# Now play with λ: 0.00001, 0.01 and 1, with the same points, the same guess and 1000 steps each.

# %% [markdown]
# ### Exercise 3.8 · what three learning rates do · optional · 2 minutes · ●○○
#
# Before you run anything, write down what you expect for each λ: one of `"crawls"` (after 1000 steps the objective is still above half of what it was), `"arrives"` (it is far below), `"explodes"` (it grows beyond all bounds).
#
# <details><summary>How could I know?</summary>
#
# In lab 02 you compared λ with 2 divided by the curvature. Is this landscape a mild one? Guess: that is what predictions are for.
# </details>

# %% [exercise] id="forecast" optional=true
forecast = None  # {0.00001: "…", 0.01: "…", 1.0: "…"}
# BEGIN SOLUTION
forecast = {0.00001: "crawls", 0.01: "arrives", 1.0: "explodes"}
# END SOLUTION

# %% [checks] exercise="forecast" id="check_forecast" points=0
checks.foresees(
    forecast, fit, np.array([-1.0, 0.5, 2.0]), np.array([6.0, 0.0, 3.0]),
    rates=(0.00001, 0.01, 1.0), n_steps=1000, theta0=np.array([-0.65, -0.17, 1.66]),
)

# %% [show]
with np.errstate(all="ignore"):
    runs = {rate: fit(x_data, y_data, rate, 1000, theta0) for rate in (0.00001, 0.01, 1.0)}
for rate, (theta, losses) in runs.items():
    name = np.format_float_positional(rate, trim="-")
    print(f"λ = {name:8} objective {losses[0]:.3g} -> {losses[-1]:.3g}   theta = {np.round(theta, 4)}")

# %% [markdown]
# The smallest rate is right in direction and hopeless in speed: 1000 steps, and hardly any progress.
# The middle one arrives.
# The largest one gives `nan`, "not a number", and no error message at all.
# Look at what happened on the way, and then at what matplotlib makes of it.

# %% [show]
losses = np.array(runs[1.0][1])
print("the first losses:", losses[:4])
print("inf for the first time at step", np.argmax(np.isinf(losses)), "and nan at step", np.argmax(np.isnan(losses)))
figure, (left, right) = figures.grid(1, 2, width=8, height=3)
for rate, style, name in ((0.00001, ":", "λ = 0.00001"), (0.01, "-", "λ = 0.01")):
    left.plot(runs[rate][1], style, linewidth=2, color=figures.VERMILLION, label=name)
left.set(title="two that stay finite", xlabel="step", ylabel="objective", yscale="log")
left.legend()
right.plot(losses[300:], color=figures.VERMILLION)
right.set(title="λ = 1, from step 300 on", xlabel="step")
shown = np.isfinite(losses[300:]).sum()
figures.show(figure, f"Left: λ = 0.00001 ends at {runs[0.00001][1][-1]:.3g}, λ = 0.01 at {runs[0.01][1][-1]:.2g}. "
             f"Right: empty, because {shown} of the values are finite.")

# %% [markdown]
# Each step overshoots the valley and lands higher on the other side, and the steeper slope there makes the next step longer.
# So the numbers grow until they are too large for a float, which then says `inf`; later inf − inf comes up, and that is `nan`.
# From then on every value is `nan`, and matplotlib leaves out what is not finite: **an empty plot is a symptom of a learning rate that is too large.**
#
# Somewhere between 0.01 and 1 lies the border between the two worlds: look for it in the next picture, which runs your own `predict`, `objective` and `fit` (Play shows one step after the other).
# **Predict:** a little below the border, does the parabola move towards the points from one side, or does it swing?

# %% [show]
from course_utils.widgets import CurveFit

three = np.column_stack([x_data, y_data])
CurveFit(three, predict=predict, objective=objective, fit=fit, start=theta0, learning_rate=0.01, edge=False)

# %% [markdown]
# Far below the border the parabola creeps, and the path of $a$ and $c$ bends: first down the steep wall of the valley, then along its floor.
# A little below the border it swings: each step lands on the other wall, a bit lower than before.
# A little above, each step lands a bit higher, and the picture is left for good.
# A loss that goes up and down from step to step is the first sign that λ is near the border.

# %% [markdown]
# ### Exercise 3.9 · the edge · optional · 8 minutes · ●●●
#
# Measure the largest learning rate for which your fit of the three points still converges, with an error below one percent.
# Use your own `fit` and your own experiments: a few runs in a loop of yours are enough.
#
# <details><summary>How do I search?</summary>
#
# You know one rate that converges, and one that explodes. What do you learn from a rate in the middle? How often do you have to halve?
# </details>
# <details><summary>Near the edge I cannot tell</summary>
#
# There everything happens slowly. Take more steps, and compare the last loss with one that came much earlier.
# </details>

# %% [exercise] id="edge" optional=true
edge = None  # one number
# BEGIN SOLUTION
edge = 0.1367
# END SOLUTION

# %% [checks] exercise="edge" id="check_edge" points=0
checks.finds_edge(edge, grad_objective, np.array([-1.0, 0.5, 2.0]), np.array([6.0, 0.0, 3.0]))

# %% [markdown]
# ## Where the edge comes from
#
# In lab 02 the edge was at $λ = 2 / L$, where $L$ is the largest curvature.
# Your objective has three curvatures, one for each direction in which its valley bends: they are the eigenvalues of the Hessian $H$.
# For a sum or a mean of squares the gradient is a straight-line function of $θ = (a, b, c)$, so that $H$ can be read off at three places.

# %% [show]
def curvatures(x):
    """Eigenvalues of the Hessian, smallest first; with all targets 0 the gradient at theta is H theta."""
    return np.linalg.eigvalsh([grad_objective(knob, x, np.zeros(len(x))) for knob in np.eye(3)])


bends = curvatures(x_data)
print("curvatures:", bends)
print("the edge, 2 / largest:", 2 / bends[-1])
print("largest / smallest:", bends[-1] / bends[0])
once, doubled = objective(guess, x_data, y_data), objective(guess, np.tile(x_data, 2), np.tile(y_data, 2))
twice = doubled / once
print("every point taken twice multiplies your objective by", round(twice, 6))

# %% [markdown]
# If taking every point twice doubles your objective, you chose a **sum**; if nothing changes, a **mean**.
# With the mean of squares the edge is at 0.13669, and with the sum it is three times smaller: 0.04556, because $n = 3$ points pull.
# The ratio of the largest to the smallest curvature is the **condition number**, here about 27: the steepest direction forbids large steps, the flattest one needs many of them, so the larger the ratio, the longer you walk.
#
# Does the choice of the points matter too? **Predict** for which inputs in the next cell λ = 0.01 is too large with the sum.

# %% [show]
print("inputs            edge with the mean   with the sum   condition number")
for inputs_tried in ([-1, 0.5, 2], [-2, 0, 2], [0, 1, 2], [1, 2, 3], [-3, 0, 3]):
    bends = curvatures(np.array(inputs_tried, float)) * (1 / 3 if twice > 1.5 else 1)
    print(f"{inputs_tried!s:18} {2 / bends[-1]:14.5f} {2 / (3 * bends[-1]):16.5f} {bends[-1] / bends[0]:16.0f}")

# %% [markdown]
# Here is the machine again, now with a mark at $2/L$, and the points are yours: drag them, or move them with the sliders.
# **Predict:** you pull the third point to the right, from $x = 2$ to $x = 4$. Which way does the mark go? And if you lift the point instead?

# %% [show]
rate = max(0.001, round(1.5 / curvatures(x_data)[-1], 3))
CurveFit(three, predict=predict, objective=objective, fit=fit, start=theta0, learning_rate=rate, point=3)

# %% [markdown]
# To the right, $L$ grows nearly like the fourth power of the input, and the mark falls to a twelfth: the rate that was good before now makes the parabola fly away.
# Lifting the point does not move the mark at all: the curvatures come from the inputs, and the targets only say where the bottom of the valley lies.
# Two points above each other leave one direction without any curvature: then many parabolas are equally good, and the start decides which one you get.

# %% [markdown]
# The notes that this course grew from name no points, and advise λ = 0.01.
# A natural choice is $x = 1, 2, 3$, with the sum of squares, and then the advice fails: look at the next cell, which gives your objective the same step as that sum would.

# %% [show]
x_far = np.array([1.0, 2.0, 3.0])
y_far = predict(theta_true, x_far)
rate = 0.01 if twice > 1.5 else 0.03  # the gradient of the sum is 3 times that of the mean
with np.errstate(all="ignore"):
    _, losses = fit(x_far, y_far, rate, 3000, theta0)
print("the first losses:", np.round(losses[:3], 1), "  after 100 steps:", f"{losses[100]:.3g}")
print("inf for the first time at step", np.argmax(np.isinf(losses)))

# %% [markdown]
# ### In your own words
#
# A friend fits a parabola to the points at $x = 1, 2, 3$ with the sum of squares and λ = 0.01.
# The plot stays empty, theta is `[nan nan nan]`, and your friend wants to rewrite the gradient.
# Write to your friend, in five to eight sentences: what happened, step by step; how to find out whether the gradient is to blame, before changing any code; and two different cures, with the reason why each works.
# (3 points, 5 minutes)

# %% [answer] [markdown] id="explain_empty_plot" points=3
# **Sample answer.** The gradient need not be wrong: the learning rate is too large for this landscape.
# With these points and the sum, the largest curvature is about 227, so the edge 2/L is at 0.0088, and 0.01 lies beyond it.
# Every step jumps over the valley and lands higher on the other side; the slope there is steeper, so the next step is longer, and the loss grows by a constant factor at each step.
# After more than a thousand steps the numbers are too large for a float and become inf; then inf − inf gives nan, and matplotlib draws nothing for values that are not finite.
# To test the gradient, compare it at one guess with a numerical gradient: if they agree it is innocent. Also print the first ten losses: if they grow from the start, it is the rate, and a much smaller one should make them fall.
# Cure 1: a smaller rate, below 0.0088, because then no direction overshoots. Cure 2: the mean instead of the sum, which divides the gradient by 3 and moves the edge to 0.026.
# (Also right: shift the inputs so that they lie around 0, which lowers the largest curvature and the condition number.)
#
# **Rubric.** 1 point: overshooting, steps that grow, inf and then nan, hence the empty plot.
# 1 point: a test that separates gradient from rate (comparison with a numerical gradient, or the first losses at a smaller rate).
# 1 point: two cures with reasons (smaller λ; mean for sum; centred or scaled inputs). One cure, or no reason: half a point.

# %% [markdown]
# ## The parts have names
#
# You have built a learning machine; here are the names that every paper uses for its parts.
#
# | name | what it is | in this lab |
# |---|---|---|
# | **input** | what goes in; in general $n$ examples with $d$ numbers each, $X \in \mathbb{R}^{n \times d}$ | `x`, with $d = 1$ |
# | **target** | the right answer for an input | `y` |
# | **model** | the form of the function, a box with knobs: $f_θ$ | `predict` |
# | **parameters** | how the knobs are set, $θ$ | `theta` = $(a, b, c)$ |
# | **prediction**, output | what the model says for an input, $f_θ(x)$ | `predict(theta, x)` |
# | **loss**, objective | how far predictions are from targets, as one number | `objective` |
# | **learning rate** | the length of a step, as a multiple of the gradient | λ, `learning_rate` |
# | **number of iterations** | how many steps | `n_steps` |
#
# Training is always this: find parameters $θ$ that bring $f_θ(x)$ close to $y$, by making a differentiable loss small.
# If the target is any real number, as here, the task is called **regression**, and the squared error is its usual loss.

# %% [markdown]
# ## One loop for all models
#
# Your `fit` is welded to the parabola: it calls `predict` (inside `objective`) and `grad_objective` by name.
# You need the loop in every lab to come, so what changes from task to task becomes an argument.
# Here is a task that is no parabola: a cup of tea that cools, two parameters, and a loss that looks at the ratio of prediction and target.

# %% [setup]
hours = np.array([0.0, 0.5, 1.0, 1.5, 2.0, 2.5])
warmth = np.array([6.1, 4.3, 2.9, 2.1, 1.4, 1.0])  # degrees above the room, divided by 10


def cooling(theta, x):
    """Warmth theta[0] at the start, which fades at the rate theta[1]."""
    return theta[0] * np.exp(-theta[1] * x)


def ratio_loss(prediction, target):
    """Return 0 if all are equal; else how far the ratios are from 1."""
    ratio = prediction / target
    return np.mean(ratio - 1 - np.log(ratio))


def cooling_gradient(theta, x, y):
    """Gradient of the ratio loss of the cooling model, by theta[0] and theta[1]."""
    excess = cooling(theta, x) / y - 1
    return np.array([np.mean(excess) / theta[0], -np.mean(excess * x)])

# %% [markdown]
# ### Exercise 3.10 · a training loop for any model · 3 points · 5 minutes · ●●○
#
# Write `train(model, loss, gradient, x, y, theta0, learning_rate, n_steps)`: your `fit`, with the three functions as arguments.
# It must not use `predict`, `objective` or `grad_objective`, nor know how many parameters there are.
#
# | | | |
# |---|---|---|
# | `model` | function `(theta, x) -> prediction` | like `predict` |
# | `loss` | function `(prediction, target) -> number` | it never sees `theta` or `x` |
# | `gradient` | function `(theta, x, y) -> array like theta` | like `grad_objective` |
# | `x`, `y`, `theta0`, `learning_rate`, `n_steps` | as in `fit` | `theta0` of any length, stays as it is |
# | returns | `theta`, `losses` | as in `fit`: `n_steps + 1` losses |
#
# <details><summary>Where do I start?</summary>
#
# Copy your `fit`. Which words in it belong to the parabola? For each of them: which argument takes its place?
# </details>
# <details><summary>The loss wants predictions, but I have theta</summary>
#
# Which of the arguments makes a prediction out of theta and the inputs? Its answer, and the targets, are all that the loss needs.
# </details>

# %% [exercise] id="train"
def train(model, loss, gradient, x, y, theta0, learning_rate, n_steps):
    """Train any model by gradient descent.

    model    : function (theta, x) -> prediction
    loss     : function (prediction, target) -> number
    gradient : function (theta, x, y) -> array like theta
    returns  : theta, losses of length n_steps + 1
    """
    # BEGIN SOLUTION
    theta = theta0
    losses = [loss(model(theta, x), y)]
    for _ in range(n_steps):
        theta = theta - learning_rate * gradient(theta, x, y)
        losses.append(loss(model(theta, x), y))
    return theta, losses
    # END SOLUTION

# %% [checks] exercise="train" id="check_train_cooling" points=1
checks.trains(
    train, (cooling, ratio_loss, cooling_gradient), hours, warmth,
    theta0=np.array([4.0, 0.3]), learning_rate=0.03, n_steps=8,
)

# %% [checks] exercise="train" id="check_train_any_model" points=2
# Other models, with other numbers of parameters, and other losses are tried when your work is graded.
# BEGIN HIDDEN TESTS
from hidden import training_cases

for case in training_cases(checks.rng("train")):
    checks.trains(train, **case)
# END HIDDEN TESTS

# %% [show]
theta, losses = train(cooling, ratio_loss, cooling_gradient, hours, warmth, np.array([4.0, 0.3]), 0.5, 2000)
axes = figures.axes("A cup of tea, fitted by the same loop", "hours", "degrees above the room / 10")
later = np.linspace(0, 4, 100)
axes.plot(later, cooling(theta, later), **figures.LINES["model"])
axes.plot(hours, warmth, **figures.LINES["data"])
axes.legend()
figures.show(axes, f"Six measurements; the model starts at {theta[0]:.2f} and fades at the rate {theta[1]:.2f} "
             f"an hour; its loss is {losses[-1]:.2g}.")

# %% [markdown]
# The loop did not change, and yet it learned something else: that is what you gain when each function knows only its own part.
# One thing still hurts: for each new model you derive a gradient by hand.
# A parabola took you ten minutes, a network with a thousand parameters would take for ever.
# Lab 05 removes exactly this pain.
#
# ## What you take along
#
# - An **objective** is one smooth number, 0 for a perfect fit and above 0 for all others; squares do it, sums of residuals do not.
# - A gradient is derived on paper, coded, and **compared with a measured one**; a wrong factor shows as a constant ratio.
# - Beyond $2/L$ the losses grow, become `inf`, then `nan`, and the plot goes empty; far below it nothing seems to move.
# - Sum or mean, and where the points lie, decide where the edge is, and the **condition number** says how long you walk.
# - Input, target, model, parameters, prediction, loss, learning rate, iterations: eight names, one loop, any model.
#
# ## Where to go next
#
# In lab 04 the points get noise, the parabola becomes a polynomial of any degree, and a perfect fit turns out to be a trap.
# If you like to try something now: replace `y_data` by `y_data + np.random.default_rng(0).normal(scale=10, size=3)` in a cell of your own, and fit again.
