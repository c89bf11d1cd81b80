# %% [markdown]
# # Lab 04 · Noise and overfitting
#
# In lab 03 a parabola found three points, and all was well: the points lay on a parabola.
# Measured points never do.
# Today you add noise, more points and more coefficients, and watch a model learn things that are not there.
#
# You will be able to
#
# - write a model of any degree, its loss and its gradient, for any number of points;
# - say what noise does to a fit, and what more points do about it;
# - recognise overfitting, and choose a degree by points that the fit has not seen;
# - say why gradient descent fails on raw powers of $x$, and repair it;
# - scale inputs without a look at the points that you will be judged on.
#
# **Time**: 90 minutes. **You need**: lab 03 (a loss, its gradient, a fit), numpy arrays and `@`, the learning rate λ and its edge $2/L$ from lab 02.

# %% [setup]
import numpy as np

from course_utils import checks, figures

# %% [markdown]
# ## The constant comes first
#
# Until now a parabola was $(a, b, c)$: the highest power first, as one writes it.
# From here on its numbers are called $\theta_0, \theta_1, \theta_2, \dots$ and the constant comes first:
#
# $$p(x) = \theta_0 + \theta_1 x + \theta_2 x^2 + \dots + \theta_k x^k$$
#
# So $\theta_j$ is the number in front of $x^j$, in code `theta[j]`, and a higher degree adds numbers at the end.
# Count them: a polynomial of degree $k$ has $k + 1$ coefficients.

# %% [markdown]
# ### Exercise 4.1 · the flip · 1 point · 2 minutes · ●○○
#
# Write `ascending(coefficients)`.
# It takes coefficients in the old order and returns an array of the same numbers in the new one.
#
# | argument | | |
# |---|---|---|
# | `coefficients` | array of shape `(k + 1,)` | highest power first; any length; stays as it is |
#
# <details><summary>What does "ascending" mean here?</summary>
#
# Write $2x^2 - 3x + 1$ on paper, in both orders. Which of its numbers stands without any $x$?
# </details>
# <details><summary>How do I turn an array round?</summary>
#
# A slice has three parts, start, stop and step. What does a list do with a step of −1?
# </details>

# %% [exercise] id="ascending"
def ascending(coefficients):
    """Return the same coefficients, the constant first.

    coefficients : array of shape (k + 1,), highest power first
    returns      : array of shape (k + 1,), lowest power first
    """
    # BEGIN SOLUTION
    return np.array(coefficients)[::-1]
    # END SOLUTION

# %% [checks] exercise="ascending" id="check_ascending_order" points=1
checks.flips(ascending, [([2.0, -3.0, 1.0], [1.0, -3.0, 2.0]), ([4.0, 0.5, -2.0, 7.0], [7.0, -2.0, 0.5, 4.0])])
# BEGIN HIDDEN TESTS
draw = checks.rng("ascending")
longer = [draw.permutation([2.0, -3.0, 5.0, 8.0, 11.0, -6.0])[:length] for length in (5, 6)]
checks.flips(ascending, [(numbers, list(reversed(numbers.tolist()))) for numbers in longer])
# END HIDDEN TESTS

# %% [markdown]
# numpy's own class `Polynomial` reads the new order too.
# `truth` is the parabola of lab 03: it makes the data of this lab, and no fit will ever be told.

# %% [setup]
truth = np.polynomial.Polynomial([1.0, -3.0, 2.0])

# %% [show]
print("truth:       ", truth)
print("with a flip: ", np.polynomial.Polynomial(ascending([2.0, -3.0, 1.0])))

# %% [markdown]
# ## A model of any degree
#
# For three points you wrote $a x^2 + b x + c$ with your own hands.
# For degree 9 nobody wants to.
# So make a table first, the *design matrix* $A$: a row for each input, a column for each power.
#
# | | $x^0$ | $x^1$ | $x^2$ | $x^3$ |
# |---|---|---|---|---|
# | $x = -2$ | 1 | −2 | 4 | −8 |
# | $x = 3$ | 1 | 3 | 9 | 27 |

# %% [markdown]
# ### Exercise 4.2 · the design matrix · 2 points · 6 minutes · ●●○
#
# Write `design_matrix(x, degree)`.
#
# | argument | | |
# |---|---|---|
# | `x` | array of shape `(n,)` | the inputs |
# | `degree` | whole number, at least 0 | the highest power |
#
# It returns an array of shape `(n, degree + 1)`: in row $i$ and column $j$ stands $x_i^{\,j}$.
#
# <details><summary>How many columns for degree 0? For degree 2?</summary>
#
# A polynomial of degree 0 is a constant: one number. How many does a parabola have? `range(degree)` counts how far?
# </details>
# <details><summary>Rows and columns are mixed up</summary>
#
# A column belongs to a power. If you collect columns in a list, numpy takes each for a row: look for a function that stacks columns, or for the transpose.
# </details>
# <details><summary>Is there a way without a loop?</summary>
#
# numpy pairs a column of shape `(n, 1)` with a row of shape `(k + 1,)` and fills the whole table. Which operation do you want between an input and an exponent?
# </details>

# %% [exercise] id="design_matrix"
def design_matrix(x, degree):
    """Return the table of powers of x.

    x       : array of shape (n,)
    degree  : the highest power
    returns : array of shape (n, degree + 1), column j holds x to the power j
    """
    # BEGIN SOLUTION
    return x[:, np.newaxis] ** np.arange(degree + 1)
    # END SOLUTION

# %% [checks] exercise="design_matrix" id="check_design_matrix_table" points=1
five = [-2.0, 0.5, 3.0, 4.0, 10.0]
cubes = [[1, -2, 4, -8], [1, 0.5, 0.25, 0.125], [1, 3, 9, 27], [1, 4, 16, 64], [1, 10, 100, 1000]]
lines = [[1, -2], [1, 0.5], [1, 3], [1, 4], [1, 10]]
checks.powers(design_matrix, [(five, 3, cubes), (five, 1, lines)])

# %% [checks] exercise="design_matrix" id="check_design_matrix_any" points=1
# Other inputs and degrees are tried when your work is graded, among them degree 0.
# BEGIN HIDDEN TESTS
from hidden import reference

draw = checks.rng("design_matrix")
inputs = [draw.uniform(1.2, 2.0, n) * draw.choice([-1.0, 1.0], n) for n in (5, 7, 7)]
tables = [(x, degree, reference("04_noise").design_matrix(x, degree)) for x, degree in zip(inputs, (7, 3, 0))]
checks.powers(design_matrix, tables)
# END HIDDEN TESTS

# %% [markdown]
# Look at a column as a curve over $x$: a model is a weighted sum of these curves, and $\theta$ holds the weights.
# In the figure, the wave on the right is made of the four on the left.

# %% [show]
dense = np.linspace(-1.5, 1.5, 121)
columns, weights = design_matrix(dense, 3), np.array([0.5, -2.0, 0.0, 1.5])
figure, (left, right) = figures.grid(1, 2, width=8)
for power, style in enumerate(("-", "--", "-.", ":")):
    left.plot(dense, columns[:, power], style, color=figures.BLUE, label=f"$x^{power}$")
left.set(title="Four columns", xlabel="x")
left.legend()
right.plot(dense, columns @ weights, **figures.LINES["model"])
right.set(title="0.5 − 2x + 0x² + 1.5x³", xlabel="x")
told = figures.describe("Right, their sum", dense, columns @ weights)
figures.show(figure, f"Left: x to the powers 0, 1, 2 and 3. {told}")

# %% [markdown]
# ### Exercise 4.3 · predictions of any degree · 1 point · 3 minutes · ●○○
#
# Write `predict(theta, x)`.
# It returns the predictions $\hat y_i = \theta_0 + \theta_1 x_i + \dots + \theta_k x_i^k$ as an array of shape `(n,)`.
#
# | argument | | |
# |---|---|---|
# | `theta` | array of shape `(k + 1,)` | the constant first; its length tells the degree |
# | `x` | array of shape `(n,)` | the inputs |
#
# <details><summary>Where do I get the degree from?</summary>
#
# How many coefficients has a polynomial of degree 3? Turn that sentence round.
# </details>
# <details><summary>From a table to one number a row</summary>
#
# In each row, multiply entry by entry with theta and add up. Linear algebra has a product that does this for all rows at once.
# </details>

# %% [exercise] id="predict"
def predict(theta, x):
    """Return the value of the polynomial at each input.

    theta   : array of shape (k + 1,), the constant first
    x       : array of shape (n,)
    returns : array of shape (n,)
    """
    # BEGIN SOLUTION
    return design_matrix(x, len(theta) - 1) @ theta
    # END SOLUTION

# %% [checks] exercise="predict" id="check_predict_degrees" points=1
parabola = ([1.0, -3.0, 2.0], [-2.0, 0.5, 3.0, 4.0, 10.0], [15.0, 0.0, 10.0, 21.0, 171.0])
line = ([4.0, -0.5], [-2.0, 1.0, 6.0, 8.0, 10.0, 3.0, 2.0], [5.0, 3.5, 1.0, 0.0, -1.0, 2.5, 3.0])
quartic = ([2.0, 0.0, -1.0, 0.5, 1.0], [-2.0, 2.0, 3.0, -3.0, 4.0, 0.5, 10.0], [10, 18, 87.5, 60.5, 274, 1.875, 10402])
checks.evaluates(predict, [parabola, line, quartic])
# BEGIN HIDDEN TESTS
from hidden import reference

draw = checks.rng("predict")
thetas, inputs = [draw.uniform(1, 3, length) for length in (6, 2)], [draw.uniform(-2, 2, n) for n in (7, 5)]
checks.evaluates(predict, [(t, x, reference("04_noise").predict(t, x)) for t, x in zip(thetas, inputs)])
# END HIDDEN TESTS

# %% [markdown]
# ## A loss for any number of points
#
# The *residual* of a point is prediction minus target, $r_i = \hat y_i - y_i$.
# From now on the loss is the *mean* of the squared residuals, over $n$ points:
#
# $$\mathcal L(\theta) = \frac1n \sum_{i=1}^n r_i^2, \qquad r = A\,\theta - y$$
#
# $A\,\theta$, in code `A @ theta`, is one number for each row of $A$: the inner product of that row with $\theta$.
# A mean and not a sum: then losses of 3 points and of 3000 can be compared.
# It takes the table $A$ and not $x$, so that other tables than powers will do, later on.

# %% [markdown]
# ### Exercise 4.4 · the mean squared error · 1 point · 3 minutes · ●○○
#
# Write `mse_loss(theta, A, y)`, which returns $\mathcal L(\theta)$: one number.
#
# | argument | | |
# |---|---|---|
# | `theta` | array of shape `(k + 1,)` | the parameters |
# | `A` | array of shape `(n, k + 1)` | the design matrix, already made |
# | `y` | array of shape `(n,)` | the targets |
#
# <details><summary>In which order: square, mean?</summary>
#
# Two residuals, +5 and −5. Which loss should they give? Try both orders.
# </details>
# <details><summary>"operands could not be broadcast together"</summary>
#
# Print the shapes. `A * theta` is a table, `A @ theta` is one number for each point: which of them can you subtract y from?
# </details>

# %% [exercise] id="mse_loss"
def mse_loss(theta, A, y):
    """Return the mean of the squared residuals.

    theta : array of shape (k + 1,)
    A     : array of shape (n, k + 1)
    y     : array of shape (n,)
    """
    # BEGIN SOLUTION
    return np.mean((A @ theta - y) ** 2)
    # END SOLUTION

# %% [checks] exercise="mse_loss" id="check_mse_loss_mean" points=1
A_five = np.array([[1.0, -2, 4], [1, 0.5, 0.25], [1, 3, 9], [1, 4, 16], [1, 10, 100]])
near, far = ([1.0, -3, 2], A_five, [12.0, 1, 14, 19, 169], 6.8), ([2.0, 0.5, -1], A_five, [1.0] * 5, 1812.85)
checks.mean_square(mse_loss, [near, far])
# BEGIN HIDDEN TESTS
from hidden import reference

draw = checks.rng("mse_loss")
tables = [(draw.normal(size=4), draw.normal(size=(7, 4)), draw.uniform(3, 5, 7)) for _ in range(2)]
checks.mean_square(mse_loss, [(*table, reference("04_noise").mse_loss(*table)) for table in tables])
# END HIDDEN TESTS

# %% [markdown]
# ## Real data is noisy
#
# Measure the height of students: the ruler slips, somebody slouches.
# Each measurement is off by a random amount, the *noise*, and each by its own.
# We draw it from the normal (Gaussian) distribution with mean 0 and standard deviation σ, which numpy calls `scale`.
# You will often meet the line `np.random.normal(scale=10, size=3)`: three draws with σ = 10.
# It draws from one hidden generator that all code shares; we pass a generator by hand, so that an experiment can be repeated.

# %% [show]
rng = np.random.default_rng(4)
print("first draw: ", rng.normal(scale=10, size=3).round(1))
print("second draw:", rng.normal(scale=10, size=3).round(1))
rng = np.random.default_rng(4)
print("same seed:  ", rng.normal(scale=10, size=3).round(1))

# %% [markdown]
# ### Exercise 4.5 · noise · 2 points · 6 minutes · ●●○
#
# Write `add_noise(y, scale, rng)`.
# It returns the targets with independent Gaussian noise on each of them.
#
# | argument | | |
# |---|---|---|
# | `y` | array of shape `(n,)` | clean targets; they stay as they are |
# | `scale` | number | standard deviation σ of the noise |
# | `rng` | `np.random.Generator` | the only source of randomness: use its methods |
#
# <details><summary>How many random numbers do I need?</summary>
#
# Each student is measured on their own. If you draw once for all of them, what happens to the differences between them?
# </details>
# <details><summary>My noise is always the same</summary>
#
# Where is your generator made? One that is made inside the function starts anew at each call. The caller hands you one that runs on.
# </details>
# <details><summary>The check says that y has changed</summary>
#
# `y += …` writes into the caller's array. Make a new one.
# </details>

# %% [exercise] id="add_noise"
def add_noise(y, scale, rng):
    """Return y with independent Gaussian noise of standard deviation scale.

    y       : array of shape (n,), not changed
    scale   : standard deviation
    rng     : numpy.random.Generator, to draw from
    returns : array of shape (n,)
    """
    # BEGIN SOLUTION
    return y + rng.normal(scale=scale, size=len(y))
    # END SOLUTION

# %% [checks] exercise="add_noise" id="check_add_noise_five" points=1
five, seven = [15.0, 3.0, 10.0, 21.0, 171.0], [2.0, -4.0, 6.0, 8.0, 5.0, 7.0, -3.0]
checks.noisy(add_noise, [(five, 10.0), (seven, 0.25)])

# %% [checks] exercise="add_noise" id="check_add_noise_any" points=1
# Other targets, scales and generators are tried when your work is graded.
# BEGIN HIDDEN TESTS
draw = checks.rng("add_noise")
checks.noisy(add_noise, [(draw.uniform(2, 50, n), scale) for n, scale in ((7, 3.0), (50, 0.5), (11, 40.0))])
# END HIDDEN TESTS

# %% [markdown]
# ## Three points, again and again
#
# You need somebody who always finds the best fit, so that no learning rate can spoil the view.
# `least_squares` is that referee: it computes the $\theta$ with the least mean squared error directly, with linear algebra.
# (For linear models that is possible; for the networks of lab 07 it is not.)

# %% [setup]
def least_squares(A, y):
    """The referee: the theta with the least mean squared error."""
    return np.linalg.lstsq(A, y)[0]

# %% [markdown]
# Now take the three inputs of lab 03, −1, 0.5 and 2.
# Put noise with σ = 10 on their targets, let the referee fit a parabola, and do this twelve times.

# %% [markdown]
# ### Exercise 4.6 · foresee: three noisy points · 1 point · 2 minutes · ●○○
#
# The noise has a standard deviation of 10, so its mean square is about 100.
# Which training loss will the twelve parabolas have, on the three points that each was fitted to?
# Give a number as `three_point_loss`: the typical one.
#
# <details><summary>I cannot know that before it runs</summary>
#
# You can. How many numbers may the parabola choose freely? How many conditions does it have to meet?
# </details>

# %% [exercise] id="three_point_loss"
three_point_loss = None
# BEGIN SOLUTION
three_point_loss = 0.0
# END SOLUTION

# %% [checks] exercise="three_point_loss" id="check_three_point_loss" points=1
checks.exact_fit(three_point_loss, points=3, scale=10)

# %% [show]
rng, x_three, dense = np.random.default_rng(1), np.array([-1.0, 0.5, 2.0]), np.linspace(-1.6, 2.6, 85)
chart = figures.axes("Twelve times the same three measurements", "x", "y")
fits, losses = [], []
for run in range(12):
    y = add_noise(truth(x_three), 10, rng)
    fits.append(least_squares(design_matrix(x_three, 2), y))
    losses.append(mse_loss(fits[-1], design_matrix(x_three, 2), y))
    chart.plot(dense, predict(fits[-1], dense), color=figures.BLUE, alpha=0.5, label=None if run else "fits")
    chart.plot(x_three, y, color=figures.INK, marker="o", linestyle="none", markersize=3)
chart.plot(dense, truth(dense), **figures.LINES["truth"])
chart.legend()
bends = [theta[2] for theta in fits]
told = f"x² has factors from {min(bends):.1f} to {max(bends):.1f}, the truth 2"
figures.show(chart, f"Twelve parabolas, each through its own three points; {told}.")
print(f"{told}; largest training loss: {max(losses):.0e}")

# %% [markdown]
# A loss of zero, up to rounding, and yet every parabola is another one.
# Three coefficients can follow three points wherever noise puts them: the fit is perfect on its points and worthless between them.
# The numbers $\theta_0, \theta_1, \theta_2$ of the fits scatter around 1, −3, 2 with standard deviations of 9.2, 7.2 and 5.4.
# Would wider points help, and which of the three numbers most? Guess, then run.

# %% [show]
rng = np.random.default_rng(1)
for inputs in (np.array([-1.0, 0.5, 2.0]), np.array([-5.0, 0.0, 5.0])):
    A = design_matrix(inputs, 2)
    fits = [least_squares(A, add_noise(truth(inputs), 10, rng)) for _ in range(2000)]
    print(f"inputs {inputs}: standard deviations of theta {np.std(fits, axis=0).round(2)}")

# %% [markdown]
# With inputs −5, 0 and 5 the factor of $x^2$ is known to about ±0.49 and that of $x$ to ±1.4, but the constant is as uncertain as one measurement, ±10: the point at $x = 0$ alone decides it.
# Where you measure matters as much as how often.
# From here on, all inputs lie between −5 and 5.

# %% [markdown]
# ## More points
#
# Let $n$ points lie evenly between −5 and 5, each with its own noise of σ = 10.
# How far is the fitted parabola from the true one, at the points? Take the root of the mean square: the *typical error*.
# For $n = 25$ it is 3.5: a third of the noise of one measurement, because the noise of many points partly cancels.

# %% [markdown]
# ### Exercise 4.7 · foresee: half the error · 1 point · 2 minutes · ●○○
#
# With 25 points the typical error is 3.5.
# How many points do you need to bring it down to half of that?
# Give a whole number as `points_for_half`.
#
# <details><summary>What do I know about averages?</summary>
#
# The mean of $n$ independent measurements is off by about σ divided by the square root of $n$. A fit averages as well. Which factor has the square root 2?
# </details>

# %% [exercise] id="points_for_half"
points_for_half = None
# BEGIN SOLUTION
points_for_half = 100
# END SOLUTION

# %% [checks] exercise="points_for_half" id="check_points_for_half" points=1
checks.enough_points(points_for_half, points=25)

# %% [show]
rng, sizes, errors = np.random.default_rng(2), [3, 10, 25, 50, 100, 300, 1000], []
for n in sizes:
    x = np.linspace(-5, 5, n)
    A = design_matrix(x, 2)
    gaps = [predict(least_squares(A, add_noise(truth(x), 10, rng)), x) - truth(x) for _ in range(200)]
    errors.append(np.sqrt(np.mean(np.square(gaps))))
chart = figures.axes("Four times the points, half the error", "number of points n", "typical error")
chart.loglog(sizes, errors, color=figures.BLUE, marker="o", label="200 fits each")
chart.loglog(sizes, 10 * np.sqrt(3 / np.array(sizes)), **figures.LINES["truth"] | {"label": "10 · √(3/n)"})
chart.legend()
told = ", ".join(f"{error:.2g} for {n}" for n, error in zip(sizes, errors))
figures.show(chart, f"Typical error of the fitted parabola, both axes logarithmic: {told} points.")

# %% [markdown]
# On logarithmic axes you see a straight line that falls one step for every two steps to the right: the error goes like one over the square root of $n$.
# The exact law is $\sigma\sqrt{(k + 1)/n}$, with $k + 1$ coefficients to find from $n$ points.
# So noise can be beaten by patience, and every further coefficient has its price.
# The noise must be independent: a ruler that is too short for everybody is not repaired by measuring more people.

# %% [markdown]
# ## Any degree: the trap
#
# More coefficients make a model more flexible. Does that make it better?
# Take ten points, evenly between −5 and 5, with noise of σ = 10, and fit polynomials of degree 0, 1, 2, … up to 9.
# The truth is still the parabola.

# %% [markdown]
# ### Exercise 4.8 · foresee: the winner · 1 point · 1 minute · ●○○
#
# Which degree from 0 to 9 has the least *training* loss, the loss on the ten points that it was fitted to?
# Give it as `winner`.
#
# <details><summary>Compare two neighbours</summary>
#
# What happens to a polynomial of degree 3 if you set its last coefficient to 0? Can the best polynomial of degree 3 be worse than the best of degree 2?
# </details>

# %% [exercise] id="winner"
winner = None
# BEGIN SOLUTION
winner = 9
# END SOLUTION

# %% [checks] exercise="winner" id="check_winner" points=1
checks.least_training_loss(winner, degrees=range(10), true_degree=2)

# %% [show]
rng, x_ten, dense = np.random.default_rng(3), np.linspace(-5, 5, 10), np.linspace(-5, 5, 201)
y_ten = add_noise(truth(x_ten), 10, rng)
figure, panels = figures.grid(2, 2, width=8, height=5.6, sharex=True, sharey=True)
told = []
for panel, degree in zip(panels.flat, (1, 2, 5, 9)):
    theta = least_squares(design_matrix(x_ten, degree), y_ten)
    panel.plot(dense, truth(dense), **figures.LINES["truth"])
    panel.plot(dense, predict(theta, dense), **figures.LINES["model"])
    panel.plot(x_ten, y_ten, **figures.LINES["data"])
    loss = mse_loss(theta, design_matrix(x_ten, degree), y_ten)
    panel.set(title=f"degree {degree}: training loss {loss:.0f}", ylim=(-60, 140))
    told.append(f"degree {degree}: training loss {loss:.0f}, least value {predict(theta, dense).min():.0f}")
panels[0, 0].legend()
figures.show(figure, f"Four fits to the same ten points. {'; '.join(told)}. The truth is never below {truth(0.75):.1f}.")

# %% [markdown]
# Degree 1 cannot bend: it *underfits*.
# Degree 9 goes through all ten points and swings wildly between them: it has learned the noise.
# That is *overfitting*, and the training loss applauds.
# So ask an honest question: how large is the loss on *fresh* points from the same source, which no fit has seen?
# Two hundred times, draw ten points to fit and a thousand fresh ones to test:

# %% [show]
rng, degrees, losses = np.random.default_rng(5), range(10), np.empty((200, 10, 2))
x_fresh = rng.uniform(-5, 5, 1000)
for run in range(200):
    y, y_fresh = add_noise(truth(x_ten), 10, rng), add_noise(truth(x_fresh), 10, rng)
    for degree in degrees:
        theta = least_squares(design_matrix(x_ten, degree), y)
        seen, fresh = (design_matrix(x_ten, degree), y), (design_matrix(x_fresh, degree), y_fresh)
        losses[run, degree] = mse_loss(theta, *seen), mse_loss(theta, *fresh)
train_curve, test_curve = np.median(losses, axis=0).T

# %% [show]
chart = figures.axes("Ten points, any degree", "degree", "loss (median of 200)")
chart.plot(degrees, train_curve, color=figures.BLUE, marker="o", label="training points")
chart.plot(degrees, test_curve, color=figures.VERMILLION, marker="s", linestyle="--", label="fresh points")
chart.axhline(100, color=figures.INK, linewidth=1, linestyle=":", label="the noise itself, σ² = 100")
chart.set(ylim=(0, 500), xticks=list(degrees))
chart.legend()
told = "; ".join(f"{d}: {train_curve[d]:.0f} and {test_curve[d]:.0f}" for d in degrees)
figures.show(chart, f"Median loss on training and on fresh points by degree. {told}.")

# %% [markdown]
# The training loss falls for ever: about 65 at degree 2, 33 at degree 5, 0 at degree 9.
# The loss on fresh points is least at degree 2, about 120, and grows from there, to over 400 at degree 9.
# It never gets below 100, the noise itself: no model can foresee that.
# On average a training loss is too good to be true: at degree 2 the model is the right one, and still its training loss is *below* the noise.
#
# **Predict:** in the next picture, on your own functions, you keep degree 9 and raise $n$ from 10 to 60: which of its two losses falls, which one rises, and towards which number?

# %% [show]
from course_utils.widgets import Noise

own = {"add_noise": add_noise, "design_matrix": design_matrix, "predict": predict, "mse_loss": mse_loss}
Noise(**own, n=10, sigma=10, degree=9, seed=3)

# %% [markdown]
# With more points the training loss *rises*, the loss on fresh points falls in the end (a single point more may raise it), and both come close to the noise itself, σ² = 100.
# For a model that can draw the truth, the training loss is on average $\sigma^2\,(1 - (k + 1)/n)$: 0 for ten coefficients and ten points, 83 for ten coefficients and sixty points.
# With σ = 0 degree 9 is harmless at any $n$ above 9: there is no noise that it could learn.
# And degree 1 stays wrong whatever you do: points cannot replace a coefficient that is missing.
# Other seeds tell the same story with other numbers; now and then a neighbour of degree 2 wins by luck.

# %% [markdown]
# ## Points that you hold back
#
# In real life there is no truth to look at, and no thousand fresh points: you have what you measured.
# So you hold some of it back.
# *Training* points fit the parameters, *validation* points choose between models, and *test* points, untouched until the very end, tell how good the chosen one is.
# Which points go where must be drawn by lot: data often come in some order, and our inputs do.

# %% [markdown]
# ### Exercise 4.9 · split the points · 3 points · 7 minutes · ●●○
#
# Write `train_validation_split(x, y, fraction, rng)`.
#
# | argument | | |
# |---|---|---|
# | `x`, `y` | arrays of shape `(n,)` | inputs and their targets; they stay as they are |
# | `fraction` | number between 0 and 1 | how much is held back for validation; `fraction * n` is a whole number here |
# | `rng` | `np.random.Generator` | decides who goes where |
#
# It returns four arrays, in this order: `x_train, y_train, x_validation, y_validation`.
# Every point lands in exactly one part, and every input stays with its own target.
#
# <details><summary>How do I shuffle two arrays in the same way?</summary>
#
# Do not shuffle the arrays: shuffle the *places* 0, 1, 2, … once. An array can be read at a list of places. What can you do with such a list twice?
# </details>
# <details><summary>How many points are held back?</summary>
#
# `fraction` of them, and a place in an array is a whole number: what turns 5.0 into 5?
# </details>
# <details><summary>I have a shuffled list of places. And now?</summary>
#
# Cut it in two. One piece says who is held back, the other says who trains; each is used for x and for y.
# </details>

# %% [exercise] id="train_validation_split"
def train_validation_split(x, y, fraction, rng):
    """Return x_train, y_train, x_validation, y_validation.

    x, y     : arrays of shape (n,), not changed
    fraction : share of the points that is held back for validation
    rng      : numpy.random.Generator, to draw from
    """
    # BEGIN SOLUTION
    order = rng.permutation(len(x))
    held_back = round(fraction * len(x))
    validation, train = order[:held_back], order[held_back:]
    return x[train], y[train], x[validation], y[validation]
    # END SOLUTION

# %% [checks] exercise="train_validation_split" id="check_split_parts" points=2
checks.splits(train_validation_split, [(12, 0.25), (20, 0.25)])

# %% [checks] exercise="train_validation_split" id="check_split_any" points=1
# Other numbers of points and fractions are tried when your work is graded.
# BEGIN HIDDEN TESTS
checks.splits(train_validation_split, [(16, 0.375), (40, 0.125), (24, 0.75)])
# END HIDDEN TESTS

# %% [show]
rng, x_all = np.random.default_rng(7), np.linspace(-5, 5, 40)
y_all = add_noise(truth(x_all), 10, rng)
x_train, y_train, x_validation, y_validation = train_validation_split(x_all, y_all, 0.25, rng)
chart = figures.axes("Forty points, ten held back", "x", "y")
chart.plot(x_train, y_train, **figures.LINES["data"] | {"label": "training"})
chart.plot(x_validation, y_validation, color=figures.VERMILLION, marker="s", linestyle="none", label="validation")
chart.legend()
figures.show(chart, f"{len(x_train)} training and {len(x_validation)} validation points, mixed along x from -5 to 5.")

# %% [markdown]
# ### Exercise 4.10 · choose the degree · 3 points · 7 minutes · ●●○
#
# Write `choose_degree(x_train, y_train, x_validation, y_validation, degrees)`.
# For each degree, let the referee fit to the training points, and compute `mse_loss` on the validation points.
# Return the degree with the least validation loss.
#
# | argument | | |
# |---|---|---|
# | `x_train`, `y_train` | arrays of shape `(n,)` | to fit |
# | `x_validation`, `y_validation` | arrays of shape `(m,)` | to judge |
# | `degrees` | list of whole numbers | the candidates, such as `[1, 2, 3, 6, 8]` |
#
# <details><summary>Which functions do I need?</summary>
#
# Three that you have: `design_matrix`, `least_squares`, `mse_loss`. For one degree: which arrays go into the fit, and which into the loss? How many tables do you need?
# </details>
# <details><summary>I always get the largest degree</summary>
#
# Then somewhere the points that judge are points that were fitted to. Follow each array through your function.
# </details>
# <details><summary>I get 3, and 3 is not the best degree</summary>
#
# `argmin` gives the place in the list. The candidates need not be 0, 1, 2, …: which degree stands at that place?
# </details>

# %% [exercise] id="choose_degree"
def choose_degree(x_train, y_train, x_validation, y_validation, degrees):
    """Return the degree whose fit to the training points has the least loss on the validation points.

    x_train, y_train           : arrays of shape (n,)
    x_validation, y_validation : arrays of shape (m,)
    degrees                    : list of whole numbers
    """
    # BEGIN SOLUTION
    losses = []
    for degree in degrees:
        theta = least_squares(design_matrix(x_train, degree), y_train)
        losses.append(mse_loss(theta, design_matrix(x_validation, degree), y_validation))
    return degrees[int(np.argmin(losses))]
    # END SOLUTION

# %% [checks] exercise="choose_degree" id="check_choose_degree_two" points=2
# Two sets of points; for each, the degree that is right and those that some wrong ways lead to.
def wavy(n, frequency):
    x, held_back = np.linspace(-2, 2, n), np.arange(n) * 11 % n < n // 3
    y = x**6 - 6 * x**4 + 8 * x**2 + 2 * np.sin(frequency * (x**2 + x))
    return x[~held_back], y[~held_back], x[held_back], y[held_back], [1, 2, 3, 6, 8, 10]


names = ("index_for_degree", "judged_where_fitted", "worst_degree", "fits_on_everything",
         "roles_exchanged", "stops_at_first_rise", "smallest_degree", "tries_the_places")
first, second = dict(zip(names, (3, 10, 3, 8, 8, 1, 1, 0))), dict(zip(names, (4, 10, 3, 10, 6, 2, 1, 2)))
checks.chooses(choose_degree, [(wavy(48, 23), 6, first), (wavy(45, 58), 8, second)])

# %% [checks] exercise="choose_degree" id="check_choose_degree_any" points=1
# Other points are tried when your work is graded.
# BEGIN HIDDEN TESTS
from hidden import degree_choices

checks.chooses(choose_degree, degree_choices(checks.rng("choose_degree")))
# END HIDDEN TESTS

# %% [markdown]
# How reliable is such a choice?
# Split the forty points a hundred times, each time by a new lot, and count which degree wins.
# Guess first: always 2?

# %% [show]
rng, candidates = np.random.default_rng(8), list(range(10))
chosen = [choose_degree(*train_validation_split(x_all, y_all, 0.25, rng), candidates) for _ in range(100)]
counts = np.bincount(chosen, minlength=10)
chart = figures.axes("One hundred splits of the same forty points", "chosen degree", "how often")
chart.bar(candidates, counts, color=figures.BLUE)
chart.set(xticks=candidates)
told = ", ".join(f"{degree}: {count}" for degree, count in enumerate(counts) if count)
figures.show(chart, f"How often each degree was chosen. {told}.")

# %% [markdown]
# Validation never asks for a model that cannot bend, but it does not always say 2 either: ten noisy points are a small jury, and between degrees that can all draw the truth, luck decides.
# For the same reason the loss of the *winner* is too good, so test points are opened once, after everything is decided.

# %% [markdown]
# ## And gradient descent?
#
# So far the referee fitted; networks leave no other way than your own descent, and it needs the gradient for any degree.
# On paper: the loss is a mean of squares $r_i^2$ with $r = A\,\theta - y$, and $\theta_j$ enters $r_i$ with the factor $A_{ij}$.
# So each point adds its share to each slope:
#
# $$\frac{\partial \mathcal L}{\partial \theta_j} = \frac2n \sum_{i=1}^n A_{ij}\, r_i$$

# %% [markdown]
# ### Exercise 4.11 · the gradient of any degree · 3 points · 8 minutes · ●●●
#
# Write `mse_grad(theta, A, y)`, the gradient of *your* `mse_loss`: an array of shape `(k + 1,)`.
#
# | argument | | |
# |---|---|---|
# | `theta` | array of shape `(k + 1,)` | where the slopes are asked for |
# | `A` | array of shape `(n, k + 1)` | the design matrix |
# | `y` | array of shape `(n,)` | the targets |
#
# <details><summary>From the sum to a product of arrays</summary>
#
# The sum runs over $i$, the rows of $A$. In a matrix product the sum runs over the columns of the left factor: which matrix has the $i$ there? (`A.T`, the *transpose* of $A$, is $A$ with rows and columns exchanged.)
# </details>
# <details><summary>"matmul: … mismatch in its core dimension"</summary>
#
# Write the shapes side by side. You have $n$ residuals, you want $k + 1$ slopes: which shape takes one to the other?
# </details>
# <details><summary>My gradient is off by a constant factor</summary>
#
# There are two numbers in front of the sum. One comes from the square, one from the mean: print the ratio for five points, then for seven.
# </details>

# %% [exercise] id="mse_grad"
def mse_grad(theta, A, y):
    """Return the gradient of mse_loss by theta.

    theta   : array of shape (k + 1,)
    A       : array of shape (n, k + 1)
    y       : array of shape (n,)
    returns : array of shape (k + 1,)
    """
    # BEGIN SOLUTION
    return 2 / len(y) * A.T @ (A @ theta - y)
    # END SOLUTION

# %% [checks] exercise="mse_grad" id="check_mse_grad_five" points=1
A_five = np.array([[1.0, -2, 4], [1, 0.5, 0.25], [1, 3, 9], [1, 4, 16], [1, 10, 100]])
places = [([1.0, -3, 2], A_five, [12.0, 1, 14, 19, 160]), ([2.0, 0.5, -1], A_five, [1.0] * 5)]
checks.slopes_of_loss(mse_grad, places)

# %% [checks] exercise="mse_grad" id="check_mse_grad_any" points=2
# Other tables are tried when your work is graded, with four and with six columns.
# BEGIN HIDDEN TESTS
draw = checks.rng("mse_grad")
tables = [np.column_stack([np.ones(n), draw.normal(size=(n, k))]) for n, k in ((7, 3), (11, 5), (7, 2))]
checks.slopes_of_loss(mse_grad, [(draw.uniform(1, 3, A.shape[1]), A, draw.uniform(-9, -5, len(A))) for A in tables])
# END HIDDEN TESTS

# %% [markdown]
# The descent itself is the one of lab 02; here it is again.
# Thirty noisy points wait for it, evenly between −5 and 5.

# %% [setup]
def gradient_descent(gradient, x0, learning_rate, n_steps):
    """Follow the negative gradient; return the whole path, row 0 is x0."""
    path = np.empty((n_steps + 1, len(x0)))
    path[0] = x0
    for step in range(n_steps):
        path[step + 1] = path[step] - learning_rate * gradient(path[step])
    return path

# %% [show]
x_thirty = np.linspace(-5, 5, 30)
y_thirty = add_noise(truth(x_thirty), 10, np.random.default_rng(4))
for degree in (2, 3):
    A = design_matrix(x_thirty, degree)
    with np.errstate(all="ignore"):
        path = gradient_descent(lambda theta: mse_grad(theta, A, y_thirty), np.zeros(degree + 1), 0.006, 1000)
        told = [f"{step}: {mse_loss(path[step], A, y_thirty):.3g}" for step in (0, 10, 100, 1000)]
    best = mse_loss(least_squares(A, y_thirty), A, y_thirty)
    print(f"degree {degree}, loss after step", ", ".join(told), f"| best: {best:.3g}")

# %% [markdown]
# With λ = 0.006 a parabola is found, and one degree more makes the same λ explode.
# Whoever raises the degree in lab 03's program, as one naturally does, sees this and no overfitting at all.
# You know the reason: λ must stay below $2/L$, with $L$ the largest curvature of the loss, and $x^3$ reaches 125 where $x^2$ reaches 25.
# The curvatures of this loss do not depend on $\theta$ or $y$: they come from the table alone, and `curvatures` computes them, from the flattest direction to the steepest.

# %% [setup]
def curvatures(A):
    """The curvatures of the mean squared error along its main directions, in ascending order."""
    return np.sort(2 / len(A) * np.linalg.svd(A, compute_uv=False) ** 2)

# %% [show]
print("degree   largest λ   steepest / flattest")
for degree in (1, 2, 3, 5, 7, 9):
    bends = curvatures(design_matrix(x_thirty, degree))
    print(f"{degree:6} {2 / bends[-1]:11.2g} {bends[-1] / bends[0]:21.2g}")

# %% [markdown]
# The last column is the *condition number*: how many times steeper the steepest direction is than the flattest.
# λ must suit the steepest, so along the flattest you crawl: the number of steps grows like the condition number, 4.5 million for degree 5, four million million for degree 9.
# So on raw powers gradient descent diverges or crawls, and never gets near the fit that would overfit.
# That can look like good sense (*implicit regularisation* is a name for it); here it is a walk that has hardly begun.

# %% [markdown]
# ## Better columns
#
# The cure is a better table.
# First, *scale*: with $u = x/5$ all inputs lie between −1 and 1, and so do all their powers.
# Second, choose columns that look less alike: $u^6$ and $u^8$ are nearly the same curve, so a little more of one and less of the other hardly changes the loss, and that direction is flat.
# *Chebyshev polynomials* $T_0, T_1, T_2, \dots$ are waves, $T_j$ of degree $j$: sums of powers, so the model can draw exactly the same curves as before.

# %% [setup]
def chebyshev_matrix(u, degree):
    """A table like the design matrix, with the Chebyshev polynomial T_j of u in column j; u lies between -1 and 1."""
    return np.polynomial.chebyshev.chebvander(u, degree)

# %% [show]
u = np.linspace(-1, 1, 201)
figure, (left, right) = figures.grid(1, 2, width=8, sharey=True)
powers, waves = design_matrix(u, 8), chebyshev_matrix(u, 8)
for panel, table, title in ((left, powers, "powers of u"), (right, waves, "Chebyshev polynomials")):
    for degree, style in ((4, "-"), (6, "--"), (8, ":")):
        panel.plot(u, table[:, degree], style, color=figures.BLUE, label=f"degree {degree}")
    panel.set(title=title, xlabel="u")
left.legend()
alike = [np.corrcoef(table[:, 6], table[:, 8])[0, 1] for table in (powers, waves)]
told = f"{alike[0]:.2f} for powers and {alike[1]:.2f} for Chebyshev polynomials"
figures.show(figure, f"Columns 4, 6 and 8. The correlation of columns 6 and 8 is {told}.")
print("how alike columns 6 and 8 are (their correlation):", told)

# %% [show]
tables = {
    "raw powers": lambda degree: design_matrix(x_thirty, degree),
    "powers of u = x/5": lambda degree: design_matrix(x_thirty / 5, degree),
    "Chebyshev of u": lambda degree: chebyshev_matrix(x_thirty / 5, degree),
}
chart = figures.axes("How uneven the landscape is", "degree", "condition number")
told = []
colors = (figures.BLUE, figures.VERMILLION, figures.GREEN)
for (name, table), style, color in zip(tables.items(), ("o-", "s--", "^:"), colors):
    bends = [curvatures(table(degree)) for degree in range(1, 10)]
    numbers = [steepness[-1] / steepness[0] for steepness in bends]
    chart.semilogy(range(1, 10), numbers, style, color=color, label=name)
    told.append(f"{name}: {numbers[1]:.2g} at degree 2, {numbers[4]:.2g} at 5, {numbers[8]:.2g} at 9")
chart.legend()
figures.show(chart, "Condition number by degree. " + "; ".join(told) + ".")

# %% [markdown]
# Scaling takes the condition number of degree 5 from 4.5 million to 1,600, Chebyshev's columns take it to 4.7, and the largest λ from 8.2e-07 to 0.83 and 0.88.
# Nothing about the model has changed: only the numbers that describe it.
# Now let your descent walk over all three landscapes, each with 0.9 times its own $2/L$.
# How much is its loss still above the referee's? Guess for raw powers, after 2000 steps.

# %% [show]
chart, told = figures.axes("Degree 5: what is still missing", "step", "loss above the referee's"), []
for (name, table), style, color in zip(tables.items(), ("-", "--", ":"), colors):
    A = table(5)
    rate = 0.9 * 2 / curvatures(A)[-1]
    path = gradient_descent(lambda theta: mse_grad(theta, A, y_thirty), np.zeros(6), rate, 2000)
    best = mse_loss(least_squares(A, y_thirty), A, y_thirty)
    above = [max(mse_loss(path[step], A, y_thirty) - best, 1e-12) for step in range(0, 2001, 10)]
    chart.semilogy(range(0, 2001, 10), above, style, color=color, linewidth=2, label=name)
    told.append(f"{name}: {above[10]:.2g} after 100 steps, {above[-1]:.2g} after 2000")
chart.legend()
figures.show(chart, "Loss above the referee's. " + "; ".join(told) + ".")

# %% [markdown]
# After 2000 steps on raw powers the loss is still 65 above the referee's; with scaled inputs 0.016 is left; with Chebyshev's columns nothing that you could see after the first hundred.
# One warning: now that your descent *can* reach the best fit of degree 9, it can overfit as well, and choosing a degree stays your task.

# %% [markdown]
# ## Scale without a look ahead
#
# We divided by 5 because we knew the range; real inputs are heights, prices, brightnesses, and one *standardises* them, $u = (x - \mu)/s$, with mean μ and standard deviation $s$ taken from the data.
# From which data? μ and $s$ are learned numbers, like θ, and whatever is learned from validation or test points has seen the examination: this is called a *leak*, and it is the most common way to be wrong about a model without noticing.

# %% [markdown]
# ### Exercise 4.12 · standardise · 3 points · 7 minutes · ●●○
#
# Write `standardize(x_train, x_new)`.
# It returns two arrays, `u_train, u_new`: both inputs, shifted and stretched in the same way, so that `u_train` has mean 0 and standard deviation 1.
#
# | argument | | |
# |---|---|---|
# | `x_train` | array of shape `(n,)` | the training inputs |
# | `x_new` | array of shape `(m,)` | validation or test inputs; some may be unknown, `nan` |
#
# The check hides `nan` among the new inputs: whatever touches one becomes `nan` itself, so a leak shows at once.
#
# <details><summary>Which numbers do I need, and from where?</summary>
#
# Two numbers describe the shift and the stretch. Imagine that `x_new` will be measured next year: what can you compute today?
# </details>
# <details><summary>Should u_new not have mean 0 too?</summary>
#
# Take an input that stands in both arrays. The fitted model has to treat it in the same way: may it get two different numbers?
# </details>
# <details><summary>My mean is not 0</summary>
#
# Python divides before it subtracts. What should the division divide?
# </details>

# %% [exercise] id="standardize"
def standardize(x_train, x_new):
    """Return both arrays, shifted and stretched so that the first has mean 0 and standard deviation 1.

    x_train : array of shape (n,)
    x_new   : array of shape (m,), may hold nan
    returns : two arrays of the same shapes
    """
    # BEGIN SOLUTION
    center, width = np.mean(x_train), np.std(x_train)
    return (x_train - center) / width, (x_new - center) / width
    # END SOLUTION

# %% [checks] exercise="standardize" id="check_standardize_sentinels" points=2
seven = [162.0, 171.0, 155.0, 180.0, 176.5, 168.0, 190.0]
checks.standardizes(standardize, [(seven, [150.0, 171.0, 199.0, 160.0]), (seven, [165.0, np.nan, 182.0])])

# %% [checks] exercise="standardize" id="check_standardize_any" points=1
# Other inputs are tried when your work is graded.
# BEGIN HIDDEN TESTS
draw = checks.rng("standardize")
trains = [draw.normal(loc, scale, n) for loc, scale, n in ((40, 7, 11), (-3, 0.2, 30))]
news = [np.append(draw.permutation(trains[0])[:5] + 0.5, np.nan), draw.normal(-3, 0.3, 9)]
checks.standardizes(standardize, list(zip(trains, news)))
# END HIDDEN TESTS

# %% [markdown]
# What does a leak look like?
# Somebody types one of the ten validation inputs in millimetres instead of metres, a thousand times too large.
# A clean scaling does not care; one that looks at all points squeezes the whole training set into almost nothing.

# %% [show]
typed = x_validation.copy()
typed[0] *= 1000
u_train, u_new = standardize(x_train, typed)
pooled = np.concatenate([x_train, typed])
print(f"width of the scaled training inputs, clean: {np.ptp(u_train):.2f}")
print(f"width with the standard deviation of all inputs: {np.ptp(x_train) / pooled.std():.2f}")

# %% [markdown]
# ## Spaghetti
#
# Back to the question why degree 2 wins.
# Repeat the whole experiment thirty times, with 15 points each, and draw all thirty fits.
# Two things can be wrong with a bundle of curves: its *middle* can be off the truth, and its curves can be *far from each other*.
# Which bundle has which fault?

# %% [show]
rng, x_fifteen, dense = np.random.default_rng(9), np.linspace(-5, 5, 15), np.linspace(-5, 5, 101)
figure, panels = figures.grid(1, 3, width=9.6, sharey=True)
told = []
for panel, degree in zip(panels, (1, 2, 9)):
    A = design_matrix(x_fifteen, degree)
    bundle = np.array([predict(least_squares(A, add_noise(truth(x_fifteen), 10, rng)), dense) for _ in range(30)])
    panel.plot(dense, bundle.T, color=figures.BLUE, alpha=0.35, linewidth=1)
    panel.plot(dense, bundle.mean(axis=0), "-.", color=figures.VERMILLION, linewidth=2, label="middle of the bundle")
    panel.plot(dense, truth(dense), **figures.LINES["truth"])
    panel.set(title=f"degree {degree}", xlabel="x", ylim=(-40, 110))
    off, wide = np.abs(bundle.mean(axis=0) - truth(dense)).max(), bundle.std(axis=0).mean()
    told.append(f"degree {degree}: middle off by up to {off:.0f}, curves scatter by {wide:.1f}")
panels[0].legend(loc="upper center")
figures.show(figure, "Thirty fits each. " + "; ".join(told) + ".")

# %% [markdown]
# Degree 1: the curves agree with each other, and all are wrong in the same way. That is *bias*.
# Degree 9: the middle is near the truth, and no single curve is. That is *variance*.
# The mean squared distance from the truth is exactly bias² + variance, and a good degree has little of both.
# More points lower the variance, as you saw; no number of points lowers the bias of a line.

# %% [markdown]
# See how such a bundle grows: Play adds one fit after the other, each to noise of its own.
# **Predict:** which of the sliders, degree, $n$ and σ, make the bundle narrower and leave its middle where it is?

# %% [show]
Noise(**own, n=15, sigma=10, degree=1, seed=3, refits=None)

# %% [markdown]
# In the caption, the square of the first distance is the bias², that of the second the variance.
# More points and less noise make the bundle narrower, and neither brings the middle of the lines any closer to the truth.
# A higher degree does that, once, at degree 2; from there on it only makes the bundle wider.

# %% [markdown]
# ### Exercise 4.13 · bias and variance · optional · 10 minutes · ●●●
#
# Write `bias_and_variance(bundle, target)`, and see the sum with your own eyes.
#
# | argument | | |
# |---|---|---|
# | `bundle` | array of shape `(runs, m)` | row $i$: the predictions of fit number $i$ at $m$ inputs |
# | `target` | array of shape `(m,)` | the truth at the same inputs |
#
# It returns two numbers: the squared distance of the bundle's middle from the target, averaged over the inputs; and the variance over the runs, averaged over the inputs.
#
# <details><summary>Which axis is which?</summary>
#
# The middle of the bundle is a curve: it has $m$ values. Which of the two axes of `bundle` has to go?
# </details>

# %% [exercise] id="bias_and_variance" optional=true
def bias_and_variance(bundle, target):
    """Return the squared bias and the variance of a bundle of curves, both averaged over the inputs.

    bundle : array of shape (runs, m)
    target : array of shape (m,)
    """
    # BEGIN SOLUTION
    middle = bundle.mean(axis=0)
    return np.mean((middle - target) ** 2), np.mean(bundle.var(axis=0))
    # END SOLUTION

# %% [checks] exercise="bias_and_variance" id="check_bias_and_variance" points=0
bundle = np.array([[1.0, 2, 9, 4, 5], [3, 2, 7, 0, 5], [5, 5, 5, 5, 5]])
checks.parts_of_error(bias_and_variance, [((bundle, np.array([2.0, 4, 4, 4, 4])), (2.6, 2.4))])

# %% [show]
rng, degrees, parts = np.random.default_rng(10), list(range(10)), []
for degree in degrees:
    A = design_matrix(x_fifteen, degree)
    bundle = np.array([predict(least_squares(A, add_noise(truth(x_fifteen), 10, rng)), dense) for _ in range(300)])
    parts.append(bias_and_variance(bundle, truth(dense)))
bias, variance = np.transpose(parts)
chart = figures.axes("What a fit gets wrong", "degree", "mean squared distance from the truth")
chart.bar(degrees, bias, color=figures.BLUE, label="bias²")
chart.bar(degrees, variance, bottom=bias, color=figures.VERMILLION, hatch="//", label="variance")
chart.set(xticks=degrees)
chart.legend()
figures.show(chart, "; ".join(f"degree {d}: bias² {bias[d]:.0f}, variance {variance[d]:.0f}" for d in degrees))

# %% [markdown]
# ## In your own words
#
# A friend shows you this report.
#
# > "I standardised all my 40 inputs together. Then I put the first 30 points, in the order of $x$, into training and the last 10 into validation.
# > I fitted degrees 0 to 9 and took the one with the least validation loss. That loss is what my customers will see.
# > To be safe I also looked at the training loss: degree 9 has the least, so my model could be even better with more coefficients."
#
# Name the **four** mistakes.
# For each, say in one or two sentences what goes wrong and what to do instead.

# %% [answer] [markdown] id="explain_report" points=4
# **Sample answer.**
# 1. *Leak*: mean and standard deviation were taken from all 40 inputs, so the validation points have a say in the training. Take both from the training inputs and use them for the others.
# 2. *No shuffling*: the last 10 points in the order of $x$ are all at the right end; the fit never sees that end, and the validation judges extrapolation there. Draw the split by lot.
# 3. *The winner's loss is too good*: it is the least of ten noisy numbers, and the choice itself used the validation points. Keep test points apart and open them once, at the end.
# 4. *The training loss says nothing about more coefficients*: it can only fall with the degree, because a larger model contains the smaller one; it falls because the model follows the noise. Look at fresh points.
#
# **Rubric** (one point each): names the mistake *and* gives the reason or the remedy.
# Half a point for a name without either.
# "Too few points" is no mistake of the report and gives no point; other true remarks do no harm.

# %% [markdown]
# ## What you know now
#
# - A polynomial of any degree is a table times a vector, $\hat y = A\,\theta$; its loss is the mean of the squared residuals, and its gradient takes one matrix product more.
# - As many coefficients as points: training loss 0, whatever the noise. More points lower the error like one over a square root.
# - The training loss falls with every degree. Points that the fit has not seen tell the truth: choose by validation points, report by test points.
# - On raw powers the condition number grows beyond all bounds and gradient descent diverges or crawls. Scaled inputs and better columns cure it, and change nothing about the model.
# - Everything that is learned is learned from training points: mean and width, too.
#
# ## Where to go next
#
# You derived a gradient by hand once more, and it was still short.
# In lab 05 the model becomes a chain of steps, $\mathcal L = h \circ g \circ f$, and the chain rule becomes a program: you write the engine that finds every gradient of this course by itself.
