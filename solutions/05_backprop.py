# %% [markdown]
# # Backprop by hand
#
# You will be able to
#
# - take a loss apart into small steps, and put its gradient together again with the chain rule;
# - multiply a vector by a Jacobian that is too large for your computer, without ever building it;
# - say which order of multiplications is cheap, and count by how much;
# - build the engine that PyTorch, JAX and TensorFlow have inside: nodes, a table of derivatives, and a walk backward;
# - write losses for classification that survive logits of ±1000;
# - tell automatic differentiation from numerical and from symbolic differentiation.
#
# **Time**: 180 minutes in two sittings, of which 108 are exercises.
# **You need**: gradients and the measured slope from lab 02, polynomials `theta[k]` and the mean of squares from lab 04, matrix products in NumPy (`@`).
#
# Run a cell with Shift+Enter, from top to bottom.
# Where you read *Predict*, commit yourself before you run the next cell.

# %% [setup]
import operator
import time
from functools import partial

import numpy as np
from ipywidgets import IntSlider, interact

from course_utils import checks, figures, graph, widgets

# %% [markdown]
# # First sitting: the chain rule, with arrays
#
# ## The problem with gradients by hand
#
# In labs 03 and 04 you derived the gradient of a loss on paper, as one big block.
# Here is a small neural network as a loss; `tanh` and `ReLU` work on each entry (ReLU puts 0 in the place of negative numbers), and the four letters $W_1, b_1, W_2, b_2$ are its parameters:
#
# $$f(W_1, b_1, W_2, b_2) = \tfrac12 \big\| \tanh\big(W_2\, \mathrm{ReLU}(W_1 x + b_1) + b_2\big) - y \big\|^2 .$$
#
# **Predict**: how many lines of paper would its four gradients cost you, and how sure would you be of every sign?
# And next week somebody adds a layer, and you start again from an empty page.
# At the end of this lab, a program that you wrote does it in a fraction of a millisecond.

# %% [markdown]
# ## Three small steps
#
# Nobody can differentiate a big block safely, but everybody can differentiate a small step.
# So take the loss of lab 04 apart: it is a **composition** of three steps.
#
# | step | what it does | from → to |
# |---|---|---|
# | $f$, the model | predictions from parameters, $\hat y_i = \theta_0 + \theta_1 x_i + \dots + \theta_k x_i^k$ | $\mathbb{R}^{k+1} \to \mathbb{R}^n$ |
# | $g$, the error | squares of the residuals, $e_i = (\hat y_i - y_i)^2$ | $\mathbb{R}^n \to \mathbb{R}^n$ |
# | $h$, the average | one number, $L = \frac1n \sum_i e_i$ | $\mathbb{R}^n \to \mathbb{R}$ |
#
# Together $L(\theta) = (h \circ g \circ f)(\theta)$, where $\circ$ means "after": $f$ first, then $g$, then $h$.
# Training needs the derivative of this composition, and nothing else.

# %% [setup]
def design_matrix(x, degree):
    """Row i holds the powers 0, 1, …, degree of x[i] (from lab 04)."""
    return np.vander(x, degree + 1, increasing=True)


def model(theta, x):
    """Step f: predictions, one for each x."""
    return design_matrix(x, len(theta) - 1) @ theta


def squared_errors(prediction, y):
    """Step g: the square of each residual."""
    return (prediction - y) ** 2


def average(errors):
    """Step h: one number."""
    return np.mean(errors)

# %% [show]
theta, x, y = np.array([1.0, 2.0]), np.array([2.0, 3.0, -2.0]), np.array([3.0, 8.0, -1.0])
prediction = model(theta, x)
errors = squared_errors(prediction, y)
print("f: predictions", prediction)
print("g: errors     ", errors)
print("h: loss       ", average(errors))

# %% [markdown]
# ## The chain rule
#
# In one dimension you know it: the slope of a composition is the product of the slopes of its steps, each taken where the step works,
#
# $$(h \circ g)'(x) = h'\big(g(x)\big) \cdot g'(x) .$$
#
# With names for the values in between, $x \to z \to y$, it reads $\frac{dy}{dx} = \frac{dy}{dz} \cdot \frac{dz}{dx}$, and a longer chain multiplies on.
# **Predict**: $z = 3x$ and $y = z^2$; at $x = 2$, by how much does $y$ change if $x$ grows by 0.001?

# %% [setup]
def draw_chain(names, forward, backward, alt):
    """Draw a chain of values: what is done on the way forward above, what comes back below."""
    axes = figures.axes(width=8.5, height=1.7)
    axes.set(xlim=(-0.4, len(names) - 0.6), ylim=(-0.75, 0.75))
    axes.axis("off")
    box = {"boxstyle": "round,pad=0.4", "facecolor": "none", "edgecolor": figures.INK}
    for place, name in enumerate(names):
        axes.text(place, 0, name, ha="center", va="center", bbox=box)
    for place, (there, back) in enumerate(zip(forward, backward)):
        sides = ((0.3, (0.2, 0.8), figures.BLUE, "-", there), (-0.3, (0.8, 0.2), figures.VERMILLION, "--", back))
        for height, ends, colour, style, word in sides:
            arrow = {"arrowstyle": "->", "color": colour, "linestyle": style, "linewidth": 1.8}
            axes.annotate("", (place + ends[1], height), (place + ends[0], height), arrowprops=arrow)
            axes.text(place + 0.5, height * 1.9, word, ha="center", va="center")
    figures.show(axes, alt)

# %% [show]
draw_chain(
    ["x = 2", "z = 6", "y = 36"], ["z = 3x", "y = z²"], ["dz/dx = 3", "dy/dz = 12"],
    "A chain of three values. Forward: x is 2, z = 3x is 6, y = z squared is 36. "
    "Backward: dy/dz is 12, dz/dx is 3; together dy/dx is 36.",
)
print("product of the slopes:", 12 * 3, "   measured:", ((3 * 2.001) ** 2 - (3 * 2) ** 2) / 0.001)

# %% [markdown]
# Forward you compute values, in blue; backward you multiply slopes, in vermillion, starting from the end.
# Each slope is one that fits into your head.

# %% [markdown]
# ## When numbers become arrays
#
# A step from $n$ numbers to $m$ numbers has $m \times n$ slopes: how much does output $i$ change when input $j$ grows?
# All of them together, one row for each output, are the **Jacobian** matrix
#
# $$J_{ij} = \frac{\partial f_i}{\partial x_j}, \qquad \text{row } i \text{ is the gradient of output } i .$$
#
# The chain rule stays what it was, with matrix products in place of products: $J_{f \circ g}(x) = J_f\big(g(x)\big)\, J_g(x)$.
# For our loss,
#
# $$\underbrace{\frac{\partial L}{\partial \theta}}_{1 \times (k+1)} = \underbrace{\frac{\partial L}{\partial e}}_{1 \times n}\; \underbrace{\frac{\partial e}{\partial \hat y}}_{n \times n}\; \underbrace{\frac{\partial \hat y}{\partial \theta}}_{n \times (k+1)} .$$
#
# Many texts write $1 \times k$ on the left. Count: a polynomial of degree $k$ has $k + 1$ coefficients, so its gradient has $k + 1$ entries.

# %% [markdown]
# ### Exercise 5.1 · the gradient on paper · 2 points · 8 minutes · ●○○
#
# Take a pencil, before any code.
# The model is a straight line, $\hat y_i = \theta_0 + \theta_1 x_i$, with $\theta = (1, 2)$, and there are three points: $x = (2, 3, -2)$ and $y = (3, 8, -1)$, as in the cell that printed the loss.
# Write down the three matrices $\frac{\partial L}{\partial e}$, $\frac{\partial e}{\partial \hat y}$ and $\frac{\partial \hat y}{\partial \theta}$ with numbers in them, and multiply them from the left.
# Put the two numbers of the gradient into `paper_gradient`, first the slope in $\theta_0$; two decimals are enough.
#
# <details><summary>What is the first matrix?</summary>
#
# How much does the average of three numbers grow, when one of them grows by 1?
# </details>
# <details><summary>The second one has nine entries</summary>
#
# Does the error of point 1 change when the prediction for point 2 changes? Which entries are left?
# </details>
# <details><summary>And the third?</summary>
#
# It has a row for each point and a column for each parameter. How much does $\hat y_1$ grow when $\theta_0$ grows by 1? When $\theta_1$ does?
# </details>

# %% [exercise] id="paper_gradient"
paper_gradient = None  # a list of two numbers: the slope in theta[0], the slope in theta[1]
# BEGIN SOLUTION
paper_gradient = [-2 / 3, 10 / 3]
# END SOLUTION

# %% [checks] exercise="paper_gradient" id="check_paper_gradient" points=2
three_x, three_y = np.array([2.0, 3.0, -2.0]), np.array([3.0, 8.0, -1.0])
three_loss = lambda theta: average(squared_errors(model(theta, three_x), three_y))
checks.paper_gradient(paper_gradient, three_loss, [1.0, 2.0], x=three_x)

# %% [markdown]
# ## A vector times a Jacobian
#
# Look at what you did: you began with the row $\frac{\partial L}{\partial e}$ and multiplied it by one matrix after the other.
# At each moment you held one row of numbers, never a product of two matrices.
# A row $v$ times a Jacobian, $v^\top J$ (the ⊤ says that $v$ is written as a row), is a **vector-Jacobian product**, or **VJP**. (Some texts give this name to the chain rule as a whole; it belongs to each single product.)
#
# And here is the idea on which all of deep learning rests: *to multiply by a matrix, you need not have it*.
# Each step of a computation needs one function that takes $v$ and returns $v^\top J$. Here is the one of the average, whose Jacobian is the row $(\frac1n, \dots, \frac1n)$:

# %% [setup]
def average_vjp(v, n):
    """Multiply the number v by the Jacobian of the average of n numbers: shape (n,)."""
    return v * np.full(n, 1 / n)

# %% [show]
print("v = 1 gives", average_vjp(1.0, 5))
print("v = 3 gives", average_vjp(3.0, 5))

# %% [markdown]
# The error step is more interesting: its Jacobian is $n \times n$, and almost all of it is 0.
# **Predict**: for $n$ = 20,000 points, how many numbers are in that matrix, how many of them are not 0, and does it fit into the memory of your computer?

# %% [show]
print("      n      numbers in the matrix   not zero     memory")
for n in (5, 1000, 20_000, 1_000_000):
    print(f"{n:9,d} {n * n:24,d} {n:10,d} {8 * n * n / 1e9:11,.3g} GB")

# %% [markdown]
# ### Exercise 5.2 · through the error · 3 points · 8 minutes · ●●○
#
# Write `error_vjp(v, prediction, y)`: the row $v$ times the Jacobian of `squared_errors`, as a function of the prediction.
# It is used with $n$ = 100,000, where the matrix would hold 80 GB, so never build it.
#
# | argument | | |
# |---|---|---|
# | `v` | array of shape `(n,)` | what comes back from the next step, the average |
# | `prediction`, `y` | arrays of shape `(n,)` | where the step worked |
# | returns | array of shape `(n,)` | $v^\top J$ |
#
# <details><summary>What does the matrix look like?</summary>
#
# Write it down for $n = 3$. What stands in row 2? What is entry 2 of your row times this matrix?
# </details>
# <details><summary>How do I multiply without the matrix?</summary>
#
# In entry $i$ of the result, how many terms of the sum are not 0? Which entries of `v`, `prediction` and `y` do they need?
# </details>

# %% [exercise] id="error_vjp"
def error_vjp(v, prediction, y):
    """Multiply the row ``v`` by the Jacobian of the squared errors; all arrays have shape (n,)."""
    # BEGIN SOLUTION
    return v * 2 * (prediction - y)
    # END SOLUTION

# %% [checks] exercise="error_vjp" id="check_error_vjp" points=1
row, targets = np.array([0.5, -1.0, 2.0, 0.25, 3.0]), np.array([2.0, -1.0, 1.5, 3.0, 0.5])
five = np.array([1.5, 2.0, -0.5, 4.0, 3.0])
checks.error_vjp(error_vjp, [((row, five, targets), np.array([-0.5, -6.0, -8.0, 0.5, 15.0]))])

# %% [checks] exercise="error_vjp" id="check_error_vjp_large" points=2
# With 100,000 points no laptop can build the matrix. Where every residual is 1/2, the Jacobian is the identity.
checks.never_square(error_vjp, small=2000, large=100_000)
# BEGIN HIDDEN TESTS
from hidden import reference

rng, right = checks.rng("error_vjp"), reference("05_backprop").error_vjp
tries = [tuple(rng.uniform(-3, 3, (3, n))) for n in (5, 7, 11)] + [tuple(rng.uniform(-3, 3, (3, 20_000)))]
checks.error_vjp(error_vjp, [(given, right(*given)) for given in tries])
# END HIDDEN TESTS

# %% [markdown]
# ### Exercise 5.3 · through the model · 2 points · 6 minutes · ●●○
#
# Write `model_vjp(v, x, degree)`: the row $v$ times the Jacobian of `model`, as a function of $\theta$.
# This Jacobian is $n \times (k+1)$ with a small $k$, so it may be built; you know it from lab 04 by another name.
#
# | argument | | |
# |---|---|---|
# | `v` | array of shape `(n,)` | what comes back from the error |
# | `x` | array of shape `(n,)` | the inputs |
# | `degree` | whole number | $k$ |
# | returns | array of shape `(k + 1,)` | one number for each coefficient, `theta[0]` first |
#
# <details><summary>What is the Jacobian of the model?</summary>
#
# By how much does $\hat y_i$ grow when $\theta_2$ grows by 1? Does that depend on $\theta$?
# </details>
# <details><summary>ValueError: matmul</summary>
#
# A row times a matrix of $n$ rows: which side does the row stand on?
# </details>

# %% [exercise] id="model_vjp"
def model_vjp(v, x, degree):
    """Multiply the row ``v``, shape (n,), by the Jacobian of the model with respect to theta: shape (degree + 1,)."""
    # BEGIN SOLUTION
    return v @ design_matrix(x, degree)
    # END SOLUTION

# %% [checks] exercise="model_vjp" id="check_model_vjp" points=1
row, inputs = np.array([1.0, -2.0, 4.0, 0.5, 3.0]), np.array([2.0, -1.5, 0.5, 3.0, -2.0])
wanted = np.array([6.5, 2.5, 17.0])
checks.model_vjp(model_vjp, [((row, inputs, 2), wanted), ((row, inputs, 1), wanted[:2])])

# %% [checks] exercise="model_vjp" id="check_model_vjp_any" points=1
# Other degrees are tried when your work is graded, from 0 to 5.
# BEGIN HIDDEN TESTS
from hidden import reference

rng, right = checks.rng("model_vjp"), reference("05_backprop").model_vjp
tries = [(rng.uniform(1, 2, n), rng.uniform(0.5, 2, n) * rng.choice([-1, 1], n), k) for n, k in ((5, 3), (7, 2), (11, 5), (7, 0))]
checks.model_vjp(model_vjp, [(given, right(*given)) for given in tries])
# END HIDDEN TESTS

# %% [markdown]
# Three VJPs in a row, from the end of the chain to its beginning, give the gradient of the loss.
# **Predict**: with the three points of exercise 5.1, which two numbers come out?

# %% [show]
theta, x, y = np.array([1.0, 2.0]), np.array([2.0, 3.0, -2.0]), np.array([3.0, 8.0, -1.0])
back = average_vjp(1.0, len(x))
print("back through the average", back)
back = error_vjp(back, model(theta, x), y)
print("back through the error  ", back)
back = model_vjp(back, x, len(theta) - 1)
print("back through the model  ", back)
print("on paper                ", np.round(paper_gradient, 8))

# %% [show]
draw_chain(
    ["θ\n(k+1)", "ŷ\n(n)", "e\n(n)", "L\n1"],
    ["model", "error", "average"], ["model_vjp", "error_vjp", "average_vjp"],
    "A chain of four values: theta with k+1 numbers, predictions with n, errors with n, the loss with one. "
    "Forward, solid: model, error, average. Backward, dashed: average_vjp, error_vjp, model_vjp.",
)

# %% [markdown]
# Each step passes a row of numbers backward: the gradient *propagates back*, which gave **backpropagation** its name.
# Change the model, and you change `model_vjp` alone.

# %% [markdown]
# ## A referee
#
# A VJP can be wrong, and a referee should not share your mistakes.
# In lab 02 you measured a gradient; a Jacobian is measured in the same way, one input after the other.
#
# ### Exercise 5.4 · the measured Jacobian · 3 points · 7 minutes · ●●○
#
# Write `numerical_jacobian(f, x, h=1e-5)` with central differences.
#
# | argument | | |
# |---|---|---|
# | `f` | function `(n,) -> (m,)` | the step |
# | `x` | array of shape `(n,)` | stays as it is; may hold whole numbers |
# | `h` | number | how far you look ahead and back |
# | returns | array of shape `(m, n)` | row $i$ belongs to output $i$, column $j$ to input $j$ |
#
# <details><summary>What do I get from one look ahead and back?</summary>
#
# When you move input $j$ a little, all $m$ outputs change at once. Is that a row or a column of the Jacobian?
# </details>
# <details><summary>I do not know m before I call f</summary>
#
# Do you need to? You can collect the pieces first, and make an array of them at the end.
# </details>

# %% [exercise] id="numerical_jacobian"
def numerical_jacobian(f, x, h=1e-5):
    """Jacobian of ``f`` at ``x``, shape (m, n), measured by central differences of half-width ``h``."""
    # BEGIN SOLUTION
    x = np.array(x, dtype=float)
    columns = []
    for j in range(len(x)):
        step = np.zeros(len(x))
        step[j] = h
        columns.append((f(x + step) - f(x - step)) / (2 * h))
    return np.stack(columns, axis=1)
    # END SOLUTION

# %% [checks] exercise="numerical_jacobian" id="check_numerical_jacobian_wide" points=1
# With a wide h a cubic shows how you look: the central difference of x³ is 3x² + h².
spot, h = np.array([1.5, -2.0, 0.7]), 0.2
wide = np.array([[3 * 1.5**2 + h**2, 0, 0], [-2.0, 1.5, 0], [0, 0.7, -2.0], [1.0, 1.0, 1.0]])
curved = lambda x: np.array([x[0] ** 3, x[0] * x[1], x[1] * x[2], x.sum()])
checks.jacobian(numerical_jacobian, [((curved, spot, h), wide)])

# %% [checks] exercise="numerical_jacobian" id="check_numerical_jacobian_whole_numbers" points=1
layer = np.array([[2.0, -1.0, 0.5], [4.0, 3.0, -2.5]])
checks.jacobian(numerical_jacobian, [((lambda x: layer @ x, np.array([3, -2, 5]), 0.1), layer)])

# %% [checks] exercise="numerical_jacobian" id="check_numerical_jacobian_any" points=1
# Other functions are tried when your work is graded.
# BEGIN HIDDEN TESTS
from hidden import reference

rng, right, tries = checks.rng("numerical_jacobian"), reference("05_backprop").numerical_jacobian, []
for n, m, h in ((3, 5, 0.3), (5, 2, 0.15), (7, 3, 1e-5), (2, 7, 0.1)):
    weights, place = rng.uniform(0.5, 1.5, (m, n)), rng.uniform(1, 2, n)
    tries.append((lambda x, weights=weights: (weights @ x) ** 3 + weights @ x**2, place, h))
checks.jacobian(numerical_jacobian, [(given, right(*given)) for given in tries])
# END HIDDEN TESTS

# %% [markdown]
# Now let the referee speak.
# First a **linear layer**, the step $f(x) = Wx$ with a matrix $W$: entry $i$ of the output is $\sum_j W_{ij} x_j$.
# **Predict**: what is its Jacobian?

# %% [show]
W = np.array([[2.0, -1.0, 0.5], [4.0, 3.0, -2.5]])
print("W =\n", W)
print("measured Jacobian of Wx =\n", numerical_jacobian(lambda x: W @ x, np.array([0.3, -1.2, 2.0])).round(6))

# %% [markdown]
# $J = W$: the Jacobian of a linear layer is its own matrix, wherever you stand.
# Now the error step, whose VJP you wrote without its matrix: the measured matrix must agree with it.

# %% [show]
rng = np.random.default_rng(5)
v, prediction, y = rng.normal(size=(3, 5))
J = numerical_jacobian(lambda prediction: squared_errors(prediction, y), prediction)
print("the matrix that you never build:\n", J.round(2))
print("v @ J    ", (v @ J).round(6))
print("error_vjp", error_vjp(v, prediction, y).round(6))

# %% [markdown]
# ## Which product first?
#
# A product of matrices may be computed in any order: $(AB)C = A(BC)$.
# The result is the same, but the work is not: an $m \times k$ matrix times a $k \times n$ matrix costs $m \cdot k \cdot n$ multiplications.
#
# Let a chain lead through values with $n_0, n_1, \dots, n_s$ numbers, in $s$ steps; step $i$ has the Jacobian $J_i$ of shape $n_i \times n_{i-1}$.
# The Jacobian of the whole chain is $J_s \cdots J_2 J_1$.
#
# - **Forward order** begins at the input: $J_2 J_1$ first, then $J_3 (J_2 J_1)$, and so on.
# - **Reverse order** begins at the output: $J_s J_{s-1}$ first, then $(J_s J_{s-1}) J_{s-2}$, and so on.
#
# **Predict**: a loss has $n_s = 1$. Which order is cheaper then?

# %% [markdown]
# ### Exercise 5.5 · count the multiplications · 3 points · 8 minutes · ●●○
#
# Write `count_multiplications(sizes, mode)`.
#
# | argument | | |
# |---|---|---|
# | `sizes` | list of whole numbers | $[n_0, n_1, \dots, n_s]$, at least three of them |
# | `mode` | `"forward"` or `"reverse"` | the order of the products |
# | returns | whole number | multiplications for all $s - 1$ products |
#
# Count all Jacobians as full matrices.
# For sizes `[1000, 100, 10, 1]`, forward order costs 1,010,000.
#
# <details><summary>How do I get 1,010,000?</summary>
#
# $J_2$ is $10 \times 100$ and $J_1$ is $100 \times 1000$. What does their product cost, and which shape has it? What is left to do?
# </details>
# <details><summary>What do I keep from one product to the next?</summary>
#
# The result so far is a matrix. In forward order one of its two sides never changes: which?
# </details>

# %% [exercise] id="count_multiplications"
def count_multiplications(sizes, mode):
    """Multiplications for the product of all Jacobians of a chain, in "forward" or "reverse" order."""
    # BEGIN SOLUTION
    if mode == "reverse":
        sizes = sizes[::-1]
    start, total = sizes[0], 0
    for here, there in zip(sizes[1:], sizes[2:]):
        total += there * here * start
    return total
    # END SOLUTION

# %% [checks] exercise="count_multiplications" id="check_count_multiplications" points=2
chains = {(1000, 100, 10, 1): (1_010_000, 101_000), (2, 30, 500): (30_000, 30_000), (1, 5, 20, 300): (6_100, 31_500)}
checks.multiplications(count_multiplications, chains)  # sizes: (forward, reverse)

# %% [checks] exercise="count_multiplications" id="check_count_multiplications_any" points=1
# Longer chains are tried when your work is graded.
# BEGIN HIDDEN TESTS
from hidden import reference

rng, count = checks.rng("count_multiplications"), reference("05_backprop").count_multiplications
chains = [tuple(int(n) for n in rng.choice(np.arange(2, 60), length, replace=False)) for length in (3, 4, 5, 7)]
checks.multiplications(count_multiplications, {sizes: (count(sizes, "forward"), count(sizes, "reverse")) for sizes in chains})
# END HIDDEN TESTS

# %% [markdown]
# **Predict**: a million parameters, three layers of 1000 numbers, one loss. By which factor does reverse order win?

# %% [show]
print("sizes                                   forward order         reverse order")
for sizes in ([4, 100, 100, 1], [1_000_000, 1000, 1000, 1000, 1], [1, 1000, 1000, 1000, 1_000_000]):
    forward, reverse = (count_multiplications(sizes, mode) for mode in ("forward", "reverse"))
    print(f"{str(sizes):34s} {forward:21,d} {reverse:21,d}")

# %% [markdown]
# With many inputs and one output, reverse order carries a single *row* through the chain, and each product is a VJP.
# Forward order carries a matrix with a column for every input; each column is a **JVP**, a Jacobian times a vector.
# With one input and many outputs it is the other way round: the orders are each other's mirror image.
# A loss has one output and perhaps a billion inputs. **This is why backpropagation.**

# %% [show]
def compare_orders(inputs=1000, outputs=1, depth=4):
    """Draw what both orders cost for a chain with layers of 100 numbers in between."""
    sizes = [inputs, *[100] * (depth - 1), outputs]
    costs = [count_multiplications(sizes, mode) for mode in ("forward", "reverse")]
    axes = figures.axes(f"{inputs} → {'100 → ' * (depth - 1)}{outputs}", "multiplications", height=2)
    axes.barh(["forward", "reverse"], costs, color=[figures.BLUE, figures.VERMILLION], hatch=["", "//"])
    axes.set(xscale="log", xlim=(100, 1e10))
    figures.show(axes, f"Forward order: {costs[0]:,} multiplications; reverse order: {costs[1]:,}.")


interact(compare_orders, inputs=IntSlider(1000, 1, 5000), outputs=IntSlider(1, 1, 5000), depth=IntSlider(4, 2, 8));

# %% [markdown]
# Play with the sliders: when is forward order the better one, and when do both cost the same?

# %% [markdown]
# ## The same idea in one line: least squares
#
# With $n$ points and $p$ parameters, least squares has the loss $\tfrac12 \|Xw - y\|^2$, where $X$ is $n \times p$, and the gradient $X^\top (Xw - y)$; $X^\top$, in code `X.T`, is $X$ with rows and columns exchanged.
# Multiply it out, and you get $X^\top X w - X^\top y$, the same numbers.
# **Predict**: with $n = 500$ and $p = 2000$, how much slower is it to compute $X^\top X$ first, and how much memory does that matrix take?

# %% [show]
n, p = 500, 2000
rng = np.random.default_rng(0)
X, w, y = rng.normal(size=(n, p)), rng.normal(size=p), rng.normal(size=n)


def seconds(task):
    """Shortest of five runs."""
    times = []
    for _ in range(5):
        start = time.perf_counter()
        task()
        times.append(time.perf_counter() - start)
    return min(times)

# %% [show]
slim, square = lambda: X.T @ (X @ w - y), lambda: (X.T @ X) @ w - X.T @ y
print("largest difference:", np.abs(slim() - square()).max())
print("                         multiplications        time    kept in between")
print(f"X.T @ (X @ w - y)        {2 * n * p:15,d} {1000 * seconds(slim):8.2f} ms {8 * n / 1e3:15,.0f} kB")
print(f"(X.T @ X) @ w - X.T @ y  {p * n * p + p * p + n * p:15,d} {1000 * seconds(square):8.2f} ms {8 * p * p / 1e3:15,.0f} kB")

# %% [markdown]
# The first form goes forward through $X$ to $n$ numbers, subtracts $y$, and goes back through $X^\top$: two products of a matrix with a vector.
# What it keeps in between is $Xw$, with $n$ numbers. (Some slides say that it grows with $p$, and some forget $y$: then the term $X^\top y$ is missing.)
# The second form builds a $p \times p$ matrix which nobody asked for.

# %% [markdown]
# **This is the end of the first sitting.**
# You know what a VJP is, why it needs no matrix, and why the products run backward.
# In the second sitting a machine does the bookkeeping.
# Save your work now.

# %% [markdown]
# # Second sitting: an engine
#
# ## A computation remembers itself
#
# So far you composed the VJPs by hand, in the right order, for one chain.
# Real formulas are no chains: a value may be used twice, and paths split and meet.
# So let each value remember how it was made. A **node** holds four things:
#
# | | |
# |---|---|
# | `value` | the number or array that was computed |
# | `parents` | the nodes that it was computed from |
# | `op` | what was done to them, such as `"mul"` |
# | `grad` | its **adjoint** $\bar v = \frac{\partial L}{\partial v}$: how much the result grows when this value grows. It is 0 until we know better |
#
# A node without parents is a **leaf**: an input or a parameter. All values are arrays; a single number is an array with no axes.

# %% [setup]
class Node:
    """A value that remembers how it was made."""

    __slots__ = ("grad", "op", "parents", "value")
    __array_ufunc__ = None  # array * node is the node's business, not NumPy's

    def __init__(self, value, parents=(), op="leaf"):
        value = np.asarray(value)
        self.value = value if value.dtype.kind == "f" else value.astype(float)
        self.grad = 0.0
        self.parents = parents
        self.op = op

    def __repr__(self):
        return f"Node({self.value}, op={self.op!r}, grad={self.grad})"

# %% [markdown]
# What can be done to nodes stands in a table, one row for each operation: its name, and the NumPy function that computes it.
# `apply` looks the operation up, computes, and returns a node that remembers.

# %% [setup]
OPS = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "pow": operator.pow,
    "sin": np.sin, "exp": np.exp, "log": np.log, "tanh": np.tanh, "relu": lambda a: np.maximum(a, 0),
    "matmul": np.matmul, "sum": np.sum, "mean": np.mean,
}

# %% [setup]
def apply(op, *parents):
    """Compute one operation on nodes, and remember it."""
    if parents[0].value.dtype != parents[-1].value.dtype:
        raise TypeError("all leaves of a graph have one precision: make them all float64, or all float32")
    value = OPS[op](*[parent.value for parent in parents])
    if op in ("add", "sub", "mul", "div"):
        parents = tuple([stretch(parent, value.shape) for parent in parents])
    return Node(value, parents, op)


def stretch(node, shape):
    """Repeat a smaller array to a shape: an operation of its own, of which you will hear more."""
    if node.value.shape == shape or node.op == "constant":
        return node
    return Node(np.broadcast_to(node.value, shape), (node,), "broadcast")

# %% [markdown]
# The last piece is comfort: `3 * x` should work when `x` is a node.
# A number or array that meets a node becomes a node with `op="constant"`: nobody will ask for its adjoint.

# %% [setup]
def constant(value, node):
    """Wrap a number or an array that meets a node, in that node's precision."""
    return Node(np.asarray(value, node.value.dtype), (), "constant")


def operators(op):
    """Return the two methods of an operator: node ∘ other, and other ∘ node."""
    def forward(self, other):
        return apply(op, self, other if isinstance(other, Node) else constant(other, self))

    def reflected(self, other):
        return apply(op, constant(other, self), self)

    return forward, reflected

# %% [setup]
for name in ("add", "sub", "mul", "truediv", "pow", "matmul"):
    forward, reflected = operators("div" if name == "truediv" else name)
    setattr(Node, f"__{name}__", forward)
    setattr(Node, f"__r{name}__", reflected)
Node.__neg__ = lambda self: self * -1

sin, exp, log, tanh, relu = (partial(apply, op) for op in ("sin", "exp", "log", "tanh", "relu"))
sum_of, mean_of = partial(apply, "sum"), partial(apply, "mean")

# %% [markdown]
# Watch it record $f(x) = x^3 - 3x$ at $x = 1$.
# **Predict**: which nodes will there be, and with which values?

# %% [show]
x = Node(1.0)
f = x**3 - 3 * x
graph.show(f, adjoints=False, x=x, f=f)

# %% [markdown]
# This is the **computational graph**: $z_1 = x^3$ is 1, $z_2 = 3x$ is 3, and $f = z_1 - z_2$ is −2.
# The picture is drawn from the nodes themselves, not by hand.
# (Some slides give this graph a last node that adds $-3x$. What is written with a minus is recorded as a subtraction, in our engine and in PyTorch.)

# %% [markdown]
# ## Backward, one node at a time
#
# Stand at one node, $f(u, v)$, somewhere in a large graph.
# The node that was computed from you tells you your adjoint $\bar f$. What do you tell your two parents?

# %% [show]
axes = figures.axes(width=6.5, height=2.4)
axes.set(xlim=(-1.3, 1.2), ylim=(-1.05, 1.05))
axes.axis("off")
circle = {"boxstyle": "circle,pad=0.4", "facecolor": "none", "edgecolor": figures.INK}
axes.text(0, 0, "f(u, v)", ha="center", va="center", bbox=circle)
there, back = {"arrowstyle": "->", "color": figures.BLUE}, {"arrowstyle": "->", "color": figures.VERMILLION, "linestyle": "--"}
for start, end in (((-1, 0.75), (-0.2, 0.2)), ((-1, -0.55), (-0.2, -0.05)), ((0.25, 0.09), (0.95, 0.09))):
    axes.annotate("", end, start, arrowprops=there | {"linewidth": 2})
    axes.annotate("", (start[0], start[1] - 0.19), (end[0], end[1] - 0.19), arrowprops=back | {"linewidth": 2})
for x, y, word in ((-1.08, 0.7, "$u$"), (-1.08, -0.62, "$v$"), (1.03, 0.02, "$f$"), (0.6, -0.35, r"$\bar{f}$"),
                   (-0.45, 0.0, r"$\bar{f}\,\frac{\partial f}{\partial u}$"), (-0.45, -0.75, r"$\bar{f}\,\frac{\partial f}{\partial v}$")):
    axes.text(x, y, word, ha="center", va="center", fontsize=14)
figures.show(axes, "A node f(u, v). Forward, solid: u and v enter, f leaves. Backward, dashed: the adjoint f-bar "
             "enters from behind; f-bar times df/du goes to u, f-bar times df/dv goes to v.")

# %% [markdown]
# Each parent gets your adjoint times your own slope in its direction: one small VJP for each parent.
# And a parent that hears from several children (the nodes that were computed from it) **adds up** what they say, because it influences the result along several paths.
# That is the whole algorithm:
#
# 1. the adjoint of the result is 1, since $\frac{\partial L}{\partial L} = 1$; all others start at 0;
# 2. go through the nodes from the result to the leaves, so that each node has heard from all its children before it speaks;
# 3. each node sends *adjoint × slope* to each parent, and the parent adds it to its own adjoint.

# %% [markdown]
# ### Exercise 5.6 · adjoints on paper · 2 points · 5 minutes · ●●○
#
# The function is $f(x_1, x_2) = x_1 x_2 + \sin x_1$, with two nodes in between, $a = x_1 x_2$ and $b = \sin x_1$.
# Draw its graph, and pass the adjoints backward at $x_1 = \pi / 3$, $x_2 = 3$ (there $\sin x_1 \approx 0.866$ and $\cos x_1 = 0.5$).
# Put four numbers into `paper_adjoints`: $\bar a$, $\bar b$, $\bar x_1$, $\bar x_2$; two decimals are enough.
#
# <details><summary>How does it begin?</summary>
#
# The result is the sum $a + b$, and its adjoint is 1. How much does a sum grow when its first term grows by 1?
# </details>
# <details><summary>Two arrows come back to x₁</summary>
#
# One from the product, one from the sine. What does each of them bring, and what happens to the two numbers?
# </details>

# %% [exercise] id="paper_adjoints"
paper_adjoints = None  # a list of four numbers: the adjoints of a, b, x1, x2
# BEGIN SOLUTION
paper_adjoints = [1, 1, 3.5, np.pi / 3]
# END SOLUTION

# %% [checks] exercise="paper_adjoints" id="check_paper_adjoints" points=2
checks.paper_adjoints(paper_adjoints, x1=np.pi / 3, x2=3.0)

# %% [markdown]
# ## A table of slopes
#
# For the way back, each operation needs one VJP for each of its parents.
# They stand in a second table, with the same names as the first.
# A row is a tuple of functions, one for each parent. Each is called as `vjp(g, out, a, b)`: the node's adjoint `g`, its value `out`, and the values `a`, `b` of its parents (only `a`, if there is one parent).

# %% [setup]
first_vjps = {
    "add": (lambda g, out, a, b: g, lambda g, out, a, b: g),
    "sub": (lambda g, out, a, b: g, lambda g, out, a, b: -g),
    "mul": (lambda g, out, a, b: g * b, lambda g, out, a, b: g * a),
    "sin": (lambda g, out, a: g * np.cos(a),),
}

# %% [markdown]
# Read the row of `"mul"` aloud: if $ab$ has the adjoint $g$, then $a$ gets $g b$ and $b$ gets $g a$.
# The functions work on whole arrays, entry by entry: no Jacobian in sight, though each of these steps has a diagonal one.
#
# ### Exercise 5.7 · six more rows · 4 points · 12 minutes · ●●○
#
# Make the dictionary `vjps`: the rows of `first_vjps`, and six more.
#
# | row | value | parents |
# |---|---|---|
# | `"div"` | $a / b$ | two |
# | `"pow"` | $a^b$ | one: $b$ is always a constant, so the row holds a function for $a$ alone; it is called with both values |
# | `"exp"`, `"log"` | $e^a$, $\ln a$ | one |
# | `"tanh"` | $\tanh a$, whose slope is $1 - \tanh^2 a$ | one |
# | `"relu"` | the larger of $a$ and 0 | one; at $a = 0$ any slope from 0 to 1 will do |
#
# <details><summary>How do I take over the rows of first_vjps?</summary>
#
# `{**first_vjps, "exp": …}` is a dictionary with all of them and one more. A lambda is a function without a name; `def` is just as good.
# </details>
# <details><summary>TypeError: 'function' object is not iterable</summary>
#
# A tuple with one entry needs a comma: `(f,)`. What is `(f)`?
# </details>
# <details><summary>Which of my slopes is wrong?</summary>
#
# Measure it: `numerical_jacobian(np.exp, a)` has the slopes of exp on its diagonal. The check tells you in which row to look.
# </details>
# <details><summary>Do I have to compute tanh a second time?</summary>
#
# It was computed on the way forward. Which argument holds it?
# </details>

# %% [exercise] id="vjps"
vjps = None  # a dictionary: name of an operation -> tuple of functions (g, out, a, b), one for each parent
# BEGIN SOLUTION
vjps = {
    **first_vjps,
    "div": (lambda g, out, a, b: g / b, lambda g, out, a, b: -g * out / b),
    "pow": (lambda g, out, a, b: g * b * a ** (b - 1),),
    "exp": (lambda g, out, a: g * out,),
    "log": (lambda g, out, a: g / a,),
    "tanh": (lambda g, out, a: g * (1 - out**2),),
    "relu": (lambda g, out, a: g * (a > 0),),
}
# END SOLUTION

# %% [setup]
some, other = np.array([0.5, -1.5, 2.0, -0.25, 1.75]), np.array([2.0, 0.5, -1.5, 3.0, 0.8])
heard = np.array([2.0, -1.0, 0.5, 3.0, -0.7])

# %% [checks] exercise="vjps" id="check_vjps_exp_log_relu" points=1
checks.vjp_rows(vjps, OPS, {"exp": (some,), "log": (np.abs(some),), "relu": (some,)}, g=heard)

# %% [checks] exercise="vjps" id="check_vjps_div_pow_tanh" points=2
checks.vjp_rows(vjps, OPS, {"div": (some, other), "pow": (some, np.array(3.0)), "tanh": (some,)}, g=heard)

# %% [checks] exercise="vjps" id="check_vjps_any" points=1
# Other arrays are tried when your work is graded, of any shape; and the rows of first_vjps must still be there.
checks.vjp_rows(vjps, OPS, {name: (some, other) for name in ("add", "sub", "mul")} | {"sin": (some,)}, g=other)
# BEGIN HIDDEN TESTS
rng = checks.rng("vjps")
for shape in ((7,), (3, 5), ()):
    a, b, g = rng.uniform(0.3, 2, (3, *shape)) * rng.choice([-1, 1], (3, *shape))
    rows = {"div": (a, b), "pow": (a, np.array(float(rng.integers(2, 5)))), "exp": (a,), "log": (abs(b),), "tanh": (a,), "relu": (b,)}
    checks.vjp_rows(vjps, OPS, rows, g=g)
# END HIDDEN TESTS

# %% [markdown]
# ## In which order?
#
# Rule 2 says: a node speaks only when it has heard from *all* its children.
# The trap is a node that is used near the result *and* far from it, such as $h$ in $3h + 4 \sin(2h)$ with $h = \sin x$.
# **Predict**: in the picture, $h$ hears from two children. Which of them can speak at once, and which has to wait for others?

# %% [show]
x = Node(0.7)
h = sin(x)
uneven = 3 * h + 4 * sin(2 * h)
graph.show(uneven, adjoints=False, x=x, h=h)

# %% [markdown]
# An order in which each node comes after all its parents is a **topological order**; walked backward, it keeps rule 2.
#
# ### Exercise 5.8 · topological order · 3 points · 12 minutes · ●●●
#
# Write `topological_order(root)`.
#
# | argument | | |
# |---|---|---|
# | `root` | a node | the result |
# | returns | list of nodes | `root` and all that it was computed from; each *once*, each after all its parents, so `root` is last |
#
# Graphs are long: a loop of 5,000 steps makes a path of 5,000 nodes, and Python stops a function that calls itself so often.
# So use a loop and a list of things still to do, not recursion. (First write it recursively, if you like, and rebuild it then.)
# Nodes can be kept in a `set`, which tells quickly whether a node is in it.
#
# <details><summary>When may a node be appended to the order?</summary>
#
# When all its parents are in the order already. If they are not: what has to be done first, and how do you come back to the node later?
# </details>
# <details><summary>RecursionError: maximum recursion depth exceeded</summary>
#
# A recursive function keeps its open calls on a stack. Keep such a stack yourself, in a list. What do you have to note of an open call: only the node, or also how far you are with it?
# </details>
# <details><summary>Some nodes come twice</summary>
#
# A node may be noted as "to do" by two children, before it is done for the first time. When you take it from the list the second time, how can you tell?
# </details>
# <details><summary>A child comes before its parent</summary>
#
# Noting the order in which you *meet* nodes is not enough, in whatever direction you read it: try it on the picture above. When do you know that a node is *finished*?
# </details>

# %% [exercise] id="topological_order"
def topological_order(root):
    """List the nodes that ``root`` was computed from, each once and after all its parents; ``root`` is last."""
    # BEGIN SOLUTION
    order, seen, to_do = [], set(), [(root, False)]
    while to_do:
        node, parents_done = to_do.pop()
        if parents_done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            to_do.append((node, True))
            to_do.extend((parent, False) for parent in node.parents)
    return order
    # END SOLUTION

# %% [setup]
def build(values, steps):
    """Make leaves from values, then a node for each step (op, place, place); places are counted from the first leaf."""
    nodes = [Node(value) for value in values]
    for op, *places in steps:
        nodes.append(apply(op, *(nodes[place] for place in places)))
    return nodes


def order_places(topological_order, values, steps):
    """Build a graph, have its nodes ordered, and say at which place each of them was built."""
    nodes = build(values, steps)
    places = {id(node): place for place, node in enumerate(nodes)}
    return [places.get(id(node), -1) for node in topological_order(nodes[-1])]


# 3h + 4 sin(2h) with h = sin x, and the same with the terms exchanged; leaves 0 to 3 hold x, 3, 4 and 2
long_way = [("sin", 0), ("mul", 1, 4), ("mul", 3, 4), ("sin", 6), ("mul", 2, 7)]
uneven_diamonds = [[*long_way, ("add", 5, 8)], [*long_way, ("add", 8, 5)]]

# %% [checks] exercise="topological_order" id="check_topological_order_diamond" points=1
for steps in uneven_diamonds:
    checks.topological_order(topological_order, order_places, [0.7, 3.0, 4.0, 2.0], steps)

# %% [checks] exercise="topological_order" id="check_topological_order_long" points=1
checks.topological_order(topological_order, order_places, [0.5], [("sin", place) for place in range(1200)])

# %% [checks] exercise="topological_order" id="check_topological_order_any" points=1
# More graphs are tried when your work is graded.
# BEGIN HIDDEN TESTS
from hidden import random_steps

rng = checks.rng("topological_order")
for leaves, length in ((3, 12), (2, 30), (5, 60)):
    checks.topological_order(topological_order, order_places, [0.5] * leaves, random_steps(rng, leaves, length))
# END HIDDEN TESTS

# %% [markdown]
# ## The walk backward
#
# ### Exercise 5.9 · backward · 4 points · 12 minutes · ●●●
#
# Write `backward(order, vjps)`, the three rules above. It returns nothing: it sets `grad` of each node.
#
# | argument | | |
# |---|---|---|
# | `order` | list of nodes | in topological order: parents before children, the result last |
# | `vjps` | dictionary | the table: `vjps[node.op]` has one function for each parent |
#
# - The result's adjoint is an array of ones, with the shape of its value.
# - Leaves keep what they have and add to it: `backward` on the same graph twice gives them twice the adjoint, as in PyTorch.
# - Nodes that have parents start again from 0 at each call.
# - A parent whose `op` is `"constant"` needs no adjoint. Skip it: this saves work.
#
# <details><summary>What does one node have to do?</summary>
#
# It has parents, and its row of the table has a function for each of them: `zip` walks along both. Which four things does such a function want to know?
# </details>
# <details><summary>All my adjoints are 0</summary>
#
# Adjoint times slope: who gives the first adjoint that is not 0, and in which direction do you walk from there?
# </details>
# <details><summary>An adjoint is too small</summary>
#
# A node with two children hears twice. What happens to the first message when the second one arrives?
# </details>
# <details><summary>The second call gives more than twice the adjoint</summary>
#
# Which nodes still hold what they heard in the first call? Which of them should?
# </details>

# %% [exercise] id="backward"
def backward(order, vjps):
    """Set ``grad`` of all nodes, listed in topological order, to their adjoints; leaves add to what they have."""
    # BEGIN SOLUTION
    for node in order:
        if node.parents:
            node.grad = 0.0
    root = order[-1]
    root.grad = np.ones_like(root.value)
    for node in reversed(order):
        if node.parents:
            values = [parent.value for parent in node.parents]
            for parent, vjp in zip(node.parents, vjps[node.op]):
                if parent.op != "constant":
                    parent.grad = parent.grad + vjp(node.grad, node.value, *values)
    # END SOLUTION

# %% [setup]
def adjoints(backward, values, steps, runs=1):
    """Build a graph, walk backward as often as asked, and return the adjoints of all nodes in the order of building."""
    nodes = build(values, steps)
    for _ in range(runs):
        backward(nodes, first_vjps)
    return [node.grad for node in nodes]


# s = x·y, then s + s; and d = x − y, then d·x
same_twice, difference = [("mul", 0, 1), ("add", 2, 2)], [("sub", 0, 1), ("mul", 2, 0)]

# %% [checks] exercise="backward" id="check_backward_small" points=1
checks.adjoints(backward, adjoints, OPS, [1.5, -2.0], same_twice)
checks.adjoints(backward, adjoints, OPS, [1.5, -2.0], difference)

# %% [checks] exercise="backward" id="check_backward_uneven" points=1
for steps in uneven_diamonds:
    checks.adjoints(backward, adjoints, OPS, [0.7, 3.0, 4.0, 2.0], steps)

# %% [checks] exercise="backward" id="check_backward_again" points=1
checks.adjoints(backward, adjoints, OPS, [0.7, 3.0, 4.0, 2.0], uneven_diamonds[0], runs=2)

# %% [checks] exercise="backward" id="check_backward_any" points=1
# More graphs are tried when your work is graded, with arrays for values, and with a long chain.
# BEGIN HIDDEN TESTS
from hidden import random_steps

rng = checks.rng("backward")
for leaves, length, shape in ((3, 10, ()), (4, 20, (3,)), (2, 30, (2, 3))):
    leaf_values = [rng.uniform(0.5, 1.5, shape) for _ in range(leaves)]
    checks.adjoints(backward, adjoints, OPS, leaf_values, random_steps(rng, leaves, length))
checks.adjoints(backward, adjoints, OPS, [0.5, 0.3], [("add", 0, 1), *(("sin", place) for place in range(2, 60))], runs=3)
# END HIDDEN TESTS

# %% [markdown]
# An engine is a table and a walk, and you have both. Put them together:

# %% [show]
def backprop(root, table=vjps):
    """Set the adjoints of all nodes that root was computed from."""
    backward(topological_order(root), table)


x = Node(1.0)
f = x**3 - 3 * x
backprop(f)
graph.show(f, x=x, f=f)

# %% [markdown]
# Read the picture from right to left: the power sends $1 \cdot 3x^2 = 3$, the product sends $-1 \cdot 3 = -3$, and $x$ adds them up to 0.
# On paper, $f'(x) = 3x^2 - 3$, and $f'(1) = 0$: you stand in the valley.
#
# ## Step by step
#
# The next cell runs *your* engine and writes down each product of your table as it is made.
# First the graph that you did on paper: step forward until all values are there, then back.
# **Predict**, before each step back: which node hears, and what? Which node hears twice?

# %% [show]
formulas = {
    "x1·x2 + sin x1": lambda x1, x2: x1 * x2 + sin(x1),
    "x³ − 3x": lambda x: x**3 - 3 * x,
    "five inputs": lambda a, b, c, d, e: tanh(a * b + c * d) * e,
}
at = {
    "x1·x2 + sin x1": {"x1": np.pi / 3, "x2": 3.0},
    "x³ − 3x": {"x": 1.0},
    "five inputs": {"a": 1.0, "b": 0.5, "c": -1.0, "d": 0.3, "e": 2.0},
}
widgets.Graph(formulas, at, node=Node, backprop=backprop, vjps=vjps)

# %% [markdown]
# Where two arrows leave a box, its adjoint comes back in two parts, and the line below the box shows them being added.
# At the last step the caption counts: one walk back costs one multiplication for each arrow, however many inputs there are.
# Forward, each input needs a walk of its own, along all arrows that lead from it to the result.
# Choose *five inputs* from the list and go to the end: 9 multiplications back, 17 forward. Then move the inputs, and see which adjoints change.

# %% [markdown]
# One walk gave *both* slopes, in $x_1$ and in $x_2$. With a million leaves it would be one walk, too.
#
# And since every node holds an array, one walk does a whole curve: the adjoint of each entry is the slope at that entry.
# **Predict**: where does the slope of $x^3 - 3x$ cross zero?

# %% [show]
x = Node(np.linspace(-2.2, 2.2, 89))
f = x**3 - 3 * x
backprop(f)
axes = figures.axes("$x^3 - 3x$ and its slope, from one walk", "x", "")
axes.plot(x.value, f.value, **figures.LINES["model"] | {"label": "f"})
axes.plot(x.value, x.grad, color=figures.VERMILLION, linestyle="--", label="adjoint of x: the slope")
axes.axhline(0, color=figures.INK, linewidth=1)
axes.legend()
figures.show(axes, f"{figures.describe('f', x.value, f.value)}. {figures.describe('Its slope', x.value, x.grad)}. "
             f"The slope is zero near {', '.join(f'{a:.2f}' for a in x.value[np.abs(x.grad) < 0.15])}.")

# %% [markdown]
# ## Leaves add up
#
# Leaves keep their adjoint from one walk to the next.
# That is useful when a loss comes in several parts, and a trap in a training loop.
# **Predict**: gradient descent on $(w - 3)^2$ from $w = 0$ with λ = 0.1. What happens if nobody sets the adjoint back to 0?

# %% [show]
for zeroing in (True, False):
    w, path = Node(0.0), []
    for _ in range(12):
        if zeroing:
            w.grad = 0.0
        backprop((w - 3) ** 2)
        w.value = w.value - 0.1 * w.grad
        path.append(float(w.value))
    print("set to 0 at each step:" if zeroing else "never set to 0:       ", np.round(path, 2))

# %% [markdown]
# Without zeroing each step uses the sum of all gradients so far: the walk shoots past 3 and swings.
# In lab 06 you will meet the same line as `optimizer.zero_grad()`.

# %% [markdown]
# ## Arrays of different shapes
#
# In $XW + b$ the row $b$ is added to *every* row of a matrix: NumPy repeats it, which is called **broadcasting**.
# If one entry of $b$ grows, all its copies grow, so its adjoint is the **sum** of the adjoints of its copies.
# What is copied on the way forward is summed on the way back.
#
# Our `apply` records the repetition as a node of its own, with the op `"broadcast"`; its VJP is still missing.
# Broadcasting repeats an array in two ways: along *new* axes in front, `(4,)` to `(3, 4)`, and along axes of length 1, `(3, 1)` to `(3, 4)`.
#
# ### Exercise 5.10 · unbroadcast · 3 points · 8 minutes · ●●○
#
# Write `unbroadcast(g, shape)`.
#
# | argument | | |
# |---|---|---|
# | `g` | array | adjoint of the repeated array |
# | `shape` | tuple | shape of the array before it was repeated |
# | returns | array of shape `shape` | its adjoint: each entry is the sum over its copies |
#
# <details><summary>Which axes do I sum over?</summary>
#
# Write both shapes below each other, aligned at the right: `(2, 3, 4)` and `(3, 1)`. Which axes of the first are new, and which were stretched?
# </details>
# <details><summary>My result has lost an axis</summary>
#
# `(3, 1)` is not `(3,)`. Look up `keepdims` in the help of `np.sum`. For which of the two kinds of axes do you need it?
# </details>

# %% [exercise] id="unbroadcast"
def unbroadcast(g, shape):
    """Sum ``g`` over the copies that broadcasting made of an array of this shape."""
    # BEGIN SOLUTION
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for axis, length in enumerate(shape):
        if length == 1 and g.shape[axis] > 1:
            g = g.sum(axis=axis, keepdims=True)
    return g
    # END SOLUTION

# %% [setup]
sheet = np.arange(12.0).reshape(3, 4) ** 2

# %% [checks] exercise="unbroadcast" id="check_unbroadcast_columns" points=1
columns = np.array([80.0, 107.0, 140.0, 179.0])  # their sums
checks.unbroadcast(unbroadcast, [((sheet, (4,)), columns), ((sheet, (1, 4)), columns[None]), ((sheet, (3, 4)), sheet)])

# %% [checks] exercise="unbroadcast" id="check_unbroadcast_rows" points=1
sums = np.array([[14.0], [126.0], [366.0]])
checks.unbroadcast(unbroadcast, [((sheet, (3, 1)), sums), ((sheet, ()), np.array(506.0))])

# %% [checks] exercise="unbroadcast" id="check_unbroadcast_any" points=1
# Other shapes are tried when your work is graded, with up to four axes.
# BEGIN HIDDEN TESTS
from hidden import reference

rng, right = checks.rng("unbroadcast"), reference("05_backprop").unbroadcast
shapes = [((2, 3, 4), (3, 1)), ((2, 3, 4), (1, 4)), ((5, 3), (1, 1)), ((2, 5, 3, 4), (5, 1, 4)), ((3, 4), ()), ((7,), (7,))]
tries = [(rng.uniform(-2, 2, big), small) for big, small in shapes]
checks.unbroadcast(unbroadcast, [(given, right(*given)) for given in tries])
# END HIDDEN TESTS

# %% [markdown]
# ## Rows for matrices
#
# Three operations are left: the matrix product, and the two that make one number of many.
# For $C = AB$ the rule is short, and you can find it by shapes alone: if $C$ has the adjoint $G$ of $C$'s shape, what products of $G$ with $A$ or $B$ have the shape of $A$, and of $B$?
#
# ### Exercise 5.11 · matrix product, sum, mean · 3 points · 6 minutes · ●●○
#
# Make the dictionary `array_vjps` with three rows, in the form of `vjps`.
#
# | row | value | parents |
# |---|---|---|
# | `"matmul"` | `a @ b`, where `a` has shape `(m, k)` and `b` has shape `(k, n)` | two |
# | `"sum"` | the sum of all entries of `a`, a single number | one; the adjoint has the shape of `a` |
# | `"mean"` | the mean of all entries of `a` | one; the adjoint has the shape of `a` |
#
# <details><summary>Which product has the shape of a?</summary>
#
# `g` is $m \times n$ and `a` is $m \times k$. From `b`, which is $k \times n$, you need an $n \times k$ matrix.
# </details>
# <details><summary>The sum gives one number back, but a has many entries</summary>
#
# How much does the sum grow when any one entry grows by 1? `np.full` or `np.broadcast_to` make an array of equal numbers.
# </details>

# %% [exercise] id="array_vjps"
array_vjps = None  # a dictionary with the rows "matmul", "sum" and "mean"
# BEGIN SOLUTION
array_vjps = {
    "matmul": (lambda g, out, a, b: g @ b.T, lambda g, out, a, b: a.T @ g),
    "sum": (lambda g, out, a: np.broadcast_to(g, a.shape),),
    "mean": (lambda g, out, a: np.broadcast_to(g / a.size, a.shape),),
}
# END SOLUTION

# %% [setup]
tall, wide = np.array([[0.5, -1.0, 2.0], [1.5, 0.7, -0.3]]), np.arange(15.0).reshape(3, 5) / 7 - 0.9

# %% [checks] exercise="array_vjps" id="check_array_vjps_matmul" points=1
checks.vjp_rows(array_vjps, OPS, {"matmul": (tall, wide)}, g=np.cos(np.arange(10.0)).reshape(2, 5))

# %% [checks] exercise="array_vjps" id="check_array_vjps_sum_mean" points=1
checks.vjp_rows(array_vjps, OPS, {"sum": (wide,), "mean": (wide,)}, g=np.array(1.7))

# %% [checks] exercise="array_vjps" id="check_array_vjps_any" points=1
# Other shapes are tried when your work is graded.
# BEGIN HIDDEN TESTS
rng = checks.rng("array_vjps")
for m, k, n in ((3, 5, 2), (2, 3, 7), (5, 2, 3)):
    left, right = rng.uniform(-2, 2, (m, k)), rng.uniform(-2, 2, (k, n))
    checks.vjp_rows(array_vjps, OPS, {"matmul": (left, right)}, g=rng.uniform(-2, 2, (m, n)))
    checks.vjp_rows(array_vjps, OPS, {"sum": (left,), "mean": (right,)}, g=np.array(rng.uniform(0.5, 2)))
# END HIDDEN TESTS

# %% [markdown]
# Put all rows into one table, and the engine is complete.
# First the least squares of the first sitting, $\tfrac12\|Xw - y\|^2$, with its graph:
# **Predict**: which adjoint does $Xw - y$ get, and which one does $w$ get?

# %% [show]
table = {**vjps, **array_vjps, "broadcast": (lambda g, out, a: unbroadcast(g, a.shape),)}
rng = np.random.default_rng(1)
X, y, w = rng.normal(size=(7, 3)), rng.normal(size=(7, 1)), Node(rng.normal(size=(3, 1)))
residual = X @ w - y
loss = 0.5 * sum_of(residual**2)
backprop(loss, table)
graph.show(loss, w=w, residual=residual, loss=loss)

# %% [show]
print("adjoint of the residual - residual:", np.abs(residual.grad - residual.value).max())
print("adjoint of w:  ", w.grad.ravel())
print("X.T @ (Xw - y):", (X.T @ (X @ w.value - y)).ravel())

# %% [markdown]
# Node by node, with $r = Xw - y$: the factor ½ and the square make $1 \cdot \tfrac12 \cdot 2 r = r$, and the product with $X$ makes $X^\top r$.
# No $p \times p$ matrix appears, because nobody ever multiplies two matrices that need not be multiplied.
#
# Now the network from the top of this lab, with each sample as a *row* $x_i$, as data usually comes:
# $\tfrac12 \| \tanh(\mathrm{ReLU}(X W_1 + b_1) W_2 + b_2) - Y \|^2$.

# %% [show]
rng = np.random.default_rng(2)
X, Y = rng.normal(size=(5, 4)), rng.uniform(-1, 1, (5, 2))
W1, b1, W2, b2 = (Node(rng.normal(size=shape)) for shape in ((4, 3), (3,), (3, 2), (2,)))
network = tanh(relu(X @ W1 + b1) @ W2 + b2)
loss = 0.5 * sum_of((network - Y) ** 2)
backprop(loss, table)
graph.show(loss, W1=W1, b1=b1, W2=W2, b2=b2, loss=loss)

# %% [markdown]
# Four gradients, no paper. But are they right? Ask the referee of the first sitting, who knows nothing of nodes.

# %% [show]
def network_loss(theta):
    """The same loss in plain NumPy, of all 23 parameters in one array."""
    V1, c1, V2, c2 = np.split(theta, [12, 15, 21])
    hidden = np.maximum(X @ V1.reshape(4, 3) + c1, 0)
    return np.array([0.5 * np.sum((np.tanh(hidden @ V2.reshape(3, 2) + c2) - Y) ** 2)])


leaves = (W1, b1, W2, b2)
measured = numerical_jacobian(network_loss, np.concatenate([leaf.value.ravel() for leaf in leaves]))[0]
engine = np.concatenate([leaf.grad.ravel() for leaf in leaves])
print("parameters:", len(engine), "  calls of the loss for the measured gradient:", 2 * len(engine))
print("largest difference between engine and measurement:", np.abs(engine - measured).max())
milliseconds = 1000 * seconds(lambda: backprop(0.5 * sum_of((tanh(relu(X @ W1 + b1) @ W2 + b2) - Y) ** 2), table))
print(f"milliseconds for the graph and all four gradients: {milliseconds:.2f}")

# %% [markdown]
# ## Losses for classes
#
# In classification a target is no number but a class: 0 or 1, or one of $C$ classes.
# A model gives a number $z$, called a **logit**, that may be anything from $-\infty$ to $\infty$; the **sigmoid** $\sigma(z) = \frac{1}{1 + e^{-z}}$ turns it into a probability $p$ between 0 and 1 for class 1.
# The **logistic loss** of one sample is the negative logarithm of the probability that the model gave to what really happened:
#
# $$\ell(z, y) = -\big(y \log p + (1 - y) \log(1 - p)\big), \qquad p = \sigma(z), \quad y \in \{0, 1\} .$$
#
# (On many slides the minus is missing. Then a good model would have a large loss, and descent would make it worse.)
# **Predict**: a model is very sure and wrong: $z = 1000$, but $y = 0$. What should the loss be, about, and what will Python say?

# %% [show]
with np.errstate(all="ignore"):
    for z in (2.0, 20.0, 40.0, 1000.0):
        p = 1.0 / (1.0 + np.exp(-z))
        joined = np.log(1 + np.exp(z))
        print(f"z = {z:6g}:  p = {p:.17g}   -log(1 - p) = {-np.log(1 - p):g}   log(1 + e^z) = {joined:g}")

# %% [markdown]
# From about 37 on, $p$ rounds to 1, and the loss of a wrong answer becomes infinite.
# Put $p$ into the formula and simplify, and both logarithms become one: $\ell(z, y) = \log(1 + e^z) - y z$.
# That is better, until $e^z$ overflows at 710.
# `np.logaddexp(a, b)` computes $\log(e^a + e^b)$ without ever holding $e^a$: for $z = 1000$ it says 1000, which is right.

# %% [markdown]
# ### Exercise 5.12 · the logistic loss · 3 points · 7 minutes · ●●○
#
# Write `logistic_loss(z, y)`, which returns two things: the loss and its gradient.
#
# | argument | | |
# |---|---|---|
# | `z` | array of shape `(n,)` | logits, any size |
# | `y` | array of shape `(n,)` | 0 or 1 |
# | returns | a number, an array of shape `(n,)` | the *mean* of $\ell(z_i, y_i)$ over the samples, and its derivative with respect to each $z_i$ |
#
# <details><summary>What is the derivative?</summary>
#
# Of $\log(1 + e^z) - yz$, with the chain rule, by hand. Which function do you recognise in the first term?
# </details>
# <details><summary>My loss is inf or nan for large logits</summary>
#
# Where do you write `np.log` of something that may round to 0, or `np.exp` of something that may be 1000?
# </details>
# <details><summary>My gradient is n times too large</summary>
#
# The loss is a mean. How much does a mean of $n$ numbers grow, when one of them grows by 1?
# </details>

# %% [exercise] id="logistic_loss"
def logistic_loss(z, y):
    """Mean logistic loss of logits ``z`` for classes ``y``, both of shape (n,), and its gradient with respect to z."""
    # BEGIN SOLUTION
    loss = np.mean(np.logaddexp(0, z) - y * z)
    p = np.exp(-np.logaddexp(0, -z))
    return loss, (p - y) / np.size(z)
    # END SOLUTION

# %% [setup]
odds, classes = np.array([3.0, 0.25, 4.0, 0.5, 1.0]), np.array([1, 0, 0, 1, 1])  # p = odds / (1 + odds)

# %% [checks] exercise="logistic_loss" id="check_logistic_loss" points=1
checks.class_loss(logistic_loss, [((np.log(odds), classes), np.mean(np.log([4 / 3, 5 / 4, 5, 3, 2])))])

# %% [checks] exercise="logistic_loss" id="check_logistic_loss_gradient" points=1
seven = np.array([2.0, -1.5, 0.5, -0.3, 3.0, 1.2, -2.2]), np.array([0, 0, 1, 1, 1, 0, 1])
checks.class_gradient(logistic_loss, [(np.log(odds), classes), seven])

# %% [checks] exercise="logistic_loss" id="check_logistic_loss_large" points=1
far = np.array([1000.0, -1000.0, 1000.0, -1000.0, 800.0])
missed = np.array([0, 0, 1, -1, 1]) / 5
checks.class_loss_far_out(logistic_loss, far, np.array([1, 0, 0, 1, 0]), loss=2800 / 5, gradient=missed)
# BEGIN HIDDEN TESTS
from hidden import reference

rng, right = checks.rng("logistic_loss"), reference("05_backprop").logistic_loss
for n, size in ((7, 3), (11, 900)):
    z, y = rng.uniform(-size, size, n), rng.permutation(np.arange(n) % 2)
    loss, gradient = right(z, y)
    checks.class_loss_far_out(logistic_loss, z, y, loss=loss, gradient=gradient)
# END HIDDEN TESTS

# %% [markdown]
# ## Several classes
#
# With $C$ classes a model gives $C$ logits $z_1, \dots, z_C$, and the **softmax** makes them probabilities: $p_c = \frac{e^{z_c}}{\sum_j e^{z_j}}$.
# The loss is again the negative logarithm of the probability that the model gave to what happened, the **cross-entropy** $\ell(z, y) = -\log p_y$.
# **Predict**: for logits `[1000, 0, -1000]`, what will the formula give in Python?

# %% [show]
with np.errstate(all="ignore"):
    for logits in ([2.0, 0.0, -2.0], [1000.0, 0.0, -1000.0]):
        grown = np.exp(np.array(logits))
        print(logits, "-> softmax", grown / grown.sum())

# %% [markdown]
# Infinity divided by infinity is not a number.
# The way out: softmax does not change when the *same* number $m$ is subtracted from all logits of a sample, because $e^{z - m} = e^z / e^m$ and the factor cancels.
#
# ### Exercise 5.13 · cross-entropy · 3 points · 9 minutes · ●●●
#
# First on paper: what is $\frac{\partial \ell}{\partial z_c}$? Treat the class $c = y$ that happened and the others apart, and see how little is left.
# Then write `cross_entropy(z, labels)`, which returns the loss and its gradient.
#
# | argument | | |
# |---|---|---|
# | `z` | array of shape `(n, C)` | logits, one row for each sample, any size |
# | `labels` | whole numbers, shape `(n,)` | the class of each sample, 0 to $C - 1$ |
# | returns | a number, an array of shape `(n, C)` | the mean of $-\log p_y$ over the samples, and its derivative with respect to each logit |
#
# <details><summary>How do I take one entry from each row?</summary>
#
# `z[np.arange(n), labels]` takes entry `labels[i]` of row `i`. What does `z[labels]` take?
# </details>
# <details><summary>Which number do I subtract from a row?</summary>
#
# The largest result of `np.exp` should be 1. And mind that each row has its own: `axis`, `keepdims`.
# </details>
# <details><summary>My loss is inf</summary>
#
# A probability that rounds to 0 has no logarithm. Can you compute $\log p_c = z_c - m - \log \sum_j e^{z_j - m}$ without computing $p_c$?
# </details>
# <details><summary>My derivative on paper looks complicated</summary>
#
# Write $\ell = -z_y + \log \sum_j e^{z_j}$. What is the derivative of the second term with respect to $z_c$? You have seen this fraction.
# </details>

# %% [exercise] id="cross_entropy"
def cross_entropy(z, labels):
    """Mean cross-entropy of logits ``z``, shape (n, C), for ``labels``, shape (n,), and its gradient, shape (n, C)."""
    # BEGIN SOLUTION
    z = z - z.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    rows = np.arange(len(z))
    gradient = np.exp(log_p)
    gradient[rows, labels] -= 1
    return -log_p[rows, labels].mean(), gradient / len(z)
    # END SOLUTION

# %% [setup]
weights = np.array([[1.0, 2, 5], [4, 3, 1], [2, 2, 4], [6, 1, 1], [3, 4, 1]])  # p = weights / 8
happened = np.array([2, 0, 1, 1, 0])

# %% [checks] exercise="cross_entropy" id="check_cross_entropy" points=1
checks.class_loss(cross_entropy, [((np.log(weights), happened), np.mean(np.log([8 / 5, 8 / 4, 8 / 2, 8 / 1, 8 / 3])))])

# %% [checks] exercise="cross_entropy" id="check_cross_entropy_gradient" points=1
seven = np.cos(np.arange(28.0)).reshape(7, 4), np.array([1, 0, 3, 2, 2, 0, 3])
checks.class_gradient(cross_entropy, [(np.log(weights), happened), seven])

# %% [checks] exercise="cross_entropy" id="check_cross_entropy_large" points=1
far = np.array([[1000.0, 0, -1000], [0, -1000, 1000], [-1000, -2000, -1500], [0, 900, 100], [-800, 0, 0]])
missed = np.array([[1, 0, -1], [0, 0, 0], [0, 0, 0], [-1, 1, 0], [-1, 0.5, 0.5]]) / 5
mean = (2000 + 900 + 800 + np.log(2)) / 5
checks.class_loss_far_out(cross_entropy, far, np.array([2, 2, 0, 0, 0]), loss=mean, gradient=missed)
# BEGIN HIDDEN TESTS
from hidden import reference

rng, right = checks.rng("cross_entropy"), reference("05_backprop").cross_entropy
for n, classes, size in ((7, 3, 2), (5, 4, 900), (11, 5, 900)):
    z, labels = rng.uniform(-size, size, (n, classes)), rng.permutation(np.arange(n) % classes)
    loss, gradient = right(z, labels)
    checks.class_loss_far_out(cross_entropy, z, labels, loss=loss, gradient=gradient)
# END HIDDEN TESTS

# %% [markdown]
# $\frac{\partial \ell}{\partial z_c} = p_c - 1$ for the class that happened, and $p_c$ for the others: *prediction minus target*, as in least squares.
# This is why softmax and cross-entropy are made one step.
# To use such a loss in the engine, keep its gradient on the way forward; on the way back there is nothing left to compute:

# %% [show]
def loss_node(loss_and_gradient, z, targets):
    """Make a node of a loss; the gradient waits beside its logits as a constant."""
    loss, gradient = loss_and_gradient(z.value, targets)
    return Node(np.asarray(loss, z.value.dtype), (z, constant(gradient, z)), "loss")


table["loss"] = (lambda g, out, z, gradient: g * gradient,)
rng = np.random.default_rng(3)
X, labels = rng.normal(size=(7, 4)), np.array([0, 2, 1, 1, 0, 2, 2])
W, b = Node(rng.normal(size=(4, 3))), Node(np.zeros(3))
z = X @ W + b
loss = loss_node(cross_entropy, z, labels)
backprop(loss, table)
graph.show(loss, W=W, b=b, z=z, L=loss)

# %% [markdown]
# This is the graph of every linear classifier: $z = XW + b$, softmax, loss.
# Now let your engine learn something: points of three classes on three spiral arms, which no straight line can part.

# %% [setup]
def spirals(n, rng):
    """Points on three arms, n on each: shape (3n, 2), and their classes."""
    turn = np.tile(np.linspace(0.1, 1, n), 3)
    labels = np.repeat(np.arange(3), n)
    angle = 4.5 * turn + labels * 2 * np.pi / 3 + rng.normal(scale=0.12, size=3 * n)
    return np.stack([turn * np.cos(angle), turn * np.sin(angle)], axis=1), labels

# %% [show]
rng = np.random.default_rng(4)
points, arm = spirals(60, rng)
shapes = ((2, 24), (24,), (24, 24), (24,), (24, 3), (3,))
params = [Node(rng.normal(size=shape) / np.sqrt(shape[0])) for shape in shapes]


def logits(points):
    """A network with two hidden layers."""
    W1, b1, W2, b2, W3, b3 = params
    return tanh(tanh(points @ W1 + b1) @ W2 + b2) @ W3 + b3


# %% [show]
losses = []
for _ in range(600):
    for param in params:
        param.grad = 0.0
    loss = loss_node(cross_entropy, logits(points), arm)
    backprop(loss, table)
    for param in params:
        param.value = param.value - 0.8 * param.grad
    losses.append(float(loss.value))

# %% [show]
side = np.linspace(-1.2, 1.2, 121)
across = np.array(np.meshgrid(side, side)).reshape(2, -1).T
chosen = logits(across).value.argmax(axis=1).reshape(121, 121)
right = np.mean(logits(points).value.argmax(axis=1) == arm)
figure, (left, middle) = figures.grid(1, 2, width=8.5, height=3.6)
left.contourf(side, side, chosen, levels=[-0.5, 0.5, 1.5, 2.5], cmap="cividis", alpha=0.5)
for label, colour, marker in ((0, figures.BLUE, "o"), (1, figures.VERMILLION, "s"), (2, figures.GREEN, "^")):
    left.plot(*points[arm == label].T, marker, color=colour, markersize=4)
left.set(title="what it would answer", aspect="equal")
middle.semilogy(losses, **figures.LINES["model"])
middle.set(title="loss", xlabel="step")
figures.show(figure, f"Left: three spiral arms of 60 points, and the regions that the network chose; {right:.0%} of the "
             f"points lie in their own. Right: the loss falls from {losses[0]:.2f} to {losses[-1]:.2g} in {len(losses)} steps.")

# %% [markdown]
# Nodes, two tables and a walk: you wrote the heart of a deep learning library.
# **PyTorch**, **JAX** and **TensorFlow** do the same: your formula builds a graph, and a walk backward applies one VJP at each node. What `loss.backward()` does is no secret to you any more.
# Their rows are written in C++, and in CUDA for graphics processors, so that they handle billions of parameters on many machines at once.

# %% [markdown]
# ## Numerical, symbolic, automatic
#
# There are three ways to let a machine differentiate, and they are often confused.
#
# - **Numerical**: measure with a small $h$. Works for anything, costs two runs for each input, and is never exact: too large an $h$ bends, too small an $h$ rounds.
# - **Symbolic**: rewrite the *formula* by rules, as on paper. Exact, but the formula of the derivative can grow out of all bounds.
# - **Automatic**: run the *program*, and multiply numbers along its graph. Exact up to rounding, at a fixed multiple of the price of the program itself.
#
# (Documents that say "the library *formally* computes the derivative" mix up the last two: there never is a formula.)
# Compare them on a formula that is nested again and again, $x \leftarrow 4x(1 - x)$; errors are relative to the exact slope.
# **Predict**: each further nesting multiplies the size of the symbolic derivative by about how much?

# %% [show]
import sympy


def nested(x, times):
    for _ in range(times):
        x = 4 * x * (1 - x)
    return x


def slope_exact(times):
    x, slope = sympy.Rational(3, 10), sympy.Integer(1)
    for _ in range(times):
        x, slope = 4 * x * (1 - x), slope * 4 * (1 - 2 * x)
    return float(slope)


def timed(task):
    start = time.perf_counter()
    return task(), 1000 * (time.perf_counter() - start)

# %% [show]
def slope_automatic(times):
    x = Node(0.3)
    backprop(nested(x, times))
    return float(x.grad)


def slope_measured(times, h):
    return numerical_jacobian(lambda x: nested(x, times), np.array([0.3]), h)[0, 0]

# %% [show]
symbol = sympy.Symbol("x")
print("       |     symbolic      |   automatic   | numerical, 1e-5 | 1e-12")
print("nested | operations     ms | error      ms | error        ms | error")
for times in (1, 2, 4, 6, 8):
    exact = slope_exact(times)
    formula, formula_ms = timed(lambda: sympy.diff(nested(symbol, times), symbol))
    engine, engine_ms = timed(lambda: slope_automatic(times))
    measured, measured_ms = timed(lambda: slope_measured(times, 1e-5))
    errors = [abs(value / exact - 1) for value in (engine, measured, slope_measured(times, 1e-12))]
    print(f"{times:6d} | {sympy.count_ops(formula):10,d} {formula_ms:6.1f} | {errors[0]:.0e} {engine_ms:7.2f}"
          f" | {errors[1]:.0e} {measured_ms:9.2f} | {errors[2]:.0e}")

# %% [markdown]
# From the second nesting on, each further one makes the symbolic derivative two to four times as large: with 8 of them it is a formula of more than ten thousand operations, for a program of one line.
# The automatic one stays near the last digit of a float.
# The numerical one loses digits with each nesting, and a "more careful" $h$ of $10^{-12}$ leaves you with five digits from the start.

# %% [markdown]
# ## Six derivatives of tanh
#
# HIPS **autograd** is a small, readable engine for NumPy, the grandmother of JAX.
# Its `egrad` takes a function and returns its derivative, entry by entry, as another function, which can be differentiated again.
# (On the slides that this comes from, two imports are missing: NumPy and tanh must be *autograd's*, or nothing is recorded.)
# **Predict**: the sixth derivative of tanh, a curve between −1 and 1: how large does it get, and how much longer does it take than the first?

# %% [show]
import autograd.numpy as anp
from autograd import elementwise_grad as egrad

line, derivative, told = np.linspace(-4, 4, 161), anp.tanh, []
axes = figures.axes("tanh and its derivatives, each divided by its largest value", "x", "", width=7.5)
axes.plot(line, np.tanh(line), color=figures.INK, linewidth=2.5, label="tanh")
for order in range(1, 7):
    derivative = egrad(derivative)
    curve, milliseconds = timed(lambda: derivative(line))
    largest, place = np.abs(curve).max(), abs(line[np.abs(curve).argmax()])
    told.append(f"order {order}: largest {largest:.3g} at {place:.2f}, {milliseconds:.1f} ms")
    look = {"color": (figures.BLUE, figures.VERMILLION, figures.GREEN)[order % 3], "linestyle": "-" if order < 4 else "--"}
    axes.plot(line, curve / largest, **look, label=f"order {order}: {largest:.3g}")
axes.legend(fontsize=8)
figures.show(axes, f"tanh rises from -1 to 1. Its derivatives wiggle more and more: {'; '.join(told)}.")
print(*told, sep="\n")

# %% [markdown]
# Each order makes the graph of the order before it several times larger, so nesting is a fine toy and no way to the twentieth derivative.
# Exercise 5.14 finds a better one.

# %% [markdown]
# ## In your own words
#
# A friend says: *"Automatic differentiation? That is what the computer algebra program does, or the difference quotient, only faster. And you could as well run it from front to back."*
# In five to eight sentences, explain
#
# 1. in what it differs from symbolic differentiation;
# 2. in what it differs from numerical differentiation, in accuracy and in price;
# 3. why a loss with many parameters is differentiated from back to front, and what this costs in memory.
#
# Write into the next cell. It is read by a person, and gives 3 points: one for each part.

# %% [answer] [markdown] id="explain_automatic" points=3
# **Sample answer.**
# Symbolic differentiation turns a formula into another formula, and that formula can explode: nested eight times, $4x(1-x)$ has a derivative of more than ten thousand operations.
# Automatic differentiation never writes a formula; it runs the program once, notes each operation, and multiplies *numbers* along the graph, so its price stays a small multiple of the program's.
# Numerical differentiation also runs the program only, but its result depends on $h$ and always loses digits, while the automatic one is exact up to rounding; and it needs two runs for each parameter, where one walk backward gives all slopes.
# The loss is one number: from back to front each node passes on a row, vector times Jacobian, for all parameters at once; from front to back one would need a pass for each parameter.
# The price is memory: the values of all nodes must be kept until the walk backward has used them.
#
# **Rubric**, one point each.
# (1) Says that no formula of the derivative is built (numbers instead of expressions), or that expressions grow and graphs do not.
# (2) Names both: exact up to rounding against an error that depends on $h$; and one walk against about two runs for each parameter. Half a point for one of them.
# (3) One output and many inputs: one reverse pass (VJPs) against as many forward passes as inputs; and that intermediate values must be stored. Half a point for one of them.

# %% [markdown]
# ## Going further
#
# The rest is optional and gives no points.
#
# ### Exercise 5.14 · all derivatives of tanh · optional · 15 minutes · ●●●
#
# Let $t = \tanh x$. Its derivative is a *polynomial in t*: $1 - t^2$.
# If the derivative of some order is a polynomial $P(t)$, what is the next one, by the chain rule? A polynomial again.
# Write `tanh_derivatives(x, order)`: shape `(order + 1, n)`, row $k$ holds the $k$-th derivative at each `x`; row 0 is tanh itself.
#
# <details><summary>How do I compute with polynomials?</summary>
#
# `np.polynomial.Polynomial([1, 0, -1])` is $1 - t^2$. Such objects can be multiplied, have a method `deriv()`, and can be called with an array.
# </details>

# %% [exercise] id="tanh_derivatives" optional=true
def tanh_derivatives(x, order):
    """Derivatives of tanh at ``x``, shape (n,), from order 0 up to ``order``: shape (order + 1, n)."""
    # BEGIN SOLUTION
    t = np.tanh(x)
    polynomial, inner = np.polynomial.Polynomial([0.0, 1.0]), np.polynomial.Polynomial([1.0, 0.0, -1.0])
    rows = [polynomial(t)]
    for _ in range(order):
        polynomial = polynomial.deriv() * inner
        rows.append(polynomial(t))
    return np.array(rows)
    # END SOLUTION

# %% [checks] exercise="tanh_derivatives" id="check_tanh_derivatives" points=0
# At x = log 2 the tanh is 3/5, and all derivatives are fractions.
wanted = np.array([[0.0, 0.6], [1.0, 0.64], [0.0, -0.768], [-2.0, 0.1024], [0.0, 2.82624], [16.0, -7.45472]])
spots = np.log([1.0, 2.0])
checks.cases(tanh_derivatives, [((spots, 5), wanted), ((spots, 1), wanted[:2])], rtol=1e-6, atol=1e-9)
# BEGIN HIDDEN TESTS
from hidden import reference

places = checks.rng("tanh_derivatives").uniform(-2, 2, 7)
checks.cases(tanh_derivatives, [((places, k), reference("05_backprop").tanh_derivatives(places, k)) for k in (3, 6)], rtol=1e-6)
# END HIDDEN TESTS

# %% [markdown]
# ### Exercise 5.15 · forward mode · optional · 10 minutes · ●●○
#
# Forward order has a step of its own, the **JVP**: Jacobian times vector, $J u$, the change of the output when the input moves along $u$.
# Write `jacobian_by_jvps(jvp, n)`: `jvp(u)` gives $J u$, shape `(m,)`, for `u` of shape `(n,)`. Return the whole Jacobian, shape `(m, n)`.
#
# <details><summary>Which vectors u do I choose?</summary>
#
# What is a matrix times the vector that is 1 at place $j$ and 0 elsewhere? How many such questions do you need, and how many would VJPs need?
# </details>

# %% [exercise] id="jacobian_by_jvps" optional=true
def jacobian_by_jvps(jvp, n):
    """Jacobian, shape (m, n), from a function that multiplies it by a vector of shape (n,)."""
    # BEGIN SOLUTION
    return np.stack([jvp(direction) for direction in np.eye(n)], axis=1)
    # END SOLUTION

# %% [checks] exercise="jacobian_by_jvps" id="check_jacobian_by_jvps" points=0
matrix = np.arange(15.0).reshape(3, 5) ** 2 - 7
checks.cases(jacobian_by_jvps, [((lambda u: matrix @ u, 5), matrix), ((lambda u: matrix.T @ u, 3), matrix.T)])

# %% [markdown]
# To read on: HIPS autograd's tutorial shows a complete engine in a few hundred lines; a *faster* engine than ours keeps its nodes in one list as they are made, and needs no search for an order at all. Why not?

# %% [markdown]
# ## Summary
#
# - A loss is a composition of small steps; the chain rule multiplies their Jacobians.
# - A step needs no Jacobian, only its VJP: a row in, a row out.
# - One output, many inputs: multiply from the output. This is backpropagation.
# - A computation that remembers itself is a graph; the adjoint of a node is the sum of what its children send.
# - Each node speaks after all its children: a topological order, walked backward.
# - What is copied forward is summed backward; leaves add up until somebody sets them to 0.
# - Losses on logits are written so that nothing overflows; softmax with cross-entropy sends back *prediction minus target*.
# - Automatic differentiation runs the program and multiplies numbers: no formula, no $h$.
#
# ## Where to go next
#
# In lab 06 you hand all of this to PyTorch, and you will recognise every part of it.
# To read on: Baydin and others, *Automatic Differentiation in Machine Learning: a Survey* (2018); Griewank and Walther, *Evaluating Derivatives* (2008).
