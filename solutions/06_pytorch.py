# %% [markdown]
# # PyTorch
#
# In lab 05 you built an engine that finds gradients by itself.
# Now you change over to the one that most research runs on, and it will feel familiar: the same graph, the same walk backward.
#
# You will be able to
#
# - move a computation from NumPy arrays to tensors, and see the one trap of shapes that gives no error;
# - get the gradient of any code, in two ways, of any order, and look at the graph behind it;
# - write the loop of four lines that trains nearly every network, and say what happens if one line is missing;
# - read torch's error messages, and know what to do;
# - write an optimizer and a network of your own, and check both.
#
# **Time**: 90 minutes, of which 52 are exercises.
# **You need**: the chain rule and the engine of lab 05, the mean squared error and `theta[k]` of lab 04.

# %% [setup]
import time
from itertools import product
from types import SimpleNamespace

import numpy as np
import torch
from ipywidgets import FloatSlider, interact
from torch import nn

from course_utils import checks, figures, graph, widgets

torch.set_num_threads(1)  # our tensors are small: several threads would wait for each other

# %% [markdown]
# ## From arrays to tensors
#
# The way of this lab: function → graph → gradient, then gradient → update → repeat, then features → layers → loss.
# PyTorch is installed with this course; on your own computer it is `pip install torch`, and in Python it is called `torch`.
# In place of `np.array` it has `torch.tensor`: the same numbers in the same shapes, and a memory of how they were computed.
# These three points stay with us:

# %% [setup]
x_train = torch.tensor([1.0, 2.0, 3.0])
y_train = torch.tensor([2.0, 8.0, 18.0])

# %% [markdown]
# **Predict**: which parabola $\theta_0 + \theta_1 x + \theta_2 x^2$ goes through the three points?
# And which kind of numbers does a tensor hold, float64 as NumPy does, or something else?

# %% [show]
print("x_train          ", x_train, x_train.shape, x_train.dtype)
print("2 * x_train**2   ", 2 * x_train**2)
print("their mean       ", y_train.mean(), "as a Python number:", y_train.mean().item())
print("from whole numbers", torch.tensor([1, 2, 3]).dtype, " from NumPy", torch.tensor(np.ones(3)).dtype)

# %% [markdown]
# The parabola is $2x^2$, so $\theta = (0, 0, 2)$: the constant first, as in lab 04.
# Tensors hold **float32** by default, numbers with about 7 digits instead of 16: half the memory, and twice as many fit through a processor at once.
# A tensor made of whole numbers stays whole, and that has a consequence.
# In this course torch's frequent errors come with plain words; inside `with checks.explained():` a cell shows an error on purpose, and goes on.

# %% [show]
with checks.explained():
    torch.tensor([1, 2, 3], requires_grad=True)

# %% [markdown]
# One thing to know about the bridge to NumPy.
# **Predict**: after the third line of the next cell, which of the two tensors has changed?

# %% [show]
array = np.array([1.0, 2.0, 3.0])
shared, copied = torch.from_numpy(array), torch.tensor(array)
array[0] = 99
print("from_numpy:", shared, "\ntensor:    ", copied, "\nback:      ", copied.numpy())

# %% [markdown]
# `from_numpy` looks at the very same memory, `torch.tensor` makes a copy.

# %% [markdown]
# ### Exercise 6.1 · a model in torch · 2 points · 6 minutes · ●○○
#
# Write `predict(theta, x)` of lab 04 again, with tensors: $\hat y_i = \theta_0 + \theta_1 x_i + \dots + \theta_k x_i^k$.
#
# | argument | | |
# |---|---|---|
# | `theta` | tensor of shape `(k + 1,)` | the constant first; its length tells the degree |
# | `x` | tensor of shape `(n,)` | the inputs |
# | returns | tensor of shape `(n,)` | computed by torch from `theta` itself, so that a gradient can flow back |
#
# Most of NumPy has a twin of the same name in torch: `torch.arange`, `torch.stack`, `torch.zeros`, `@`, `sum`, `**`.
# Where NumPy says `axis`, torch says `dim`.
#
# <details><summary>Where do I start?</summary>
#
# Take one coefficient, `theta[k]`, and the whole array `x`. Which shape has its term? What do you do with all the terms?
# </details>
# <details><summary>The check says that the graph is cut, or that NumPy gets a tracked tensor</summary>
#
# In the second part of the check, `theta` is tracked: torch writes down every operation on it. Which of your lines makes a plain number or an array out of it? `.item()`, `float(…)`, `np.…` and `torch.tensor(…)` all do.
# </details>

# %% [exercise] id="predict"
def predict(theta, x):
    """Return the value of a polynomial at each input.

    theta   : tensor of shape (k + 1,), the constant first
    x       : tensor of shape (n,)
    returns : tensor of shape (n,)
    """
    # BEGIN SOLUTION
    powers = torch.arange(len(theta))
    return (x[:, None] ** powers) @ theta
    # END SOLUTION

# %% [checks] exercise="predict" id="check_predict_by_hand" points=1
parabola = ([1.0, -3.0, 2.0], [-2.0, 0.5, 3.0, 4.0, 10.0], [15.0, 0.0, 10.0, 21.0, 171.0])
quartic = ([2.0, 0.0, -1.0, 0.5, 1.0], [-2.0, 2.0, 3.0, -3.0, 4.0, 0.5, 5.0], [10, 18, 87.5, 60.5, 274, 1.875, 664.5])
checks.tracks(predict, [parabola, quartic])

# %% [checks] exercise="predict" id="check_predict_any" points=1
# Other degrees are tried when your work is graded.
# BEGIN HIDDEN TESTS
rng = checks.rng("predict")
sizes = [(1, 5), (2, 7), (6, 7), (4, 5)]
drawn = [(rng.uniform(0.5, 2, k) * rng.choice([-1, 1], k), rng.uniform(-2, 2, n)) for k, n in sizes]
checks.tracks(predict, [(theta, x, np.polynomial.polynomial.polyval(x, theta)) for theta, x in drawn])
# END HIDDEN TESTS

# %% [markdown]
# ## A trap without an error
#
# You know the mean squared error: the mean of the squares of predictions minus targets.
# Networks return their predictions as a *column*, of shape `(n, 1)`, and targets often have the shape `(n,)`.

# %% [markdown]
# ### Exercise 6.2 · foresee: perfect predictions · 1 point · 3 minutes · ●●○
#
# A model is perfect: for the targets 1, 2, 3 it predicts 1, 2, 3.
#
# ```python
# predictions = torch.tensor([[1.0], [2.0], [3.0]])   # shape (3, 1)
# targets = torch.tensor([1.0, 2.0, 3.0])             # shape (3,)
# ((predictions - targets) ** 2).mean()
# ```
#
# **Predict** with a pencil which number comes out, and write it into `column_loss`; two decimals are enough.
#
# <details><summary>Is it not 0?</summary>
#
# It would be for equal shapes. Which shape has a column minus a row, in NumPy and in torch? Draw it and fill it in.
# </details>

# %% [exercise] id="column_loss"
column_loss = None  # one number
# BEGIN SOLUTION
column_loss = 4 / 3
# END SOLUTION

# %% [checks] exercise="column_loss" id="check_column_loss" points=1
checks.column_minus_row(column_loss, targets=(1, 2, 3))

# %% [show]
predictions, targets = torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([1.0, 2.0, 3.0])
print(predictions - targets, "\nmean of the squares:", ((predictions - targets) ** 2).mean().item())
print("shapes made equal:", ((predictions.squeeze(1) - targets) ** 2).mean().item())
for loss in (nn.BCELoss(), nn.BCEWithLogitsLoss()):
    print(f"\n{loss}")
    with checks.explained():
        loss(predictions / 4, targets / 4)

# %% [markdown]
# Every prediction was compared with every target, and a perfect model got the loss 1.33; in training, it would learn to predict the mean of the targets for everything.
# `nn.MSELoss` only warns about it, and the two losses for yes-or-no targets refuse: compare shapes before you subtract.

# %% [markdown]
# ## Gradients by themselves
#
# By hand, $f(x) = x^3 - 3x$ has the slope $f'(x) = 3x^2 - 3$: 0 at $x = 1$ and 9 at $x = 2$.
# `requires_grad=True` makes a tensor **tracked**: torch records each operation on it.
# `backward()` walks back through the record, and leaves the slope in `x.grad`.

# %% [setup]
def cubic(x):
    """The polynomial x³ − 3x."""
    return x**3 - 3 * x

# %% [show]
for place in (1.0, 2.0):
    x = torch.tensor(place, requires_grad=True)  # 1. track x
    y = cubic(x)                                 # 2. forward: compute, and record
    y.backward()                                 # 3. backward: the chain rule, from y to x
    print(f"f({place}) = {y.item():g}, f'({place}) = {x.grad.item():g}")

# %% [markdown]
# A slide that many people have copied writes `f.backward()`, where `f` is the *function*.
# **Predict**: what does Python say to that, and why can it not work?

# %% [show]
with checks.explained():
    cubic.backward()

# %% [markdown]
# There is a second way to the gradient, which leaves nothing behind in `.grad`:
#
# | | `y.backward()`, then `x.grad` | `torch.autograd.grad(y, x)` |
# |---|---|---|
# | result | is *added* to `.grad` of every tracked tensor behind `y` | is returned, as a tuple with one gradient for each input |
# | best for | training loops with many parameters | one gradient, and gradients of gradients |
#
# Both start from one number.
# **Predict**: what happens if `y` holds several?

# %% [show]
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
with checks.explained():
    cubic(x).backward()

# %% [markdown]
# ### Exercise 6.3 · slopes at many places · 2 points · 6 minutes · ●●○
#
# Write `derivative(f, x)`: the slope of `f` at each of $n$ places, found by torch.
#
# | argument | | |
# |---|---|---|
# | `f` | function: tensor → tensor of the same shape | works on each entry for itself, like `cubic` |
# | `x` | tensor of shape `(n,)` | not tracked; your caller's, so make your own from it: `x.detach().clone()` |
# | returns | tensor of shape `(n,)` | $f'(x_i)$ at each place |
#
# <details><summary>"grad can be implicitly created only for scalar outputs"</summary>
#
# A gradient belongs to one number, and you have $n$ of them. Entry $i$ of the output depends on $x_i$ alone. If you put the $n$ numbers together into one, in such a way that each counts fully, what is the slope of that number by $x_i$?
# </details>
# <details><summary>My result is None</summary>
#
# `.grad` is filled only in tensors that you made yourself and asked to be tracked, not in those computed from them. Of which tensor do you ask it?
# </details>

# %% [exercise] id="derivative"
def derivative(f, x):
    """Return the slope of a function at many places.

    f       : function that works on each entry of a tensor for itself
    x       : tensor of shape (n,), not tracked
    returns : tensor of shape (n,)
    """
    # BEGIN SOLUTION
    tracked = x.detach().clone().requires_grad_()
    f(tracked).sum().backward()
    return tracked.grad
    # END SOLUTION

# %% [setup]
def half_frozen(x):
    """x times x, where torch is told to take the second x for a constant."""
    return x * x.detach()


def ripple(height, speed, growth):
    """Make the function height · sin(speed · x) + exp(growth · x)."""
    def f(x):
        return height * torch.sin(speed * x) + torch.exp(growth * x)
    return f

# %% [checks] exercise="derivative" id="check_derivative_by_hand" points=1
checks.derives(derivative, [
    (checks.given(cubic), [-2.0, -0.5, 0.3, 1.5, 2.0], [9.0, -2.25, -2.73, 3.75, 9.0]),
    (checks.given(half_frozen), [-3.0, 0.5, 2.0, 4.0, 5.0], [-3.0, 0.5, 2.0, 4.0, 5.0]),
])

# %% [checks] exercise="derivative" id="check_derivative_any" points=1
# Other functions are tried when your work is graded.
# BEGIN HIDDEN TESTS
rng = checks.rng("derivative")
tried = []
for n in (5, 7):
    (height, speed, growth), places = rng.uniform([1, 0.5, 0.3], [3, 2, 0.9]), rng.uniform(-2, 2, n)
    right = height * speed * np.cos(speed * places) + growth * np.exp(growth * places)
    tried.append((checks.given(ripple, height, speed, growth), places, right))
checks.derives(derivative, tried)
# END HIDDEN TESTS

# %% [markdown]
# Here is the polynomial above its slope; the slope is drawn by your own function.
# **Predict** before you run it: where does the lower curve cross zero, and what does the upper one do there?

# %% [show]
places = torch.linspace(-2.2, 2.2, 111)
heights, slopes = cubic(places), derivative(cubic, places)
figure, (upper, lower) = figures.grid(2, 1, height=4.6, sharex=True)
upper.plot(places, heights, **figures.LINES["truth"] | {"label": "x³ − 3x"})
lower.plot(places, slopes, **figures.LINES["model"] | {"label": "its slope, by torch"})
lower.axhline(0, color=figures.INK, linewidth=1)
for axes in (upper, lower):
    axes.plot([-1, 1], [2, -2] if axes is upper else [0, 0], "o", color=figures.VERMILLION)
    axes.legend(loc="upper center")
lower.set(xlabel="x")
told = [figures.describe(*curve) for curve in (("x³ − 3x", places, heights), ("Slope", places, slopes))]
figures.show(figure, f"{'. '.join(told)}. The slope is zero at −1, a maximum, and at 1, a minimum.")

# %% [markdown]
# `half_frozen`, the other function of the check, computes `x * x.detach()`; **detached**, a tensor has the same numbers and no record.
# **Predict**: at $x = 3$, which slope does torch find, and which one do you measure from two values of the function?

# %% [show]
x, h = torch.tensor([3.0]), 0.01
print("found by torch:", derivative(half_frozen, x).item())
print("measured:      ", ((half_frozen(x + h) - half_frozen(x - h)) / (2 * h)).item())

# %% [markdown]
# torch differentiates what it *recorded*: to it, the second factor is a constant.
#
# ## The graph behind a number
#
# Where is the record? Each computed tensor has a `grad_fn`: the node of the graph that made it.
# A node knows its VJP, the values that this needs, and the nodes behind it.
# Slides draw the graph of $x^3 - 3x$ with an addition at its end, $z_1 + z_2$ with $z_2 = -3x$.
# **Predict**: with which operation does torch end?

# %% [setup]
def draw_graph(end, **tensors):
    """Draw torch's graph behind a tensor; the tensors in it are known by name."""
    owners = {tensor.grad_fn: tensor for tensor in tensors.values() if tensor.grad_fn}
    drawn = {}

    def node(function):
        if function not in drawn:
            tensor = owners[function] if function in owners else function.variable
            parents = [node(behind) for behind, _ in function.next_functions if behind]
            numbers = {"value": tensor.detach().numpy(), "grad": tensor.grad.numpy()}
            operation = function.name().removesuffix("Backward0") if parents else "leaf x"
            drawn[function] = SimpleNamespace(**numbers, parents=parents, op=operation)
        return drawn[function]

    graph.show(node(end.grad_fn))

# %% [show]
x = torch.tensor(1.0, requires_grad=True)
z1, z2 = x**3, 3 * x
f = z1 - z2
for tensor in (z1, z2, f):
    tensor.retain_grad()  # keep the adjoints in between too, to look at them
f.backward(retain_graph=True)
print(f"z1 = {z1.item():g}, z2 = {z2.item():g}, f = {f.item():g}, slope = {x.grad.item():g}")
draw_graph(f, z1=z1, z2=z2, f=f)

# %% [markdown]
# It is a subtraction: torch writes down what you wrote, so that 3 comes back along one path and −3 along the other.
# The leaf is a node called `AccumulateGrad`: there the adjoint is added to `x.grad`.
# Another slide computes local gradients with `h.grad_fn(z)`, as if the *function* $h$ had a `grad_fn`; only computed tensors have one.
# What exists: each node knows the nodes behind it, in `next_functions`, and calling a node with an adjoint is its VJP, one step back.

# %% [show]
print("behind", f.grad_fn.name(), "are", [behind.name() for behind, _ in f.grad_fn.next_functions])
to_z1, to_z2 = f.grad_fn(torch.tensor(1.0))  # from f to z1 and z2
(power, _), (times, _) = f.grad_fn.next_functions
from_power, from_times = power(to_z1), times(to_z2)[0]
print(f"f to z1: {to_z1.item():g}, z1 to x: {from_power.item():g}")
print(f"f to z2: {to_z2.item():g}, z2 to x: {from_times.item():g}")
print("both paths together:", (from_power + from_times).item())

# %% [markdown]
# ### Exercise 6.4 · walk the graph · optional · 10 minutes · ●●○
#
# Write `operations(y)`: the names of all nodes behind the tensor `y`, as a list in any order, each node once.
# You need `y.grad_fn`, and of a node `name()` and `next_functions`, a tuple of pairs; the first of each pair is a node, or None where a constant stands.
#
# <details><summary>Where do I start?</summary>
#
# You did this in lab 05 with `parents`. What tells you that you have met a node before, although another node may have the same name?
# </details>

# %% [exercise] id="operations" optional=true
def operations(y):
    """Return the names of all nodes of the graph behind a tensor, each node once."""
    # BEGIN SOLUTION
    waiting, met = [y.grad_fn], set()
    while waiting:
        function = waiting.pop()
        if function is not None and function not in met:
            met.add(function)
            waiting += [behind for behind, _ in function.next_functions]
    return [function.name() for function in met]
    # END SOLUTION

# %% [setup]
def uneven(x):
    """An uneven diamond, as in lab 05: h goes two ways, and one is longer."""
    h = torch.tanh(x)
    return 3 * h + 4 * torch.tanh(2 * h)

# %% [checks] exercise="operations" id="check_operations" points=0
mul, tanh, leaf = "MulBackward0", "TanhBackward0", "AccumulateGrad"
checks.lists_operations(operations, [
    (checks.given(cubic), ["SubBackward0", "PowBackward0", mul, leaf]),
    (checks.given(uneven), ["AddBackward0", mul, mul, mul, tanh, tanh, leaf]),
])

# %% [markdown]
# ## Gradients add up
#
# In the engine of lab 05, leaves keep the adjoint that they have and add to it, pass after pass.
# torch does the same with `.grad`, and it never clears it by itself.

# %% [markdown]
# ### Exercise 6.5 · foresee: three passes · 1 point · 3 minutes · ●○○
#
# ```python
# x = torch.tensor(2.0, requires_grad=True)
# cubic(x).backward()      # first: what is x.grad now?
# cubic(x).backward()      # second: and now?
# x.grad = None            # clears it
# cubic(x).backward()      # third: and now?
# ```
#
# **Predict** the three values of `x.grad`, and write them into `gradients_seen`.
#
# <details><summary>What is the slope of cubic at 2?</summary>
#
# Differentiate $x^3 - 3x$ on paper, then put 2 in.
# </details>

# %% [exercise] id="gradients_seen"
gradients_seen = None  # three numbers: after the first, the second, the third pass
# BEGIN SOLUTION
gradients_seen = [9, 18, 9]
# END SOLUTION

# %% [checks] exercise="gradients_seen" id="check_gradients_seen" points=1
checks.foresees_gradients(gradients_seen, value=2, slope=9)

# %% [markdown]
# Each pass above computed `cubic(x)` anew, and so made a new graph.
# **Predict**: what if you go back twice through the *same* graph?

# %% [show]
x = torch.tensor(2.0, requires_grad=True)
y = cubic(x)
y.backward()
with checks.explained():
    y.backward()
y = cubic(x)
y.backward(retain_graph=True)
with checks.explained():
    y.backward()
print("x.grad after the three passes that worked:", x.grad.item())

# %% [markdown]
# A graph holds all values that its derivatives need; torch frees them as soon as they have been used, unless you say `retain_graph=True`.
# In a training loop that is nearly always the wrong cure for this message: something that should be computed anew in each round is computed once, above the loop.

# %% [markdown]
# ## The loop of four lines
#
# An **optimizer** holds the parameters and moves them; `SGD` (stochastic gradient descent) with nothing but a learning rate is the plain step that you know: $\theta \leftarrow \theta - \lambda \nabla L$.
# Your notes may say that it goes "in the direction of the gradient": it goes *against* it, or the loss would grow; and `\theta[1]` in their forward pass is LaTeX which slipped into Python: write `theta[1]`.
# Here is the loop, on the landscape of lab 02:

# %% [show]
w = torch.tensor(2.0, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.02)
for step in range(6):
    optimizer.zero_grad()           # 1. clear the old gradient
    height = w**4 - 3 * w**2 + w    # 2. forward: compute, and record the graph
    height.backward()               # 3. backward: one VJP after the other, down to w
    optimizer.step()                # 4. step: move w, against its gradient
    print(f"step {step}: height {height.item():7.4f}, slope {w.grad.item():8.4f}, then w = {w.item():.4f}")

# %% [markdown]
# Now stand between the lines. In the next cell torch runs the same loop, and each *Step* is one line of it.
# The table shows what `w` and `loss` hold afterwards; what the line has changed is marked.
# **Predict** for each of the four lines: which of `.data`, `.grad` and `.grad_fn` does it change, and whose?

# %% [show]
widgets.Loop(lambda w: w**4 - 3 * w**2 + w, start=2.0, code="loss = w**4 - 3 * w**2 + w")

# %% [markdown]
# Forward makes the graph, of which `loss.grad_fn` is the end; backward fills `w.grad` and nothing else; the step changes `w.data` and nothing else.
# After the step, the loss in the table is that of the old `w`.
#
# **Predict**, before you unfold it: what happens if you leave out one line, and only that one?
#
# <details><summary>Without line 1, 2, 3, 4</summary>
#
# Without 1, gradients of old steps are added to the new one; that comes in a moment.
# With line 2 *above* the loop, "Trying to backward through the graph a second time".
# Without 3, `w.grad` stays None, the optimizer skips `w`, and nothing moves; there is no error.
# Without 4, nothing moves either.
# </details>

# %% [markdown]
# ### Exercise 6.6 · fit any model · 4 points · 12 minutes · ●●○
#
# In lab 03 you wrote a training loop that needed a model, a loss, *and its gradient*.
# Write it again: `fit(model, x, y, theta0, learning_rate, n_steps)` minimises the mean of the squares of predictions minus targets, and torch finds the gradient.
#
# | argument | | |
# |---|---|---|
# | `model` | function `(theta, x) -> (n,)` | any model, such as your `predict` |
# | `x`, `y` | tensors of shape `(n,)` | inputs and targets |
# | `theta0` | tensor of shape `(d,)` | initial guess; it stays as it is, and is not tracked |
# | `learning_rate`, `n_steps` | numbers | λ, and how many steps |
# | returns | tensor of shape `(d,)`, list of numbers | the last theta, detached; the loss before each step, `n_steps` Python numbers |
#
# <details><summary>Where do I start?</summary>
#
# Two things stand above the loop: a tensor that may move and is tracked, and somebody who moves it. Why must the tensor not be `theta0` itself?
# </details>
# <details><summary>"can't optimize a non-leaf Tensor"</summary>
#
# The optimizer moves only tensors that were not computed from tracked ones. In which order do you copy, and ask for tracking?
# </details>
# <details><summary>My loss does not change</summary>
#
# Print `theta.grad` after the backward pass. Is it None? Then the loss was computed from another tensor than the one you track. Is it zero? Then look at the order of your four lines.
# </details>
# <details><summary>The check says that my losses keep the graph alive</summary>
#
# A loss is a tensor with its whole graph behind it. How did the cell above get a plain number out of `height`?
# </details>

# %% [exercise] id="fit"
def fit(model, x, y, theta0, learning_rate, n_steps):
    """Minimise the mean squared error of a model by gradient descent.

    model   : function (theta, x) -> predictions of shape (n,)
    x, y    : tensors of shape (n,)
    theta0  : tensor of shape (d,), not tracked; stays as it is
    returns : theta, tensor of shape (d,); losses, a list of n_steps Python numbers
    """
    # BEGIN SOLUTION
    theta = theta0.clone().requires_grad_()
    optimizer = torch.optim.SGD([theta], lr=learning_rate)
    losses = []
    for _ in range(n_steps):
        optimizer.zero_grad()
        loss = torch.mean((model(theta, x) - y) ** 2)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return theta.detach(), losses
    # END SOLUTION

# %% [setup]
def line(theta, x):
    """A straight line."""
    return theta[0] + theta[1] * x


def wave(theta, x):
    """A wave: how high, how fast, how far shifted up."""
    return theta[0] * torch.sin(theta[1] * x) + theta[2]

# %% [checks] exercise="fit" id="check_fit_line" points=2
checks.trains_by_autograd(
    fit, checks.given(line), x=[-1.5, 0.5, 2.0, 3.0, 4.5], y=[2.0, 1.5, -1.0, 0.5, -2.5],
    theta0=[0.8, 1.7], learning_rate=0.037, n_steps=6,
)

# %% [checks] exercise="fit" id="check_fit_any" points=2
# Other models are tried when your work is graded.
checks.trains_by_autograd(
    fit, checks.given(wave), x=[-2.0, -0.7, 0.4, 1.1, 2.3, 2.9, 3.6], y=[0.5, -1.0, 1.2, 2.0, 0.3, -0.4, 1.0],
    theta0=[1.4, 0.6, -0.3], learning_rate=0.083, n_steps=5,
)
# BEGIN HIDDEN TESTS
rng = checks.rng("fit")
for model, d, n, n_steps in ((wave, 3, 5, 7), (line, 2, 7, 4)):
    x, y, theta0 = rng.uniform(-2, 2, n), rng.uniform(1, 3, n), rng.uniform(0.4, 1.2, d)
    rate = float(rng.uniform(0.03, 0.09))
    checks.trains_by_autograd(fit, checks.given(model), x, y, theta0=theta0, learning_rate=rate, n_steps=n_steps)
# END HIDDEN TESTS

# %% [markdown]
# Now the three points from the beginning, from a random initial guess.
# `torch.randn(3)` draws one; for a guess that you track yourself you would write `theta = torch.randn(3, requires_grad=True)`.
# **Predict**: the true theta is (0, 0, 2); how near are 1000 steps with λ = 0.01?

# %% [show]
guess = torch.randn(3, generator=torch.Generator().manual_seed(6))
theta, losses = fit(predict, x_train, y_train, guess, 0.01, 1000)
inputs = torch.linspace(0.5, 3.5, 100)
axes = figures.axes("Three points, fitted by torch", "x", "y")
axes.plot(inputs, predict(guess, inputs), color=figures.BLUE, linestyle=":", label="random guess")
axes.plot(inputs, 2 * inputs**2, **figures.LINES["truth"])
axes.plot(inputs, predict(theta.detach(), inputs), **figures.LINES["model"])
axes.plot(x_train, y_train, **figures.LINES["data"])
axes.legend()
told = f"theta = {[round(value, 3) for value in theta.tolist()]}, loss from {losses[0]:.3g} to {losses[-1]:.2g}"
figures.show(axes, f"Three points (1, 2), (2, 8), (3, 18) and the fitted parabola, which passes near them: {told}.")
print(told)

# %% [markdown]
# The curve fits, and theta is still off: the points at 1, 2, 3 make a narrow ravine, as you saw in lab 03.
# Is it the same as by hand? The next cell does the same steps with the formula of lab 04, in NumPy.

# %% [setup]
def descend_by_hand(x, y, theta0, learning_rate, n_steps):
    """Gradient descent on the mean squared error of a polynomial, with lab 04's formula."""
    table, theta, losses = np.vander(x, len(theta0), increasing=True), np.array(theta0, dtype=float), []
    for _ in range(n_steps):
        residuals = table @ theta - y
        losses.append(residuals @ residuals / len(y))
        theta = theta - learning_rate * (2 / len(y) * table.T @ residuals)
    return theta, losses

# %% [show]
zeros = torch.zeros(3)
theta, losses = fit(predict, x_train, y_train, zeros, 0.01, 1000)
by_hand, hand_losses = descend_by_hand(x_train.numpy(), y_train.numpy(), zeros.numpy(), 0.01, 1000)
print("torch:   ", theta.tolist(), "\nby hand: ", by_hand.tolist())
for step in (0, 1, 2, 5, 200, 999):
    print(f"step {step:3d}: loss {losses[step]:.5g} by torch, {hand_losses[step]:.5g} by hand")

# %% [markdown]
# They agree to the digits that float32 has.
# You threw a formula away and lost nothing.

# %% [markdown]
# ## The forgotten line
#
# The most frequent mistake in all of PyTorch is a missing `zero_grad()`: no error, no warning.
# Go back to the loop that you stepped through, take the tick from *with zero_grad()*, and go through two rounds: in the second one, line 3 adds 7.297 to 21.
# Then choose *the end*, and compare the two walks.
#
# Now on the three points of the parabola.
# **Predict**: compared with the right loop, what is different after one step? After two?

# %% [setup]
def descend(model, clear, memory=0.0, n_steps=1000):
    """Train on the three points from zero, with λ = 0.01; return losses and all thetas."""
    theta = torch.zeros(3, requires_grad=True)
    sgd = torch.optim.SGD([theta], lr=0.01, momentum=memory)
    losses, path = [], [theta.detach().clone()]
    for _ in range(n_steps):
        if clear:
            sgd.zero_grad()
        gap = model(theta, x_train) - y_train
        (gap**2).mean().backward()
        sgd.step()
        losses.append((gap.detach() ** 2).mean().item())
        path.append(theta.detach().clone())
    return losses, path

# %% [show]
right, right_path = descend(predict, clear=True)
forgotten, forgotten_path = descend(predict, clear=False)
print("loss before step   " + "".join(f"{step:9d}" for step in (0, 1, 2, 3, 5, 10, 20, 50, 999)))
for name, losses in (("right", right), ("forgotten", forgotten)):
    print(f"{name:19}" + "".join(f"{losses[step]:9.3g}" for step in (0, 1, 2, 3, 5, 10, 20, 50, 999)))
print("\nafter 1 step the thetas differ by", (right_path[1] - forgotten_path[1]).tolist())
gap = (right_path[2] - forgotten_path[2]) / 0.01
print("after 2 steps by λ times", gap.tolist(), "\nthe first gradient is    ", (-right_path[1] / 0.01).tolist())

# %% [markdown]
# The first step is right, because there is nothing to clear.
# The second one adds the first gradient once more, the third adds both old ones, and so on: step $t$ is $-\lambda\,(g_0 + g_1 + \dots + g_t)$.
# So each move keeps the whole move before it, and adds a new one.
# That is **momentum with memory 1** (the end of lab 02 had it with memory 0.6): a ball that rolls without any friction.

# %% [show]
rolling, _ = descend(predict, clear=True, memory=1.0)
print("largest difference between 'forgotten' and momentum 1:", max(abs(a - b) for a, b in zip(forgotten, rolling)))
axes = figures.axes("The three points, λ = 0.01", "step", "loss")
axes.semilogy(right[:150], color=figures.VERMILLION, label="right")
axes.semilogy(forgotten[:150], color=figures.PURPLE, linestyle="--", label="zero_grad forgotten")
axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
figures.show(axes, f"Loss over 150 steps, logarithmic. Right: from {right[0]:.3g} down to {right[149]:.2g}. "
             f"Forgotten: swings between {min(forgotten[:150]):.2g} and {max(forgotten[:150]):.3g} for ever.")

# %% [markdown]
# A ball without friction swings through the valley for ever: it never runs away, and it never comes to rest.
# The loss fell from 131 to 8 at first, and that is what fools people: they stop looking, or they blame the learning rate.
# Move the memory below 1, and friction returns.

# %% [show]
def roll(memory=0.9):
    losses, _ = descend(predict, clear=True, memory=memory, n_steps=200)
    axes = figures.axes(f"memory {memory:g}", "step", "loss", height=2.8)
    axes.semilogy(losses, color=figures.VERMILLION)
    axes.set_ylim(1e-4, 300)
    figures.show(axes, f"With memory {memory:g} the loss goes from {losses[0]:.3g} to {losses[-1]:.2g} in 200 steps.")


interact(roll, memory=FloatSlider(value=0.9, min=0, max=1, step=0.05));

# %% [markdown]
# ## Find the mistake
#
# A friend writes: *"My training loop has the lines forward, backward, step. The loss fell from 131 to 8 in one step, so the loop is right. Then it jumped to 63 and to 161: I think the learning rate is too large."*
# In three to five sentences, answer your friend:
#
# 1. which line is missing, and what does `backward()` do to `.grad` that makes it necessary;
# 2. why the first step says nothing about this mistake;
# 3. how the losses would look if the learning rate were too large, and what they do instead.
#
# Write into the next cell. It is read by a person, and gives 3 points: one for each part.

# %% [answer] [markdown] id="explain_forgotten" points=3
# **Sample answer.**
# `optimizer.zero_grad()` is missing: `backward()` adds the new gradient to what stands in `.grad`, so each step uses the sum of all gradients so far.
# Before the first step `.grad` is empty, and a sum of one gradient is that gradient, so the first step is the same with and without the line.
# With a learning rate that is too large, the loss would grow without end, by about the same factor at each step, until it is inf or nan.
# Here it stays below about 161 and comes down again and again: it swings like a ball without friction, which is momentum with memory 1.
#
# **Rubric**, one point each.
# (1) Names `zero_grad()` (or `theta.grad = None`) and says that `backward()` adds to `.grad` instead of writing over it.
# (2) Says that there is no old gradient to add at the first step.
# (3) Says that too large a λ makes the loss grow without bound (inf, nan), while here it swings: comes down again, or stays bounded. Half a point for only one of the two.

# %% [markdown]
# ## An optimizer of your own
#
# What does `optimizer.step()` do? Try it by hand.
# **Predict**: two lines of the next cell contain `0.1 * theta.grad`. Which one gives an error, and what is wrong with the other?

# %% [show]
theta = torch.tensor([1.0, 2.0], requires_grad=True)
(theta**2).sum().backward()
with checks.explained():
    theta -= 0.1 * theta.grad
theta = theta - 0.1 * theta.grad
print("a new tensor:", theta, "leaf:", theta.is_leaf)

# %% [markdown]
# The first line changes a tracked tensor **in place**, and its old value, which the graph may need, would be gone.
# The second makes a *new* tensor, computed from the old one: it is no **leaf** of the graph any more, its `.grad` stays None, and whoever held the old theta still has the old numbers.
# The cure: a step is no part of the model, so it happens inside `with torch.no_grad():`, where torch records nothing.

# %% [markdown]
# ### Exercise 6.7 · your own step · 3 points · 8 minutes · ●●○
#
# Write `sgd_step(parameters, learning_rate)`: one step of gradient descent for several tensors, and then their gradients are cleared.
#
# | argument | | |
# |---|---|---|
# | `parameters` | several tracked tensors, in a list or from a generator | each is changed in place |
# | `learning_rate` | number | λ |
#
# A tensor whose `.grad` is None had no part in the loss: it stays where it is.
# Nothing is returned.
#
# <details><summary>My parameters do not move</summary>
#
# `p = p - …` gives the name `p` to a new tensor; your caller still holds the old one. Which ways of writing change the tensor itself?
# </details>
# <details><summary>"a leaf Variable that requires grad is being used in an in-place operation"</summary>
#
# Which part of your code is a step, and no part of the model? Who must not record it?
# </details>
# <details><summary>It works for a list, and not for a generator</summary>
#
# A generator hands out each tensor once. How often do you walk through `parameters`?
# </details>

# %% [exercise] id="sgd_step"
def sgd_step(parameters, learning_rate):
    """Move each tensor against its gradient, in place, and clear the gradient.

    parameters : list or generator of tracked tensors; one without gradient stays as it is
    """
    # BEGIN SOLUTION
    with torch.no_grad():
        for parameter in parameters:
            if parameter.grad is not None:
                parameter -= learning_rate * parameter.grad
                parameter.grad = None
    # END SOLUTION

# %% [checks] exercise="sgd_step" id="check_sgd_step_list" points=1
checks.steps_in_place(sgd_step, start=[3.0, -2.0, 1.5, 0.5, 4.0, -1.0, 2.0, -0.5, 1.0], learning_rate=0.13, n_steps=4)

# %% [checks] exercise="sgd_step" id="check_sgd_step_generator" points=2
start = [-1.0, 2.5, 0.5, 3.0, -2.0, 1.0, 0.7, 4.0, -3.0]
checks.steps_in_place(sgd_step, start=start, learning_rate=0.21, n_steps=5, generator=True)
# BEGIN HIDDEN TESTS
rng = checks.rng("sgd_step")
for generator in (True, False):
    start, rate = rng.uniform(1, 4, 9) * rng.choice([-1, 1], 9), float(rng.uniform(0.05, 0.3))
    checks.steps_in_place(sgd_step, start=start, learning_rate=rate, n_steps=6, generator=generator)
# END HIDDEN TESTS

# %% [markdown]
# ## Values that must not be overwritten
#
# In-place changes have a second way to hurt.
# **Predict**: the cell below computes a value, adds 1 to it in place, and goes backward, for three functions. For which of them does the backward pass fail? Think of what each derivative is made of.

# %% [show]
for function in (torch.sqrt, torch.tanh, torch.sin):
    x = torch.tensor([1.0, 4.0], requires_grad=True)
    y = function(x)
    y += 1
    print(f"\n{function.__name__}:")
    with checks.explained():
        y.sum().backward()

# %% [markdown]
# The slope of $\sqrt x$ is $1 / (2\sqrt x)$, that of tanh is $1 - \tanh^2 x$: both are computed from the *result*, which was overwritten.
# The slope of sine is the cosine of the *input*, and that is still there.
# torch counts how often each tensor is changed, and refuses rather than return a wrong gradient.

# %% [markdown]
# ## Derivatives of derivatives
#
# A gradient is computed too, so torch can differentiate it again, if you ask it to record that computation: `create_graph=True`.
# **Predict**: what is missing if you forget it?

# %% [show]
x = torch.tensor([0.5, 1.0], requires_grad=True)
(first,) = torch.autograd.grad(torch.tanh(x).sum(), x)
with checks.explained():
    torch.autograd.grad(first.sum(), x)
(first,) = torch.autograd.grad(torch.tanh(x).sum(), x, create_graph=True)
(second,) = torch.autograd.grad(first.sum(), x)
print("first: ", first.tolist(), "\nsecond:", second.tolist())

# %% [markdown]
# ### Exercise 6.8 · the n-th derivative · 2 points · 6 minutes · ●●○
#
# Write `nth_derivative(f, x, order)`: the derivative of the given order at each place.
#
# | argument | | |
# |---|---|---|
# | `f` | function: tensor → tensor of the same shape | works on each entry for itself |
# | `x` | tensor of shape `(n,)` | not tracked; stays as it is |
# | `order` | 1, 2, 3, … | how often to differentiate |
# | returns | tensor of shape `(n,)` | |
#
# <details><summary>Where do I start?</summary>
#
# You have the values of a function at the places, with a graph behind them. What do you do to get the values of its derivative, with a graph behind them? And then?
# </details>
# <details><summary>My second derivative has the first one added to it</summary>
#
# Where do your gradients collect? There is a way to the gradient that leaves nothing behind.
# </details>

# %% [exercise] id="nth_derivative"
def nth_derivative(f, x, order):
    """Return a derivative of any order, at many places.

    f       : function that works on each entry of a tensor for itself
    x       : tensor of shape (n,), not tracked
    order   : 1, 2, 3, ...
    returns : tensor of shape (n,)
    """
    # BEGIN SOLUTION
    tracked = x.detach().clone().requires_grad_()
    values = f(tracked)
    for _ in range(order):
        (values,) = torch.autograd.grad(values.sum(), tracked, create_graph=True)
    return values.detach()
    # END SOLUTION

# %% [checks] exercise="nth_derivative" id="check_nth_derivative" points=1
exact = lambda x, k: 2 * 0.5**k * np.sin(0.5 * x + k * np.pi / 2) + 0.8**k * np.exp(0.8 * x)
checks.derives_again(nth_derivative, checks.given(ripple, 2.0, 0.5, 0.8), exact, [-1.5, -0.4, 0.3, 1.2, 2.0])

# %% [checks] exercise="nth_derivative" id="check_nth_derivative_any" points=1
# Other functions and orders are tried when your work is graded.
# BEGIN HIDDEN TESTS
rng = checks.rng("nth_derivative")
for orders in ((3, 2), (4, 3)):
    a, b, c = rng.uniform([1, 0.8, 0.5], [3, 1.6, 0.9])
    exact = lambda x, k, a=a, b=b, c=c: a * b**k * np.sin(b * x + k * np.pi / 2) + c**k * np.exp(c * x)
    checks.derives_again(nth_derivative, checks.given(ripple, a, b, c), exact, rng.uniform(-2, 2, 7), orders=orders)
# END HIDDEN TESTS

# %% [markdown]
# Here are six derivatives of tanh, which you know from lab 05, by your own function.

# %% [show]
places = torch.linspace(-4, 4, 201)
axes = figures.axes("tanh and its six derivatives", "x", "each divided by its largest value")
styles, told = ["-", "--", "-.", ":", (0, (5, 1)), (0, (1, 3))], []
for order, style in enumerate(styles, 1):
    values = nth_derivative(torch.tanh, places, order).detach()
    axes.plot(places, values / values.abs().max(), linestyle=style, label=f"order {order}",
              color=[figures.BLUE, figures.VERMILLION, figures.GREEN][order % 3])
    told.append(f"order {order}: {values.abs().max():.3g}")
axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
figures.show(axes, f"Six curves that swing more and more around 0. Largest sizes: {'; '.join(told)}.")
print("largest sizes:", "; ".join(told))

# %% [markdown]
# ## What a graph costs
#
# A graph keeps values for the backward pass, and with a large network they fill the memory long before the parameters do.
# `Kept` counts the bytes that graphs keep at the moment; torch calls it for each tensor that a node stores.

# %% [setup]
class Kept:
    """A tensor that a graph keeps, and a count of the bytes of all of them."""

    bytes = 0

    def __init__(self, tensor):
        self.tensor = tensor.detach()
        Kept.bytes += tensor.nbytes

    def __del__(self):
        Kept.bytes -= self.tensor.nbytes


counted = torch.autograd.graph.saved_tensors_hooks(Kept, lambda kept: kept.tensor)


def deep(x, depth=20):
    """tanh of tanh of tanh … of x, added up."""
    for _ in range(depth):
        x = torch.tanh(x)
    return x.sum()

# %% [markdown]
# **Predict**: `x` holds 100,000 numbers of 4 bytes, so 0.4 MB. How much does the graph of 20 layers keep, how much of it is left after `del`, and how much does it keep inside `no_grad`?

# %% [show]
x = torch.randn(100_000, requires_grad=True)
with counted:
    loss = deep(x)
    print(f"one graph:               {Kept.bytes / 1e6:5.1f} MB")
    del loss
    print(f"after del loss:          {Kept.bytes / 1e6:5.1f} MB")
    with torch.no_grad():
        loss = deep(x)
    print(f"inside no_grad:          {Kept.bytes / 1e6:5.1f} MB")
    history = [deep(x) for _ in range(10)]
    print(f"a history of 10 losses:  {Kept.bytes / 1e6:5.1f} MB")
    history = [deep(x).item() for _ in range(10)]
    print(f"a history of 10 numbers: {Kept.bytes / 1e6:5.1f} MB")

# %% [markdown]
# A graph lives as long as somebody holds its end: `del` lets go of a name, and the memory follows when no name is left.
# That is why your `fit` stores `loss.item()`, and why predictions for people to look at are made inside `no_grad`.
# On a graphics card, torch keeps freed memory to hand it out again quickly; `torch.cuda.empty_cache()` gives the *unused* part back to other programs, and frees nothing that you still hold.

# %% [markdown]
# ## From least squares to networks
#
# You come from least squares, $\tfrac12\|Xw - y\|^2$: its gradient is $X^\top(Xw - y)$, and you know not to build $X^\top X$.
# **Predict**: does torch build it?

# %% [show]
n, p = 200, 3000
draw = torch.Generator().manual_seed(1)
X, y = torch.randn(n, p, generator=draw), torch.randn(n, generator=draw)
w = torch.randn(p, generator=draw, requires_grad=True)
start = time.perf_counter()
loss = 0.5 * ((X @ w - y) ** 2).sum()
loss.backward()
print(f"forward and backward: {1e3 * (time.perf_counter() - start):.1f} ms")
by_formula = X.T @ (X @ w.detach() - y)
print(f"largest difference to the formula: {(w.grad - by_formula).abs().max():.1e} of {by_formula.abs().max():.3g}")
print(f"in between: X w with {4 * n} bytes; the matrix XᵀX that nobody built: {4 * p * p / 1e6:.0f} MB")

# %% [markdown]
# It does not: forward through $X$, backward through $X^\top$, as in lab 05, and in between $n$ numbers.
# (A slide sets "by hand", with $X^\top X$, against "by PyTorch", without: by hand you need not build it either, and both gradients on that slide forget $y$.)
# The same machine differentiates whatever is made of its operations; here is $\tfrac12 \|\tanh(W_2\, \mathrm{ReLU}(W_1 x + b_1) + b_2) - y\|^2$ from the first page of lab 05, as torch code.
# The slide that it comes from forgets to hand `y` in, and ends with `f.backward()`; you know why that fails.

# %% [setup]
def network_loss(x, y, W1, b1, W2, b2):
    """Half the squared distance between a small network's output and y."""
    hidden = torch.relu(W1 @ x + b1)
    return 0.5 * torch.sum((torch.tanh(W2 @ hidden + b2) - y) ** 2)


def network_gradients(x, y, W1, b1, W2, b2):
    """The four gradients of network_loss by hand, in NumPy: lab 05's VJPs, from the end to the start."""
    inner = W1 @ x + b1
    hidden = np.maximum(inner, 0)
    output = np.tanh(W2 @ hidden + b2)
    at_outer = (output - y) * (1 - output**2)
    at_inner = (W2.T @ at_outer) * (inner > 0)
    return np.outer(at_inner, x), at_inner, np.outer(at_outer, hidden), at_outer

# %% [show]
rng = np.random.default_rng(6)
shapes = {"x": (5,), "y": (3,), "W1": (4, 5), "b1": (4,), "W2": (3, 4), "b2": (3,)}
arrays = {name: rng.normal(size=shape) for name, shape in shapes.items()}
tensors = {name: torch.tensor(array, requires_grad=name not in "xy") for name, array in arrays.items()}
network_loss(**tensors).backward()
for name, by_hand in zip(("W1", "b1", "W2", "b2"), network_gradients(**arrays)):
    found = tensors[name].grad.numpy()
    print(f"{name}: shape {found.shape}, largest difference to lab 05's chain {np.abs(found - by_hand).max():.1e}")

# %% [markdown]
# torch finds the same gradients without one line of chain rule.
#
# ## Layers that know their parameters
#
# Handing `W1, b1, W2, b2` around gets tiresome with a hundred layers.
# An `nn.Linear(a, b)` holds a matrix and a bias, tracks both, and maps inputs of shape `(n, a)` to `(n, b)`.
# Between two of them stands an **activation**, a function that bends, such as tanh or ReLU; without it, two linear layers would be one.
# Layers are modules, and modules are made of modules: you put them together in a class that inherits from `nn.Module`. Here is what you will build.

# %% [setup]
def draw_network(sizes, names, activations):
    """Draw the layers of a network as columns of circles, with what happens between them."""
    axes, reach = figures.axes(height=3.4, width=7.5), max(sizes) / 2
    columns = [[(2 * place, size / 2 - 0.5 - unit) for unit in range(size)] for place, size in enumerate(sizes)]
    for left, right in zip(columns, columns[1:]):
        for ends in product(left, right):
            axes.plot(*zip(*ends), color=figures.INK, linewidth=0.6, alpha=0.5)
    for place, (column, name) in enumerate(zip(columns, names)):
        axes.plot(*zip(*column), "o", color=figures.BLUE, markersize=15)
        axes.text(2 * place, -reach - 0.5, name, ha="center")
    for place, activation in enumerate(activations):
        axes.text(2 * place + 1, reach + 0.1, activation, ha="center")
    axes.set(ylim=(-reach - 0.9, reach + 0.6), xlim=(-0.9, 2 * len(sizes) - 1.1))
    axes.axis("off")
    return axes

# %% [show]
names, arrows = ["input x", "hidden h", "probability"], ["linear1, then tanh", "linear2, then sigmoid"]
axes = draw_network([3, 5, 1], names, arrows)
figures.show(axes, "Three columns of circles: 3 inputs, 5 hidden numbers, 1 output; each circle is joined to all of the "
             f"next column. Between them: {'; '.join(arrows)}.")

# %% [markdown]
# When `__init__` writes `self.linear1 = nn.Linear(…)`, the module notices and **registers** the layer: `parameters()` finds its matrix and bias, and an optimizer can move them.
# `forward(self, x)` says what is computed; you call it as `network(x)`.
# **Predict**: the next class keeps its layers in a plain list. How many parameters does torch find?

# %% [show]
class Hidden(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(3, 5), nn.Linear(5, 1)]  # nn.ModuleList([…]) would be seen


print("parameters in a plain list:", len(list(Hidden().parameters())))
with checks.explained():
    torch.optim.SGD(Hidden().parameters(), lr=0.1)
for name, parameter in nn.Linear(3, 5).named_parameters():
    print(f"one nn.Linear(3, 5): {name} of shape {tuple(parameter.shape)}")

# %% [markdown]
# ### Exercise 6.9 · a classifier · 3 points · 8 minutes · ●●○
#
# Write the class `BinaryClassifier`: linear, tanh, linear, sigmoid, as in the picture.
# The **sigmoid** $1 / (1 + e^{-z})$ brings any number between 0 and 1, so that it can be read as a probability; in torch it is `torch.sigmoid`.
#
# | | | |
# |---|---|---|
# | `BinaryClassifier(input_dim, hidden_dim)` | | how many inputs and how many hidden numbers, in any sizes |
# | `network(x)` | `(n, input_dim)` → `(n, 1)` | n inputs at once, a probability for each |
#
# <details><summary>"cannot assign module before Module.__init__() call"</summary>
#
# Your `__init__` replaces the one of `nn.Module`, which prepares the list of layers. How did the class above call it?
# </details>
# <details><summary>"mat1 and mat2 shapes cannot be multiplied"</summary>
#
# Follow one input: how many numbers go into the first layer, how many come out, how many go into the second?
# </details>
# <details><summary>torch finds no parameters in my network</summary>
#
# Where are the layers made: once, in `__init__`, or anew each time in `forward`? And does `self` hold them?
# </details>

# %% [exercise] id="BinaryClassifier"
class BinaryClassifier(nn.Module):
    """A network with one hidden layer that returns a probability."""

    def __init__(self, input_dim, hidden_dim):
        """Make the layers; input_dim and hidden_dim are whole numbers."""
        # BEGIN SOLUTION
        super().__init__()
        self.linear1 = nn.Linear(input_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, 1)
        # END SOLUTION

    def forward(self, x):
        """Return probabilities of shape (n, 1) for inputs x of shape (n, input_dim)."""
        # BEGIN SOLUTION
        return torch.sigmoid(self.linear2(torch.tanh(self.linear1(x))))
        # END SOLUTION

# %% [checks] exercise="BinaryClassifier" id="check_BinaryClassifier" points=2
checks.classifies(BinaryClassifier, 3, 5, rng=np.random.default_rng(6))

# %% [checks] exercise="BinaryClassifier" id="check_BinaryClassifier_any" points=1
# Other sizes are tried when your work is graded.
# BEGIN HIDDEN TESTS
for sizes in ((7, 4), (2, 9)):
    checks.classifies(BinaryClassifier, *sizes, rng=checks.rng("BinaryClassifier"))
# END HIDDEN TESTS

# %% [markdown]
# Now everything that you wrote in this lab works together: your network, your `sgd_step`, and gradients that nobody derived.
# The data: points in the plane, of class 1 inside a circle and of class 0 outside.
# `nn.BCELoss` measures how far probabilities are from classes 0 and 1; it wants equal shapes, so the targets get an axis.
# **Predict**: can one straight line part these classes? And what will the network draw?

# %% [setup]
def draw_probabilities(network, points, targets):
    """Draw what a network thinks of each place in the plane, and the points that it learned from."""
    across, inside = torch.linspace(-1.5, 1.5, 60), targets[:, 0] > 0.5
    with torch.no_grad():
        height = network(torch.cartesian_prod(across, across)).reshape(60, 60).T
    axes = figures.axes("What the network learned", "$x_0$", "$x_1$", height=4)
    filled = axes.contourf(across, across, height, levels=np.linspace(0, 1, 11), cmap="cividis")
    axes.contour(across, across, height, levels=[0.5], colors="black", linestyles="--")
    axes.plot(*points[inside].T, "o", color="white", markersize=4, markeredgecolor="black")
    axes.plot(*points[~inside].T, "x", color="white", markersize=4)
    axes.figure.colorbar(filled, label="probability of class 1 (circles)")
    axes.set_aspect("equal")
    axes.grid(visible=False)
    told = f"{height[30, 30]:.2f} in the middle, {height[0, 0]:.2f} and {height[-1, -1]:.2f} in two corners"
    figures.show(axes, f"Probability of class 1 over the plane, with {len(points)} points: {told}.")

# %% [show]
torch.manual_seed(3)
points = 3 * torch.rand(300, 2) - 1.5
targets = (points.norm(dim=1) < 0.9).float().unsqueeze(1)
network, bce, losses = BinaryClassifier(2, 8), nn.BCELoss(), []
for _ in range(1500):
    loss = bce(network(points), targets)
    loss.backward()
    sgd_step(network.parameters(), 0.8)
    losses.append(loss.item())
with torch.no_grad():
    right = ((network(points) > 0.5) == (targets > 0.5)).float().mean().item()
print(f"loss from {losses[0]:.3f} to {losses[-1]:.3f}; {right:.0%} of the points on their side")
draw_probabilities(network, points, targets)

# %% [markdown]
# ## Beyond PyTorch
#
# Two other libraries do the same: they record what you compute, or read it from your program, and walk backward with VJPs.
#
# | | the gradient of a loss by theta | the style |
# |---|---|---|
# | PyTorch | `loss.backward()`, then `theta.grad` | tensors carry the graph; write Python as it comes |
# | JAX | `jax.grad(loss)(theta)` | functions in, functions out, like NumPy; compiled as a whole |
# | TensorFlow | `tape.gradient(loss, theta)` after `with tf.GradientTape() as tape:` | a tape that you switch on |
#
# None of them is written in Python where it counts: the operations are C++ for the processor and CUDA for graphics cards.
# **Predict**: how much faster does torch add up a million squares than a loop in Python?

# %% [show]
numbers = torch.rand(1_000_000)
as_list = numbers.tolist()
start = time.perf_counter()
slow = sum(number * number for number in as_list)
middle = time.perf_counter()
fast = (numbers * numbers).sum().item()
end = time.perf_counter()
print(f"Python: {1e3 * (middle - start):6.1f} ms   torch: {1e3 * (end - middle):5.2f} ms")
print(f"difference of the two sums: {abs(slow - fast) / slow:.0e}")

# %% [markdown]
# On a graphics card thousands of such operations run side by side, and many cards share the work when one cannot hold the model.
# The text of your program stays the same: that is how one loop of four lines trains three parameters here, and billions of them elsewhere.

# %% [markdown]
# ## Going further
#
# The rest is optional and gives no points.
#
# ### Exercise 6.10 · curvature along a direction · optional · 10 minutes · ●●●
#
# The Hessian $H$ of lab 02 has $n^2$ entries; its product with *one* direction $v$ costs little more than a gradient.
# Write `hvp(f, x, v)`: `f` makes one number from a tensor of shape `(n,)`, and you return $H v$, of shape `(n,)`, without building $H$.
#
# <details><summary>Where do I start?</summary>
#
# How does the *slope along* $v$, the number $\nabla f(x) \cdot v$, change when $x$ changes? Which operation of this lab answers such questions?
# </details>

# %% [exercise] id="hvp" optional=true
def hvp(f, x, v):
    """Return the Hessian of ``f`` at ``x`` times ``v``; x and v have shape (n,)."""
    # BEGIN SOLUTION
    tracked = x.detach().clone().requires_grad_()
    (slopes,) = torch.autograd.grad(f(tracked), tracked, create_graph=True)
    return torch.autograd.grad(slopes @ v, tracked)[0]
    # END SOLUTION

# %% [setup]
def twisted(x):
    """A landscape in three dimensions."""
    return x[0] ** 2 * x[1] + torch.sin(x[2]) * x[0]

# %% [checks] exercise="hvp" id="check_hvp" points=0
a, b, c, v = 1.5, -2.0, 0.7, np.array([0.5, 2.0, -1.0])
hessian = np.array([[2 * b, 2 * a, np.cos(c)], [2 * a, 0, 0], [np.cos(c), 0, -np.sin(c) * a]])
checks.bends_along(hvp, [(checks.given(twisted), [a, b, c], v, hessian @ v)])

# %% [markdown]
# ### Exercise 6.11 · a rule of your own · optional · 10 minutes · ●●●
#
# torch has a table of VJPs, as your engine had, and you can add a row.
# Write the class `MyTanh`: `forward` returns $\tanh(x)$ and keeps what `backward` needs with `ctx.save_for_backward(…)`; `backward` gets the adjoint `v` of the output and returns that of the input, and finds what was kept in `ctx.saved_tensors`, a tuple.
#
# <details><summary>What shall I keep, x or tanh(x)?</summary>
#
# From which of the two is the derivative cheaper?
# </details>

# %% [exercise] id="MyTanh" optional=true
class MyTanh(torch.autograd.Function):
    """tanh, with a derivative rule of one's own; used as ``MyTanh.apply(x)``."""

    @staticmethod
    def forward(ctx, x):
        """Return tanh(x), and keep what the backward pass needs."""
        # BEGIN SOLUTION
        bent = torch.tanh(x)
        ctx.save_for_backward(bent)
        return bent
        # END SOLUTION

    @staticmethod
    def backward(ctx, v):
        """Return the adjoint of x, from the adjoint v of tanh(x)."""
        # BEGIN SOLUTION
        (bent,) = ctx.saved_tensors
        return v * (1 - bent**2)
        # END SOLUTION

# %% [checks] exercise="MyTanh" id="check_MyTanh" points=0
checks.rules(MyTanh, [-1.5, -0.4, 0.3, 0.9, 2.0])

# %% [markdown]
# `torch.autograd.gradcheck` compares a rule with central differences, the referee of lab 02, in float64.

# %% [show]
places = torch.tensor([-1.5, -0.4, 0.3, 0.9], dtype=torch.float64, requires_grad=True)
print("gradcheck of your rule:", torch.autograd.gradcheck(MyTanh.apply, places))

# %% [markdown]
# ## Summary
#
# - A tensor is an array with a memory: torch records what you compute from tracked tensors, and `backward()` walks the record back, one VJP after the other.
# - So the gradient of anything that is made of torch's operations comes by itself, without a large matrix, for three parameters as for billions.
# - `(n, 1)` minus `(n,)` is a table, and gives no error: compare shapes before you subtract.
# - The loop: clear, forward, backward, step. Gradients add up; without clearing you roll without friction.
# - A step happens in place and inside `no_grad`; a history keeps numbers, not losses with graphs.
# - `create_graph=True` makes a gradient differentiable; `retain_graph=True` keeps a graph for a second pass.
# - A module registers its layers, so that an optimizer finds them; what it computes is yours to write.
#
# ## Where to go next
#
# In lab 07 you train a linear model, and a network like this one with ReLU in its middle, on 60,000 handwritten digits.
# To read on: the tutorial *Autograd mechanics* in PyTorch's documentation; Baydin and others, *Automatic Differentiation in Machine Learning: a Survey* (2018).
