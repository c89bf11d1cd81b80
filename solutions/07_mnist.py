# %% [markdown]
# # MNIST
#
# You will be able to
#
# - turn pictures into tensors, and a question about them into targets of the right shape;
# - write a loss for yes-or-no questions that survives every number, and say why it is made so;
# - build a network, count its parameters, and say what the bend in its middle is for;
# - feed a model minibatches, and say why few pictures are enough to know which way to go;
# - train two models on real pictures, and report their scores so that nobody is misled, yourself included.
#
# **Time**: 90 minutes, of which 52 are exercises.
# **You need**: lab 06 (tensors, `backward()`, an optimizer, `nn.Module`), and the training and validation sets of lab 04.
#
# Run a cell with Shift+Enter, from top to bottom.
# Where you read *Predict*, commit yourself before you run the next cell.

# %% [setup]
import math
import time
from itertools import combinations

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

from course_utils import checks, figures, widgets
from course_utils.datasets import load_images
from course_utils.loaders import InMemoryLoader
from course_utils.vision import import_torchvision

torch.set_num_threads(1)  # for tensors as small as ours, two threads are slower than one

# %% [markdown]
# ## Pictures are numbers
#
# MNIST is the data set on which a generation learned machine learning: 60,000 handwritten digits to learn from, and 10,000 to be examined on.
# Each is a grid of 28 × 28 pixels.
# The next cell downloads them once (11 MB); without a network it takes 1,797 smaller digits that are already on your computer, and everything below works the same.

# %% [show]
images = load_images()
print("training images:", tuple(images.train_images.shape), images.train_images.dtype)
print("test images:    ", tuple(images.test_images.shape), "- put away until the end")
print("the first label:", int(images.train_labels[0]))

# %% [show]
figure, places = figures.grid(2, 8, width=9, height=2.9)
for axes, picture, label in zip(places.flat, images.train_images, images.train_labels):
    axes.imshow(picture, cmap="gray")
    axes.set(title=f"{int(label)} · {'odd' if label % 2 else 'even'}", xticks=[], yticks=[])
    axes.grid(visible=False)
shown = ", ".join(str(int(label)) for label in images.train_labels[:16])
figures.show(figure, f"Sixteen handwritten digits, white on black. Their labels are {shown}.")

# %% [markdown]
# The question of this lab is *odd or even?*, with the answer yes or no: a **binary classification**.
# In lab 03 a target could be any number (*regression*); here it is one of two (*classification*).
#
# A pixel is a whole number from 0 (black) to 255 (white).
# **Predict**: why would you not feed these numbers to a model as they are?

# %% [show]
raw, inputs = images.train_images[:1000], images.inputs(images.train_images[:1000])
print(f"raw pixels:  {raw.dtype}, {raw.min()} to {raw.max()}, mean {raw.float().mean():.1f}")
print(f"inputs:      {inputs.dtype}, {inputs.min():.2f} to {inputs.max():.2f}, mean {inputs.mean():.2f}")
print(f"one picture: {tuple(raw[0].shape)} pixels become a row of {inputs.shape[1]} numbers")

# %% [markdown]
# Lab 04 showed what inputs far from 0 and of very different sizes do to gradient descent.
# So each pixel is divided by 255, then the mean of all training pixels is subtracted, and the rest divided by their standard deviation: for MNIST 0.1307 and 0.3081, from the *training* pictures alone, as lab 04 taught you.

# %% [markdown]
# ## A question becomes a target
#
# Slides from which this course learned train a model that returns one probability for each of $B$ pictures, shape `(B, 1)`, and compare it with the labels by `criterion(output, target.float())`, where `criterion` is torch's `nn.BCELoss()`, whose formula comes soon.
# **Predict**: what can go wrong with eight pictures and eight labels?

# %% [show]
output, target = torch.full((8, 1), 0.5), images.train_labels[:8]
criterion = nn.BCELoss()
with checks.explained():
    criterion(output, target.float())
print("\nWith the shape repaired:")
with checks.explained():
    criterion(output, target.float().unsqueeze(1))

# %% [markdown]
# Two bugs, one behind the other.
# The labels have the shape `(8,)` and the outputs `(8, 1)`: lab 06 warned you of that pair.
# And the labels are the digits themselves, from 0 to 9: nobody has yet asked whether they are odd.
# Be glad that this loss complains; many others would not.
#
# ### Exercise 7.1 · odd or even · 2 points · 4 minutes · ●○○
#
# Write `to_odd_even(labels)`: targets for the question "is it odd?", in the shape of a model's outputs.
#
# | argument | | |
# |---|---|---|
# | `labels` | tensor of shape `(n,)`, whole numbers from 0 to 9 | the digits |
# | returns | tensor of shape `(n, 1)`, dtype float32 | 1.0 where the digit is odd, 0.0 where it is even |
#
# <details><summary>How do I ask whether a number is odd?</summary>
#
# What is left when you divide 7 by 2? And 8? Which operator of Python gives you that?
# </details>
# <details><summary>My shape is (n,)</summary>
#
# A tensor can get another axis of length 1: lab 06 used `unsqueeze`, and `reshape` can do it too. At which place does it belong?
# </details>

# %% [exercise] id="to_odd_even"
def to_odd_even(labels):
    """Return 1.0 for odd and 0.0 for even labels.

    labels  : tensor of shape (n,), whole numbers
    returns : tensor of shape (n, 1), float32
    """
    # BEGIN SOLUTION
    return (labels % 2).float().unsqueeze(1)
    # END SOLUTION

# %% [checks] exercise="to_odd_even" id="check_to_odd_even" points=2
checks.odd_targets(to_odd_even, [[5, 0, 4, 1, 9, 2, 7], [8, 3, 6, 6, 3]])
# BEGIN HIDDEN TESTS
digits = checks.rng("odd").permutation([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 3, 7, 9])
checks.odd_targets(to_odd_even, [digits.tolist(), digits[:6].tolist()])
# END HIDDEN TESTS

# %% [markdown]
# ## From a score to a probability
#
# A linear model gives each picture $x$ a score $z = w \cdot x + b$, one weight for each pixel.
# The score may be any number; a positive one shall mean "odd".
# But you want a probability $p$ between 0 and 1.
# **Why sigmoid?** Before you read on, think: what must a function fulfil that turns scores into probabilities?

# %% [show]
z = torch.linspace(-8, 8, 200)
p = torch.sigmoid(z)
axes = figures.axes("The sigmoid", "score z, also called logit", "probability p of 'odd'", height=3)
axes.plot(z, p, **figures.LINES["model"] | {"label": "1 / (1 + exp(−z))"})
axes.plot(0, 0.5, "o", color=figures.VERMILLION, label="undecided")
axes.legend()
figures.show(axes, f"{figures.describe('The sigmoid', z.tolist(), p.tolist())}. At 0 it is one half; it never falls.")

# %% [markdown]
# It must rise with the score, stay strictly between 0 and 1, and treat yes and no alike: $\sigma(-z) = 1 - \sigma(z)$.
# The **sigmoid** $\sigma(z) = 1 / (1 + e^{-z})$ does, and it says what a score *means*: $z$ is the logarithm of the odds $p / (1 - p)$, so one more point multiplies the odds by $e$.
# The score before the sigmoid is called the **logit**.
# A linear model with a sigmoid behind it is **logistic regression**.
#
# One warning: some slides write $\sigma(\dots) \in \{0, 1\}$, but the values lie *between* 0 and 1, written $(0, 1)$.

# %% [show]
print("logit   probability   odds for 'odd'")
for logit in (-2.0, -1.0, 0.0, 1.0, 2.0):
    p_odd = 1 / (1 + math.exp(-logit))
    print(f"{logit:5g} {p_odd:13.3f} {p_odd / (1 - p_odd):11.3f} to 1")

# %% [markdown]
# ## A loss for yes and no
#
# The target $y$ is 1 or 0, and the model says "odd with probability $p$".
# A good loss is small when the model was sure and right, and large when it was sure and wrong.
# The **binary cross-entropy** takes the logarithm of the probability of what did happen:
#
# $$L(p, y) = -\big(y \log p + (1 - y) \log (1 - p)\big)$$
#
# **Predict**: some slides print this formula without the minus sign. Where would gradient descent go with theirs?

# %% [show]
cross_entropy_of_odd, squared = -torch.log(p), (p - 1) ** 2
axes = figures.axes("An odd picture: what does a score cost?", "logit z", "loss", height=3.2)
axes.plot(z, cross_entropy_of_odd, **figures.LINES["model"] | {"label": "cross-entropy, −log p"})
axes.plot(z, squared, color=figures.VERMILLION, linestyle="--", label="squared error, (p − 1)²")
axes.legend()
figures.show(axes, f"{figures.describe('Cross-entropy', z.tolist(), cross_entropy_of_odd.tolist())}. "
             f"{figures.describe('Squared error', z.tolist(), squared.tolist())}.")

# %% [markdown]
# Logarithms of probabilities are negative; without the minus sign descent would make the right answers *less* likely, without end.
#
# Look at the left end, where the model is sure and wrong.
# The squared error is flat there: hardly any slope, hardly any learning.
# The cross-entropy keeps a slope of −1, so the worst mistakes are repaired first.
# **Predict** what the formula gives when a model is *very* sure and wrong: an odd picture with the logit −30, −90, −200.

# %% [show]
print("logit z   p = sigmoid(z)   −log(p)   what it should be")
for logit in (-5.0, -30.0, -90.0, -200.0):
    sure = torch.sigmoid(torch.tensor(logit))
    print(f"{logit:7g} {sure.item():16.3g} {-torch.log(sure).item():9.5g} {-logit:12.5g}")

# %% [markdown]
# The probability is too small to hold, becomes exactly 0, and its logarithm is infinite: from there on every gradient is nan.
# So we never compute $p$ in training: the loss takes the logit, and the two logarithms are worked out on paper first.
#
# ### Exercise 7.2 · cross-entropy of logits · 3 points · 8 minutes · ●●○
#
# Write `bce_with_logits(logits, targets)`: the mean of $L(\sigma(z), y)$ over the pictures, right for every logit, with tensor operations all the way.
# The tool to know: `torch.logaddexp(a, b)` is $\log(e^a + e^b)$, and never computes a large power.
# Torch has this loss ready-made; write your own first, and use it to check yourself.
#
# | argument | | |
# |---|---|---|
# | `logits` | tensor of shape `(n, 1)` | any numbers, 1000 and −1000 among them |
# | `targets` | tensor of shape `(n, 1)` | 1.0 or 0.0 |
# | returns | tensor with one number | the mean loss; gradients flow back through it |
#
# <details><summary>What do I do on paper?</summary>
#
# Put $p = 1 / (1 + e^{-z})$ into $-\log p$. What does the logarithm make of a fraction? Then do the same with $1 - p$.
# </details>
# <details><summary>I have log(1 + exp(−z)). How does logaddexp help?</summary>
#
# Which power of $e$ is 1?
# </details>
# <details><summary>I have two formulas, one for each target</summary>
#
# $y$ is a switch: the first term counts when $y = 1$, the second when $y = 0$. What is left when you subtract one of your two formulas from the other?
# </details>
# <details><summary>The value is right, the gradient is nan</summary>
#
# `torch.where` computes both of its branches, and the slope of the one that was not chosen is infinite. Can you do without a case distinction?
# </details>

# %% [exercise] id="bce_with_logits"
def bce_with_logits(logits, targets):
    """Return the mean binary cross-entropy of logits.

    logits, targets : tensors of shape (n, 1); targets are 0.0 or 1.0
    returns         : tensor with one number
    """
    # BEGIN SOLUTION
    return (torch.logaddexp(torch.zeros_like(logits), logits) - targets * logits).mean()
    # END SOLUTION

# %% [checks] exercise="bce_with_logits" id="check_bce_with_logits_value" points=1
checks.logit_loss(bce_with_logits, [([1.5, -0.7, 2.2, -3.1, 0.4], [1, 0, 0, 1, 1])])
# BEGIN HIDDEN TESTS
rng = checks.rng("bce")
checks.logit_loss(bce_with_logits, [(rng.uniform(-3, 3, n).tolist(), [0, 1, 1, 0, 1, 1, 0][:n]) for n in (5, 7)])
# END HIDDEN TESTS

# %% [checks] exercise="bce_with_logits" id="check_bce_with_logits_large" points=1
checks.logit_loss(bce_with_logits, [([-200.0, 3.0, 1000.0, 0.5, -1000.0], [1, 0, 1, 1, 0])])
# BEGIN HIDDEN TESTS
far = checks.rng("bce far").uniform(300, 3000, 5) * [1, -1, 1, 1, -1]
checks.logit_loss(bce_with_logits, [(far.tolist(), [0, 1, 1, 0, 0])])
# END HIDDEN TESTS

# %% [checks] exercise="bce_with_logits" id="check_bce_with_logits_gradient" points=1
places = [([1.5, -0.7, 2.2, -3.1, 0.4], [1, 0, 0, 1, 1]), ([1000.0, -1000.0, 1.0], [0, 0, 1])]
checks.logit_slopes(bce_with_logits, places)
# BEGIN HIDDEN TESTS
sizes = checks.rng("bce slopes").uniform(800, 3000, 7) * [1, -1, 1, -1, -1, 1, 0.001]
checks.logit_slopes(bce_with_logits, [(sizes.tolist(), [0, 1, 1, 0, 1, 0, 1])])
# END HIDDEN TESTS

# %% [markdown]
# What is the slope of this loss?
# **Predict**: for one picture, what does $\partial L / \partial z$ look like, in terms of $p$ and $y$?

# %% [show]
z = torch.tensor([[2.0], [-1.0], [0.5]], requires_grad=True)
y = torch.tensor([[1.0], [1.0], [0.0]])
bce_with_logits(z, y).backward()
print("n · gradient:", (len(z) * z.grad).flatten().tolist())
print("p − y:       ", (torch.sigmoid(z) - y).detach().flatten().tolist())

# %% [markdown]
# Prediction minus target, as for the squares of lab 03: sigmoid and logarithm were made for each other.
# The more wrong the model is, the more strongly its score is pulled to the right side.
#
# The function in your formula, $\log(1 + e^z)$, has a name: **softplus**.
# Its slope is the sigmoid, and the slope of the sigmoid is $\sigma(z)(1 - \sigma(z))$, at most ¼; the table at the end of the lab has more of this family.

# %% [markdown]
# ## Two models
#
# Here is the first model, logistic regression, with a score for its output and *no* sigmoid: the loss takes care of that.
# `flatten(1)` makes a row of pixels of each picture, whatever its size.

# %% [setup]
class Logistic(nn.Module):
    """One linear layer: a weight for each pixel, and a bias."""

    def __init__(self, pixels):
        super().__init__()
        self.linear = nn.Linear(pixels, 1)

    def forward(self, x):
        """Return logits of shape (n, 1) for pictures of shape (n, ...)."""
        return self.linear(x.flatten(1))

# %% [markdown]
# The second model puts a **hidden layer** of 32 numbers between pixels and score.
# Each hidden number is a little linear model of its own, cut off at 0: $\mathrm{ReLU}(a) = \max(a, 0)$.

# %% [show]
axes = figures.axes(width=8, height=3.4)
columns = {f"{images.pixels} pixels": 9, "32 hidden numbers, ReLU": 6, "1 logit": 1}  # as many as are drawn
spots = [[(x, i - (n - 1) / 2) for i in range(n)] for x, n in enumerate(columns.values())]
for left, right in zip(spots, spots[1:]):
    for start in left:
        for end in right:
            axes.plot(*zip(start, end), color=figures.INK, alpha=0.25, linewidth=0.7)
for name, column, marker in zip(columns, spots, "soD"):
    axes.plot(*zip(*column), marker, color=figures.BLUE, markersize=11)
    axes.text(column[0][0], -5.3, name, ha="center")
axes.set(xlim=(-0.4, 2.4), ylim=(-5.8, 4.6))
axes.set_axis_off()
drawn = ", ".join(f"{name} (drawn: {n})" for name, n in columns.items())
figures.show(axes, f"The network, three columns: {drawn}. Each number is joined to each of the next column.")

# %% [markdown]
# ### Exercise 7.3 · how many numbers? · 1 point · 3 minutes · ●○○
#
# **Predict** with pencil and paper: how many parameters has `Logistic(784)`, and how many has the network with 784 pixels, 32 hidden numbers and 1 logit?
# Every layer is an `nn.Linear` with bias.
# Write the two whole numbers into `predicted_counts`.
#
# <details><summary>How many has one layer?</summary>
#
# A layer from $a$ numbers to $b$ numbers is $Wx + b$. Which shape has its matrix? Which shape has its bias?
# </details>

# %% [exercise] id="predicted_counts"
predicted_counts = None  # a list of two whole numbers: for Logistic, for the network
# BEGIN SOLUTION
predicted_counts = [785, 25153]
# END SOLUTION

# %% [checks] exercise="predicted_counts" id="check_predicted_counts" points=1
checks.parameter_counts(predicted_counts, pixels=784, hidden=32)

# %% [markdown]
# Why the bend?
# Without it, a linear layer behind a linear layer is one linear layer, with 25,153 numbers that do the work of 785.
# **Why ReLU?** The sigmoid and tanh bend too, and they are smooth.
# Look at the slopes, which a gradient is multiplied with on its way back. **Predict**: which of these is worst for a deep network?

# %% [show]
x = torch.linspace(-4, 4, 161)
bends = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "ReLU": torch.relu, "softplus": nn.functional.softplus}
figure, (left, right) = figures.grid(1, 2, width=9, height=3.2)
steepest = {}
colours = (figures.BLUE, figures.VERMILLION, figures.GREEN, figures.PURPLE)
for (name, bend), line, colour in zip(bends.items(), ("-", "--", "-.", ":"), colours):
    slope = torch.func.vmap(torch.func.grad(bend))(x)
    left.plot(x, bend(x), line, color=colour, label=name)
    right.plot(x, slope, line, color=colour)
    steepest[name] = f"{name} at most {slope.max():.3g}, at -4 {slope[0]:.2g}, at 4 {slope[-1]:.2g}"
left.set(title="four activations", ylim=(-1.2, 3))
right.set(title="their slopes")
left.legend()
figures.show(figure, f"Four activations and their slopes. Slopes: {'; '.join(steepest.values())}.")

# %% [show]
print("gradient of the weights, network with ten bends")
for name, bend in (("sigmoid", nn.Sigmoid), ("tanh", nn.Tanh), ("relu", nn.ReLU)):
    torch.manual_seed(0)
    layers = [nn.Linear(images.pixels, 32), *(nn.Linear(32, 32) for _ in range(9)), nn.Linear(32, 1)]
    for layer in layers:
        nn.init.kaiming_normal_(layer.weight, nonlinearity=name)  # a start of the size that suits each
    deep = nn.Sequential(*[part for layer in layers for part in (layer, bend())][:-1])
    deep(images.inputs(images.train_images[:64])).mean().backward()
    first, last = layers[0].weight.grad.norm(), layers[-1].weight.grad.norm()
    print(f"{name:8} first layer {first:.1e}, last layer {last:.1e}: {first / last:.0e} of it arrives")
print(f"the best that ten sigmoids can do: 0.25 ** 10 = {0.25**10:.1e}")

# %% [markdown]
# The slope of a sigmoid is at most ¼, so ten of them leave less than a millionth of a gradient: the first layers stand still.
# Tanh is better near 0, but flat where its input is large.
# ReLU has the slope 1 wherever it lets something through, and costs next to nothing to compute; that is why.
# It has its price: where it is flat, nothing is learned, and a number that is flat for every picture stays so ("a dead ReLU").
#
# So the sigmoid is for the *end*, where a probability is wanted, and ReLU for the *middle*.

# %% [markdown]
# ### Exercise 7.4 · the network · 3 points · 6 minutes · ●●○
#
# Write the class `SimpleNN`: from the pixels to `hidden` numbers, ReLU, from there to one logit.
#
# | method | | |
# |---|---|---|
# | `__init__(self, pixels, hidden=32)` | whole numbers | makes the two linear layers, with bias |
# | `forward(self, x)` | tensor of shape `(n, pixels)`, or pictures `(n, 1, height, width)` | returns logits, shape `(n, 1)`: no sigmoid at the end |
#
# It is used for pictures of 784 pixels, of 64, and of other sizes.
#
# <details><summary>Where do I start?</summary>
#
# `Logistic` above is a whole model. What has yours that it has not, and in which of the two methods does each new thing belong?
# </details>
# <details><summary>mat1 and mat2 shapes cannot be multiplied</summary>
#
# Print `x.shape` at the start of `forward`. What does a linear layer expect of the last axis, and what did `Logistic` do about it?
# </details>

# %% [exercise] id="SimpleNN"
class SimpleNN(nn.Module):
    """Pixels, a hidden layer with ReLU, one logit."""

    def __init__(self, pixels, hidden=32):
        super().__init__()
        # BEGIN SOLUTION
        self.fc1 = nn.Linear(pixels, hidden)
        self.fc2 = nn.Linear(hidden, 1)
        # END SOLUTION

    def forward(self, x):
        """Return logits of shape (n, 1) for pictures of shape (n, pixels) or (n, 1, height, width)."""
        # BEGIN SOLUTION
        return self.fc2(torch.relu(self.fc1(x.flatten(1))))
        # END SOLUTION

# %% [checks] exercise="SimpleNN" id="check_SimpleNN_digits" points=2
checks.hidden_layer(SimpleNN, height=8, width=8, hidden=5, rng=checks.rng("network"))

# %% [checks] exercise="SimpleNN" id="check_SimpleNN_any" points=1
checks.hidden_layer(SimpleNN, height=7, width=5, hidden=9, rng=checks.rng("other network"))
# BEGIN HIDDEN TESTS
checks.hidden_layer(SimpleNN, height=28, width=28, hidden=32, rng=checks.rng("large network"))
checks.hidden_layer(SimpleNN, height=3, width=6, hidden=4, rng=checks.rng("small network"))
# END HIDDEN TESTS

# %% [show]
for model in (Logistic(784), SimpleNN(784), Logistic(64), SimpleNN(64)):
    shapes = [tuple(parameter.shape) for parameter in model.parameters()]
    print(f"{type(model).__name__:9} {sum(map(math.prod, shapes)):6,d} parameters: {shapes}")

# %% [markdown]
# ## Minibatches
#
# So far every step of yours looked at *all* the data.
# With 60,000 pictures one such step is slow, and it is only one step.
# So training takes a few pictures at a time, a **minibatch**, and makes a step after each; one pass through all of them is an **epoch**.
# Torch's way is a `Dataset`, which hands out one picture, and a `DataLoader`, which makes minibatches of them.
# The usual one here is torchvision's `datasets.MNIST("./data", train=True, transform=transform)`; this one does the same work, for any pictures.

# %% [setup]
class Pictures(Dataset):
    """Pictures one by one, each transformed when it is asked for, as torchvision's datasets do it."""

    def __init__(self, pictures, labels, transform):
        self.pictures, self.labels, self.transform = pictures, labels, transform

    def __len__(self):
        return len(self.pictures)

    def __getitem__(self, number):
        from PIL import Image

        picture = Image.fromarray(self.pictures[number].numpy())
        return self.transform(picture), self.labels[number]

# %% [show]
import_torchvision()  # imports torchvision, also beside a torch for which its compiled part was not made
from torchvision import transforms

transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((images.mean,), (images.std,))])
one_by_one = Pictures(images.train_images[:1280], images.train_labels[:1280], transform)
batches = torch.arange(1280).split(64)
from_dataset = DataLoader(one_by_one, batch_sampler=[batch.tolist() for batch in batches])
pictures, labels = next(iter(from_dataset))
print("a minibatch:", tuple(pictures.shape), "and", tuple(labels.shape))

# %% [markdown]
# `ToTensor` divides by 255, `Normalize` takes mean and standard deviation: the numbers that you know.
# **Predict**: this route opens, converts and normalises each picture by itself, in every epoch anew.
# How many times faster are the same minibatches, cut out of *one* tensor in memory that was normalised once?

# %% [show]
def seconds_for(loader):
    start = time.perf_counter()
    seen = [pictures.flatten(1) for pictures, _ in loader]
    return time.perf_counter() - start, torch.cat(seen)


in_memory = InMemoryLoader(images.inputs(images.train_images[:1280]), images.train_labels[:1280], batches)
slow, first = min((seconds_for(from_dataset) for _ in range(3)), key=lambda pair: pair[0])
fast, second = min((seconds_for(in_memory) for _ in range(3)), key=lambda pair: pair[0])
print(f"DataLoader {1000 * slow:.1f} ms, in memory {1000 * fast:.2f} ms: {slow / fast:.0f} times faster")
print("the same numbers, to the last bit:", torch.equal(first, second))

# %% [markdown]
# Nothing was computed less exactly: the work was done once, for all pictures together, and not 60,000 times.
# A `DataLoader` earns its keep when the pictures do not fit into memory, or are changed at random in each epoch.
# `InMemoryLoader(inputs, targets, batches)` takes any list of index arrays: which pictures form a minibatch is up to you.

# %% [markdown]
# ### Exercise 7.5 · minibatches · 3 points · 7 minutes · ●●○
#
# Write `minibatches(n, batch_size, rng)`: one epoch of shuffled minibatches.
#
# | argument | | |
# |---|---|---|
# | `n` | whole number | how many pictures there are |
# | `batch_size` | whole number | how many go into a minibatch; the last one may be smaller |
# | `rng` | `np.random.Generator` | the only source of chance |
# | returns | list of index arrays | together they hold each of 0, …, n − 1 exactly once, in random order |
#
# <details><summary>Where does the shuffling go?</summary>
#
# Before the cutting or after it? If you cut first, which pictures always stay together?
# </details>
# <details><summary>How do I make a random order?</summary>
#
# Look up `rng.permutation`. Does it draw a number twice?
# </details>
# <details><summary>The last minibatch makes trouble</summary>
#
# What does a slice do that reaches beyond the end of an array? `range` has a third argument, the step: where does each minibatch begin?
# </details>

# %% [exercise] id="minibatches"
def minibatches(n, batch_size, rng):
    """Return one epoch of shuffled minibatches.

    returns : list of index arrays, each of length batch_size but the last, which may be shorter
    """
    # BEGIN SOLUTION
    order = rng.permutation(n)
    return [order[start : start + batch_size] for start in range(0, n, batch_size)]
    # END SOLUTION

# %% [checks] exercise="minibatches" id="check_minibatches_cover" points=2
checks.covers_all(minibatches, [(23, 5), (24, 6)], rng=checks.rng("minibatches"))

# %% [checks] exercise="minibatches" id="check_minibatches_any" points=1
checks.covers_all(minibatches, [(19, 3), (11, 20)], rng=checks.rng("more minibatches"))
# BEGIN HIDDEN TESTS
sizes = [(41, 8), (40, 8), (37, 1), (29, 30), (31, 16)]
checks.covers_all(minibatches, sizes, rng=checks.rng("hidden minibatches"))
# END HIDDEN TESTS

# %% [markdown]
# ## How many pictures for a step?
#
# Three names for three sizes $B$ of a minibatch: **batch gradient descent** takes all $n$ pictures for each step, **stochastic gradient descent** (SGD) a single one drawn at random, **minibatch gradient descent** something between.
# In practice people say SGD for all but the first, and so does `torch.optim.SGD`; some slides call one step for each picture in turn "gradient descent", a name that others keep for the first.
# **Predict**: with 60,000 pictures, how many steps has an epoch for $B = 60{,}000$, for $B = 128$ and for $B = 1$?

# %% [show]
for batch_size in (60_000, 128, 1):
    epoch = minibatches(60_000, batch_size, np.random.default_rng(0))
    print(f"B = {batch_size:6,d}: {len(epoch):6,d} steps; the last minibatch holds {len(epoch[-1])}")

# %% [markdown]
# A step with one picture costs almost nothing, but why should it lead anywhere?
# The gradient of the loss is a mean over all pictures, $\nabla L = \frac1n \sum_i \nabla L_i$.
# A minibatch gives an *estimate*: the mean over its own pictures.
# **Predict**: if you averaged the estimates of *all* minibatches that one could draw, would you get the true gradient, or something smaller, or larger?

# %% [markdown]
# ### Exercise 7.6 · every minibatch there is · 2 points · 6 minutes · ●●○
#
# Write `all_estimates(gradients, batch_size)`: the estimate of the mean gradient by each minibatch that could be drawn, without drawing any.
# `combinations(range(5), 3)` gives every choice of 3 out of 5, each once.
#
# | argument | | |
# |---|---|---|
# | `gradients` | tensor of shape `(n, d)` | row $i$ is the gradient of picture $i$ |
# | `batch_size` | whole number, at most n | B |
# | returns | tensor of shape `(m, d)` | a row for each of the m possible minibatches, in any order |
#
# <details><summary>What is the estimate of one minibatch?</summary>
#
# It has some rows of `gradients`, and no others. What does one do with them to guess the mean of all?
# </details>
# <details><summary>How do I take some rows of a tensor?</summary>
#
# A tensor can be indexed with a list of row numbers. `combinations` gives tuples, and those mean something else between brackets: which function makes a list of one?
# </details>
# <details><summary>I have a list of tensors</summary>
#
# Look up `torch.stack`.
# </details>

# %% [exercise] id="all_estimates"
def all_estimates(gradients, batch_size):
    """Return the estimate of the mean gradient by every possible minibatch.

    gradients : tensor of shape (n, d), a row for each picture
    returns   : tensor of shape (m, d), a row for each minibatch
    """
    # BEGIN SOLUTION
    choices = combinations(range(len(gradients)), batch_size)
    return torch.stack([gradients[list(chosen)].mean(dim=0) for chosen in choices])
    # END SOLUTION

# %% [checks] exercise="all_estimates" id="check_all_estimates" points=2
table = [[4.0, 1.0, -2.0], [0.5, 3.0, 8.0], [-6.0, 2.5, 1.5], [7.0, -3.5, 5.0], [2.0, 9.0, -4.5]]
checks.estimates_of_all(all_estimates, [(table, 2), (table, 3)])
# BEGIN HIDDEN TESTS
rng = checks.rng("estimates")
checks.estimates_of_all(all_estimates, [(rng.normal(size=(6, 4)) * 3, 4), (rng.normal(size=(7, 2)) * 5, 3)])
# END HIDDEN TESTS

# %% [markdown]
# Now with real gradients: eight pictures, the loss of `Logistic`, one gradient for each picture.

# %% [show]
torch.manual_seed(1)
model = Logistic(images.pixels)
pictures, targets = images.inputs(images.train_images[:8]), to_odd_even(images.train_labels[:8])
losses = [bce_with_logits(model(pictures[[i]]), targets[[i]]) for i in range(8)]
gradients = torch.stack([torch.autograd.grad(loss, model.linear.weight)[0].flatten() for loss in losses])
full = torch.autograd.grad(bce_with_logits(model(pictures), targets), model.linear.weight)[0].flatten()
for batch_size in (1, 2, 4, 7, 8):
    guesses = all_estimates(gradients, batch_size)
    off, spread = (guesses.mean(dim=0) - full).abs().max(), (guesses - full).norm(dim=1).mean()
    print(f"B = {batch_size}: {len(guesses):2d} minibatches, average off by {off:.0e}, a single one by {spread:.2f}")

# %% [show]
two = gradients.var(dim=0).topk(2).indices
figure, row = figures.grid(1, 3, width=9, height=3, sharex=True, sharey=True)
told = []
for axes, batch_size in zip(row, (1, 2, 4)):
    cloud = all_estimates(gradients, batch_size)[:, two]
    axes.plot(*cloud.T, "o", color=figures.BLUE, alpha=0.5, label="one minibatch")
    axes.plot(*full[two], "*", color=figures.VERMILLION, markersize=15, label="all pictures")
    axes.set(title=f"B = {batch_size}", xlabel="one weight's gradient")
    told.append(f"for B = {batch_size}, {len(cloud)} points scatter by {cloud.std(dim=0).mean():.2f}")
row[0].legend(fontsize=8)
figures.show(figure, f"Estimates of two entries of the gradient around the true one: {'; '.join(told)}.")

# %% [markdown]
# A single estimate from fewer than all pictures is off, but the errors cancel: on average they hit the true gradient, up to rounding.
# Such an estimate is called **unbiased**, and this is why stochastic gradient descent works: a cheap step points the right way *on average*.
# Larger minibatches scatter less, but they cost more; in between lies the bargain.
# **Predict**: each of 20 samples pulls a walker to a point of its own, and the mean of these points is the bottom of a bowl.
# Which path does the walker take if all 20 are asked before each step? And if a single one is asked?

# %% [show]
rng = np.random.default_rng(3)
bottoms = rng.normal(size=(20, 2)) * [1.0, 0.6]  # each sample pulls to a point of its own
axes, told = figures.axes("Twenty-five steps from the same place", height=3.4), []
axes.plot(*bottoms.T, **figures.LINES["data"] | {"label": "where each sample pulls", "markersize": 3})
kinds = ((20, "-", figures.BLUE), (4, "--", figures.GREEN), (1, ":", figures.VERMILLION))
for batch_size, line, colour in kinds:
    path = [np.array([-4.0, 2.5])]
    for _ in range(25):
        pull = path[-1] - bottoms[rng.permutation(20)[:batch_size]].mean(axis=0)
        path.append(path[-1] - 0.2 * pull)
    axes.plot(*np.transpose(path), line, marker=".", color=colour, label=f"B = {batch_size}")
    told.append(f"with B = {batch_size} it ends {np.linalg.norm(path[-1] - bottoms.mean(axis=0)):.2f} from the bottom")
axes.legend()
figures.show(axes, f"Three walks into a bowl: {'; '.join(told)}.")

# %% [markdown]
# All go the same way at first, when everybody agrees; near the bottom the samples disagree, and a walk that asks few of them goes on trembling.
# A smaller λ calms it: that is one reason to lower λ towards the end.
#
# Some slides write a step as $\theta - \gamma \frac nB \sum_{i \in B} L(x_i, y)$, where γ is our λ.
# The gradient sign is missing before $L$; and the factor $n / B$ belongs to a loss that is the *sum* over all pictures: for our mean it is $1 / B$.

# %% [markdown]
# ## One epoch
#
# Every book prints the same loop, whether it calls the minibatches `training` or `trainloader`: clear the gradients, go forward, go backward, step, note the loss.
# Now you write it for good.
#
# ### Exercise 7.7 · one epoch · 4 points · 9 minutes · ●●●
#
# Write `train_epoch(model, loader, loss_fn, optimizer)`: one pass through all minibatches, with a step after each.
#
# | argument | | |
# |---|---|---|
# | `model` | module | from inputs to logits |
# | `loader` | gives pairs (inputs, targets) when you iterate over it | targets have the shape of the logits |
# | `loss_fn` | function (logits, targets) → mean loss | `bce_with_logits`, or any other |
# | `optimizer` | of torch | holds the model's parameters |
# | returns | number | the mean, over all pictures of the epoch, of the losses that you met on the way |
#
# The last minibatch may be short, and then its pictures must not count for more than others.
#
# <details><summary>What are the lines of the loop?</summary>
#
# Lab 06 had four, and they are the same here. What changes from one turn to the next, and where does it come from?
# </details>
# <details><summary>My losses jump up and down, or grow</summary>
#
# Who clears the gradients of the minibatch before?
# </details>
# <details><summary>The mean is slightly off</summary>
#
# `loss_fn` gives the mean of one minibatch. Ten pictures have the mean 2, one picture has the loss 13: what is the mean of all eleven?
# </details>
# <details><summary>Memory grows during training</summary>
#
# A loss that you keep keeps its whole graph. `.item()` takes the number and leaves the graph.
# </details>

# %% [exercise] id="train_epoch"
def train_epoch(model, loader, loss_fn, optimizer):
    """Train for one epoch and return the mean loss of its pictures, as a number."""
    # BEGIN SOLUTION
    model.train()
    total, count = 0.0, 0
    for inputs, targets in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(inputs), targets)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(inputs)
        count += len(inputs)
    return total / count
    # END SOLUTION

# %% [checks] exercise="train_epoch" id="check_train_epoch_steps" points=2
checks.epoch_steps(train_epoch, rng=checks.rng("epoch"), sizes=(5, 5, 5, 2), rate=0.8)
# BEGIN HIDDEN TESTS
checks.epoch_steps(train_epoch, rng=checks.rng("hidden epoch"), sizes=(6, 6, 6, 6, 3), rate=0.55)
# END HIDDEN TESTS

# %% [checks] exercise="train_epoch" id="check_train_epoch_loss" points=2
checks.epoch_loss(train_epoch, rng=checks.rng("loss"), sizes=(7, 7, 2), rate=0.7)
# BEGIN HIDDEN TESTS
checks.epoch_loss(train_epoch, rng=checks.rng("hidden loss"), sizes=(5, 5, 5, 1), rate=0.35)
# END HIDDEN TESTS

# %% [markdown]
# First, hold the loader to its promise: train a model along each route, with the same minibatches, and compare time and weights.
# **Predict**: is a whole epoch as many times faster as the loading alone was?

# %% [show]
ends, spent = [], []
slides_route = ((pictures, to_odd_even(labels)) for pictures, labels in from_dataset)
for loader in (slides_route, InMemoryLoader(in_memory.inputs, to_odd_even(in_memory.targets), batches)):
    torch.manual_seed(0)
    model = SimpleNN(images.pixels)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    start = time.perf_counter()
    loss = train_epoch(model, loader, bce_with_logits, optimizer)
    spent.append(time.perf_counter() - start)
    ends.append(nn.utils.parameters_to_vector(model.parameters()))
    print(f"mean loss of the epoch: {loss:.6f}, {1000 * spent[-1]:.1f} ms")
print(f"{spent[0] / spent[1]:.0f} times faster; all weights equal, to the last bit: {torch.equal(*ends)}")

# %% [markdown]
# The arithmetic of the model itself takes as long on both routes, so the whole gains less than the part.
#
# ## Right or wrong
#
# The loss is what descent needs; people want to know how often the model is right.
#
# ### Exercise 7.8 · accuracy · 2 points · 5 minutes · ●●○
#
# Write `accuracy(model, inputs, targets)`: the share of pictures for which the model says the right thing, a number between 0 and 1.
#
# | argument | | |
# |---|---|---|
# | `model` | module | gives logits of shape `(n, 1)`; "odd" if the probability is above one half |
# | `inputs`, `targets` | tensors of shape `(n, …)` and `(n, 1)` | targets are 1.0 or 0.0 |
# | returns | number | the accuracy |
#
# Nothing is learned here: say `model.eval()`, because some layers behave differently in training, and `with torch.no_grad():`, because nobody asks for gradients.
# The counterpart of the first, `model.train()`, belongs to the start of `train_epoch`: if yours lacks it, add it there now. Our own two models do the same in both modes.
#
# <details><summary>Which logit means "odd"?</summary>
#
# Look at the picture of the sigmoid: where is the probability one half?
# </details>
# <details><summary>My accuracy is about one half, whatever the model</summary>
#
# Print the shapes on both sides of your comparison. What does torch compare if one is `(n, 1)` and the other `(n,)`?
# </details>

# %% [exercise] id="accuracy"
def accuracy(model, inputs, targets):
    """Return the share of right answers of a model that gives logits.

    inputs  : tensor of shape (n, ...)
    targets : tensor of shape (n, 1), 1.0 or 0.0
    """
    # BEGIN SOLUTION
    model.eval()
    with torch.no_grad():
        says_odd = model(inputs) > 0
    return (says_odd == (targets > 0.5)).float().mean().item()
    # END SOLUTION

# %% [checks] exercise="accuracy" id="check_accuracy_share" points=1
checks.share_right(accuracy, rng=checks.rng("accuracy"), n=11)
# BEGIN HIDDEN TESTS
checks.share_right(accuracy, rng=checks.rng("hidden accuracy"), n=17)
checks.share_right(accuracy, rng=checks.rng("third accuracy"), n=29)
# END HIDDEN TESTS

# %% [checks] exercise="accuracy" id="check_accuracy_eval" points=1
# This model has a layer that behaves differently in training.
checks.share_right_in_evaluation(accuracy, rng=checks.rng("evaluation"), n=13)
# BEGIN HIDDEN TESTS
checks.share_right_in_evaluation(accuracy, rng=checks.rng("hidden evaluation"), n=19)
# END HIDDEN TESTS

# %% [markdown]
# ## Training on real pictures
#
# The training pictures are split once more: most to learn from, a sixth held back for **validation**, to compare models and settings with.
# The test pictures stay where they are.

# %% [show]
order = torch.randperm(len(images.train_images), generator=torch.Generator().manual_seed(7))
held = len(order) // 6
pixels, odd = images.inputs(images.train_images[order]), to_odd_even(images.train_labels[order])
learn, validate = slice(held, None), slice(None, held)
print(f"{len(pixels[learn]):,} pictures to learn from, {held:,} for validation, {len(images.test_images):,} for the test")
print(f"odd among those to learn from: {odd[learn].mean():.1%}")

# %% [markdown]
# **Predict**: how often would a model be right that always says "odd"? And what do you expect of `Logistic` and of `SimpleNN`?

# %% [show]
def watched(loss_fn, live):
    """Make a loss function that also tells its value to a picture."""
    def tell(logits, targets):
        loss = loss_fn(logits, targets)
        live.update(loss=loss.item())
        return loss

    return tell

# %% [show]
from tqdm.auto import tqdm  # a bar that says how long it still takes; the square, ■, stops a training


def run(model, optimizer, epochs, batch_size=64, pictures=None, live=None):
    """Train; return the loss of each epoch and the validation accuracy before and after each."""
    x, y, rng = pixels[learn][:pictures], odd[learn][:pictures], np.random.default_rng(0)
    loss_fn = watched(bce_with_logits, live) if live else bce_with_logits
    losses, scores = [], [accuracy(model, pixels[validate], odd[validate])]
    for _ in tqdm(range(epochs), unit="epoch", leave=False):
        loader = InMemoryLoader(x, y, minibatches(len(x), batch_size, rng))
        loss = train_epoch(model, loader, loss_fn, optimizer)
        losses.append(torch.as_tensor(loss, dtype=torch.float64).item())
        scores.append(accuracy(model, pixels[validate], odd[validate]))
        if live:
            live.update(accuracy=scores[-1])
    return losses, scores

# %% [markdown]
# The next cell makes an empty picture. Run it and the one after it, and watch both models learn, minibatch after minibatch.
# Once the curve of `SimpleNN` has begun, you may stop it with the square button (*Interrupt the kernel*): what it has learned until then is kept.

# %% [show]
live = widgets.LiveTraining()
live

# %% [show]
models, curves = {}, {}
for name, make, learning_rate in (("Logistic", Logistic, 0.01), ("SimpleNN", SimpleNN, 0.1)):
    torch.manual_seed(0)
    models[name], live.run = make(images.pixels), name
    optimizer = torch.optim.SGD(models[name].parameters(), lr=learning_rate)
    start = time.perf_counter()
    curves[name] = run(models[name], optimizer, epochs=8, live=live)
    print(f"{name}: 8 epochs in {time.perf_counter() - start:.1f} s, validation accuracy {curves[name][1][-1]:.2%}")

# %% [markdown]
# A minibatch's loss jumps, because each has other pictures; its mean falls.
# Here are the means of the epochs, and the validation accuracy before and after each:

# %% [show]
figure, (left, right) = figures.grid(1, 2, width=9, height=3.3)
told = []
for (name, (losses, scores)), line, colour in zip(curves.items(), ("--o", "-s"), (figures.VERMILLION, figures.BLUE)):
    left.plot(range(1, len(losses) + 1), losses, line, color=colour, label=name)
    right.plot(range(len(scores)), scores, line, color=colour, label=name)
    told.append(f"{name}: loss {losses[0]:.3f} to {losses[-1]:.3f}, accuracy {scores[0]:.1%} to {scores[-1]:.1%}")
left.set(title="mean loss in training", xlabel="epoch")
right.set(title="validation accuracy", xlabel="epoch")
left.legend()
figures.show(figure, f"Training curves over {len(losses)} epochs. {'. '.join(told)}.")

# %% [markdown]
# The network ends higher. (Who is faster says little: its learning rate is ten times as large, 0.1 and not 0.01.)
# Its hidden numbers are features that it has found by itself, and the bend lets it draw a border between odd and even that is not straight.
# Most of all it has room: 785 knobs are not enough for the ways in which people write.
#
# How many pictures should a step take? Now you can try it.
# **Predict** which of $B = n$, 64 and 1 is ahead after four epochs over 3,000 pictures (or all, if there are fewer), and which takes longest.

# %% [show]
figure, (left, right) = figures.grid(1, 2, width=9, height=3.2, sharey=True)
told, kinds = [], ((3000, "-.D", figures.GREEN), (64, "-s", figures.BLUE), (1, ":o", figures.VERMILLION))
for batch_size, line, colour in kinds:
    torch.manual_seed(0)
    start, model = time.perf_counter(), SimpleNN(images.pixels)
    _, scores = run(model, torch.optim.SGD(model.parameters(), lr=0.02), 4, batch_size, pictures=3000)
    spent, name = time.perf_counter() - start, "B = n" if batch_size > 64 else f"B = {batch_size}"
    left.plot(scores, line, color=colour, label=name)
    right.plot(np.linspace(0, spent, len(scores)), scores, line, color=colour)
    told.append(f"{name} reaches {scores[-1]:.1%} in {spent:.2f} s")
left.set(title="by epochs", xlabel="epoch", ylabel="validation accuracy")
right.set(title="by time", xlabel="seconds")
left.legend()
figures.show(figure, f"Validation accuracy with λ = 0.02 over four epochs, by size of a minibatch: {'; '.join(told)}.")

# %% [markdown]
# Batch gradient descent has made four steps in all, each in the best direction there is, and has hardly moved; the others have made many.
# Single pictures get most out of an epoch, but a computer is at its best with many numbers at once, so they take by far the longest.
# That is the answer to "why stochastic gradient descent?": not a better direction, but far more steps for the same money.

# %% [markdown]
# ## How sure are you?
#
# A score on $n$ pictures is itself a guess: other pictures would have given another one.
# If a model is right with probability $p$, its score on $n$ pictures scatters around $p$ with the standard deviation $\sqrt{p(1-p)/n}$, the **standard error**.
# In 95 of 100 cases the score lies within 1.96 standard errors of the truth.
# **Predict**: 92.4 % on 1,000 pictures; which of these decimals would you trust?

# %% [markdown]
# ### Exercise 7.9 · an honest number · 2 points · 4 minutes · ●○○
#
# Write `interval(share, n)`: the ends of the 95 % interval around a score, 1.96 standard errors to both sides, where the score stands in for the unknown $p$.
#
# | argument | | |
# |---|---|---|
# | `share` | number between 0 and 1 | the accuracy that was measured |
# | `n` | whole number | on how many pictures |
# | returns | pair of numbers (low, high) | the ends of the interval |
#
# <details><summary>Where does n go?</summary>
#
# With four times as many pictures, the interval is half as wide. Does your formula do that?
# </details>

# %% [exercise] id="interval"
def interval(share, n):
    """Return the ends (low, high) of the 95 % interval around a share measured on n pictures."""
    # BEGIN SOLUTION
    wide = 1.96 * math.sqrt(share * (1 - share) / n)
    return share - wide, share + wide
    # END SOLUTION

# %% [checks] exercise="interval" id="check_interval" points=2
checks.interval_around(interval, [(0.9, 1000), (0.36, 150)])
# BEGIN HIDDEN TESTS
rng = checks.rng("interval")
checks.interval_around(interval, [(float(rng.uniform(0.6, 0.97)), int(rng.integers(200, 9000))) for _ in range(4)])
# END HIDDEN TESTS

# %% [markdown]
# All is decided: two models, their settings, their training.
# Now, *once*, the test pictures.

# %% [show]
exam, answers = images.inputs(images.test_images), to_odd_even(images.test_labels)
for name, model in models.items():
    for where, x, y in (("validation", pixels[validate], odd[validate]), ("test", exam, answers)):
        score = accuracy(model, x, y)
        low, high = interval(score, len(x))
        print(f"{name:9} {where:10} {score:7.2%} on {len(x):6,d} pictures: {low:.1%} to {high:.1%}")

# %% [markdown]
# Why was the test set locked away?
# Each time you look at a score and choose by it, the score becomes a little less of an exam: with enough tries, something looks good by luck.
# **Predict**: each of twelve models is right in 92 of 100 cases, and is tried on 1,000 pictures. What does the best of the twelve score, on average?

# %% [show]
scores = np.random.default_rng(0).binomial(1000, 0.92, size=(10_000, 12)) / 1000
print(f"one model: {scores[:, 0].mean():.1%}, the best of twelve: {scores.max(axis=1).mean():.1%}, the truth: 92.0%")

# %% [markdown]
# More than a percentage point, out of nothing: validation pays that price, so that the test does not have to.
# A validation score by which nothing was chosen may be honest, but it must be *called* a validation score.
#
# ## The numbers on the slide
#
# The slides print two results: *Logistic: 87.30 % accuracy. Neural Net: 92.40 % accuracy.*
# The notebook behind them tells more: 4,000 training pictures, and 1,000 others *held out of the training set* for the score; batch gradient descent, 1,000 steps with λ = 0.01, logistic regression without bias.
# (Nothing will be chosen any more, so the test pictures may be looked at again.)
# **Predict**: do the intervals of the two models overlap, and will other pictures give 87.30 again?

# %% [show]
for name, score in (("Logistic", 0.8730), ("Neural Net", 0.9240)):
    low, high = interval(score, 1000)
    print(f"{name:10} {score:.2%} on 1,000 pictures: {low:.1%} to {high:.1%}")
for name, make in (("Logistic", Logistic), ("SimpleNN", SimpleNN)):
    torch.manual_seed(0)
    model, few = make(images.pixels), slice(held, held + 4000)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for _ in tqdm(range(1000), unit="epoch", leave=False):  # 1,000 epochs of one minibatch with all pictures
        train_epoch(model, [(pixels[few], odd[few])], bce_with_logits, optimizer)
    score, n = accuracy(model, pixels[:1000][validate], odd[:1000][validate]), len(odd[:1000][validate])
    print(f"yours: {name} {score:.2%} on {n:,} pictures held out, {accuracy(model, exam, answers):.2%} on the test")

# %% [markdown]
# We repeated it on MNIST with five choices of pictures and starts.
# Logistic regression scored between 85.1 % and 88.4 % on validation, and between 88.1 % and 88.6 % on the true test set; the network between 90.2 % and 92.7 %, and between 92.0 % and 92.6 %.
# So both printed numbers are what such an experiment gives, and their second decimals are noise.
# That the network is better is beyond doubt; how much better, these numbers say only roughly.
#
# ## Would you sign this?
#
# A friend writes in a report: *"Our network reaches a test accuracy of 92.40 %, tested on 1,000 images held out of the training set. We tried twelve learning rates and report the best. It beats the 91.80 % of another group."*
# In three to five sentences, explain
#
# 1. why 92.40 % is not a test accuracy, and in which direction it probably errs;
# 2. what the interval around it is, and what follows for the comparison with 91.80 %;
# 3. what your friend should do instead.
#
# Write into the next cell. It is read by a person, and gives 3 points: one for each part.

# %% [answer] [markdown] id="explain_report" points=3
# **Sample answer.**
# The 1,000 images were used to choose among twelve learning rates, so they are a validation set; the best of twelve scores is partly luck, and on fresh images the network will probably do a little worse.
# On 1,000 images 92.40 % stands for about 90.8 % to 94.0 %, an interval that contains 91.80 %: this experiment cannot tell the two apart.
# My friend should choose the learning rate on the validation images, then measure once on the test set that nobody has looked at, and report that score with its interval, about 92.4 ± 0.5 % for 10,000 images; both networks should be measured on the same images.
#
# **Rubric**, one point each.
# (1) Says that a choice was made with these images (validation, not test), and that the score is too high (optimistic). "Too few images" alone earns nothing here.
# (2) Gives an interval of about ± 1.6 percentage points (or standard error 0.84), and concludes that 91.80 % is not beaten, or cannot be told apart.
# (3) Separate test set used once, after all choices; or several seeds or more images together with a fresh test set. Full marks without mentioning the interval again.

# %% [markdown]
# ## What has it learned?
#
# Look at the worst mistakes: the pictures for which the network was surest, and wrong.
# **Predict**: are they strange pictures, or is the network strange? And which digit is wrong most often?

# %% [show]
network = models["SimpleNN"]
with torch.no_grad():
    chance = torch.sigmoid(network(exam)).flatten()
right = torch.where(answers.flatten() == 1, chance, 1 - chance)
said = ["odd" if p >= 0.5 else "even" for p in chance]
widgets.Gallery(images.test_images, images.test_labels, right, said)

# %% [markdown]
# Some of them would puzzle you too; others not at all.
# Below each is what the network said, and the probability p that it gave to the right answer: when a cross-entropy is large, it is because of pictures like these.
# Choose a digit from the list to see its mistakes alone.
#
# Now write one yourself.
# Your digit is moved to the middle and scaled like those of MNIST, and then *your* network says how probably it is odd.
# **Predict**: what does it say to a 7 with a bar, to a very slanted 4, and to a letter? It has never seen a letter.

# %% [show]
def p_odd(picture):
    """Ask the network about one picture."""
    with torch.no_grad():
        return torch.sigmoid(network(images.inputs(torch.tensor(picture)[None]))).item()


widgets.Pad(p_odd, side=images.train_images.shape[1])

# %% [markdown]
# The network always answers, and often with great confidence, even where there is no right answer: it divides all pictures into two, and "neither" is not among them.
# A probability that a model gives is worth something only for pictures like those that it learned from.
#
# A weight of `Logistic` belongs to a pixel, so its weights form a picture themselves.
# **Predict** what you will see: the shape of a digit?

# %% [show]
side = images.train_images.shape[1]
weights = [models["Logistic"].linear.weight.detach()[0]]
weights += list(next(models["SimpleNN"].parameters()).detach()[:7])
figure, places = figures.grid(1, 8, width=9.5, height=1.9)
for number, (axes, weight) in enumerate(zip(places, weights)):
    largest = weight.abs().max()
    axes.imshow(weight.reshape(side, side), cmap="cividis", vmin=-largest, vmax=largest)
    axes.set(title="Logistic" if number == 0 else f"hidden {number}", xticks=[], yticks=[])
    axes.grid(visible=False)
figures.show(figure, "Weights as pictures, yellow where positive and blue where negative: those of Logistic, from "
             f"{weights[0].min():.2f} to {weights[0].max():.2f}, and of seven hidden numbers of the network.")

# %% [markdown]
# `Logistic` has one picture for all ten digits, and it is nobody's portrait: yellow where ink speaks for odd, blue where it speaks for even.
# The network has 32 pictures, and each hidden number looks for something of its own: ink where it is yellow, none where it is blue.

# %% [markdown]
# ## Going further: ten classes
#
# The rest is optional and gives no points.
# For "which digit?" a model returns ten scores $z_0, \dots, z_9$, and the **softmax** makes probabilities of them: $p_c = e^{z_c} / \sum_k e^{z_k}$.
# Its loss is the **cross-entropy** $-\log p_y$, where $y$ is the right digit; here too, slides that print it without the minus sign have lost it.
# This model is called multinomial regression if it is linear, and its probabilities lie *between* 0 and 1 and add up to 1.
#
# ### Exercise 7.10 · ten classes · optional · 10 minutes · ●●○
#
# Write `cross_entropy(logits, labels)`: the mean of $-\log p_y$, right for logits of ±1000 too.
# `logits` has the shape `(n, classes)`, `labels` the shape `(n,)` with whole numbers; `torch.logsumexp(z, dim=1)` is $\log \sum_k e^{z_k}$ for each row.
#
# <details><summary>What do I do on paper?</summary>
#
# What does the logarithm make of the fraction in $p_y$? One of the two parts is what `logsumexp` computes.
# </details>
# <details><summary>How do I take one number from each row?</summary>
#
# Index with two lists at once: the row numbers 0, 1, …, and the columns that the labels name.
# </details>

# %% [exercise] id="cross_entropy" optional=true
def cross_entropy(logits, labels):
    """Return the mean of −log p of the right classes.

    logits  : tensor of shape (n, classes)
    labels  : tensor of shape (n,), whole numbers
    returns : tensor with one number
    """
    # BEGIN SOLUTION
    right = logits[torch.arange(len(labels)), labels]
    return (torch.logsumexp(logits, dim=1) - right).mean()
    # END SOLUTION

# %% [checks] exercise="cross_entropy" id="check_cross_entropy" points=0
table = [[1.5, -0.5, 0.2], [0.3, 2.2, -1.0], [-2.0, 0.4, 1.1], [0.9, -1.2, 0.8], [2.4, 0.1, -0.6]]
far = [[1000.0, -1000.0, 3.0], [0.0, 2.0, 5.0]]
checks.class_logit_loss(cross_entropy, [(table, [2, 0, 2, 1, 0]), (far, [1, 2])])

# %% [show]
torch.manual_seed(0)
ten = nn.Sequential(nn.Linear(images.pixels, 32), nn.ReLU(), nn.Linear(32, 10))
optimizer, rng = torch.optim.SGD(ten.parameters(), lr=0.1), np.random.default_rng(0)
digits = images.train_labels[order]
for _ in tqdm(range(5), unit="epoch", leave=False):
    loader = InMemoryLoader(pixels[learn], digits[learn], minibatches(len(digits[learn]), 64, rng))
    loss = train_epoch(ten, loader, cross_entropy, optimizer)
with torch.no_grad():
    said = ten(pixels[validate]).argmax(dim=1)
print(f"mean loss {loss:.3f}, validation accuracy for ten classes {(said == digits[validate]).float().mean():.2%}")

# %% [show]
confusion = torch.zeros(10, 10).index_put((digits[validate], said), torch.tensor(1.0), accumulate=True)
wrong = confusion.clone().fill_diagonal_(0)
axes = figures.axes("Which digits are taken for which", "the network says", "it is", width=5, height=4)
axes.imshow(wrong, cmap="cividis")
for place in wrong.nonzero():
    times = wrong[tuple(place)]
    ink = "white" if times < wrong.max() / 2 else "#111111"
    axes.text(*place.flip(0), f"{times:.0f}", ha="center", va="center", fontsize=7, color=ink)
axes.set(xticks=range(10), yticks=range(10))
axes.grid(visible=False)
row, column = divmod(int(wrong.argmax()), 10)
figures.show(axes, f"Confusion matrix of {len(said)} validation pictures, {int(wrong.sum())} wrong. "
             f"Most often, {int(wrong.max())} times, a {row} is taken for a {column}.")

# %% [markdown]
# The two losses are one family, and their slopes are the probabilities:
#
# | | yes or no | many classes |
# |---|---|---|
# | function | softplus, $\log(1 + e^z)$ | $\mathrm{logsumexp}^+$, $\log(1 + \sum_c e^{z_c})$ |
# | first derivative | sigmoid, $s = 1 / (1 + e^{-z})$ | $s_c = e^{z_c} / (1 + \sum_k e^{z_k})$ |
# | second derivative | $s (1 - s)$ | $\mathrm{diag}(s) - s s^T$ |
#
# The 1 in $\mathrm{logsumexp}^+$ is $e^0$: a class whose logit is always 0.
# So its derivative is a softmax *with one more logit, 0*; tables that call it the softmax forget that one.

# %% [show]
z = torch.tensor([0.5, -1.0, 2.0])
plus = lambda z: torch.log(1 + z.exp().sum())
s = torch.softmax(torch.cat([torch.zeros(1), z]), dim=0)[1:]
print("slope of logsumexp+:      ", torch.func.grad(plus)(z))
print("softmax with one more 0:  ", s)
print("plain softmax:            ", torch.softmax(z, dim=0))
print("second derivative matches:", torch.allclose(torch.func.hessian(plus)(z), torch.diag(s) - torch.outer(s, s)))

# %% [markdown]
# ## Outlook: beyond plain descent
#
# *Momentum* (lab 02) remembers the last move. *Adaptive* methods such as Adam give each parameter a learning rate of its own, made from the sizes of its recent gradients. *Second order* methods guess curvatures without a whole Hessian.
# And the learning rate may change on the way: up first, then slowly down.
# **Predict**: with the same three epochs, which is ahead?

# %% [show]
sgd, adam = torch.optim.SGD, torch.optim.Adam
rivals = {"SGD": (sgd, {"lr": 0.05}), "momentum": (sgd, {"lr": 0.05, "momentum": 0.9}), "Adam": (adam, {"lr": 0.002})}
axes, told = figures.axes("Three optimizers, one network", "epoch", "validation accuracy", height=3.2), []
for (name, (kind, options)), line, colour in zip(rivals.items(), (":o", "--s", "-D"), colours):
    torch.manual_seed(0)
    model = SimpleNN(images.pixels)
    _, scores = run(model, kind(model.parameters(), **options), epochs=3)
    axes.plot(range(1, 4), scores[1:], line, color=colour, label=name)
    told.append(f"{name} {scores[-1]:.2%}")
axes.set_xticks(range(1, 4))
axes.legend()
figures.show(axes, f"Validation accuracy after three epochs: {', '.join(told)}.")

# %% [markdown]
# Such a race says little about the next problem: each rival has settings, and each was set by hand.
# What else there is to change: other architectures (convolutions look at neighbouring pixels first), other losses (of your own, if torch can differentiate them), and strategies of training (smaller λ towards the end, pictures shifted at random, stopping early).

# %% [markdown]
# ## Outlook: few labels, or none
#
# Somebody had to write the labels.
# **Predict**: how good is the network with 100 labelled pictures? With 1,000?

# %% [show]
for labelled in (10, 100, 1000, len(odd[learn])):
    torch.manual_seed(0)
    model = SimpleNN(images.pixels)
    optimizer, epochs = torch.optim.SGD(model.parameters(), lr=0.05), max(3, min(60, 30_000 // labelled))
    _, scores = run(model, optimizer, epochs, pictures=labelled)
    print(f"{labelled:6,d} labels: validation accuracy {scores[-1]:.1%}")

# %% [markdown]
# - **Unsupervised** learning has inputs alone, and looks for structure: groups, directions, densities. The next cell looks for the two directions in which pictures differ most, without a single label.
# - **Semi-supervised** learning has few labels and many inputs: a model labels what it is sure of, and learns from that; or it asks that a slightly changed picture gets the same answer.
# - **Self-supervised** learning makes its own targets from the inputs: hide a part and predict it. Language models learn so, from the next word.

# %% [show]
some, names = pixels[:1500], images.train_labels[order][:1500]
_, _, directions = torch.linalg.svd(some - some.mean(dim=0), full_matrices=False)
plane = (some - some.mean(dim=0)) @ directions[:2].T
axes = figures.axes("Two directions, found without labels", "first direction", "second direction", height=3.8)
for digit, marker, colour in ((0, "o", figures.BLUE), (1, "^", figures.VERMILLION), (7, "s", figures.GREEN)):
    axes.plot(*plane[names == digit].T, marker, color=colour, alpha=0.5, markersize=4, label=f"labelled {digit}")
axes.legend()
centres = {digit: plane[names == digit].mean(dim=0).round().tolist() for digit in (0, 1, 7)}
figures.show(axes, f"Pictures of three digits in the plane of the two main directions, in groups around {centres}.")

# %% [markdown]
# ## Outlook: learning by doing
#
# In **reinforcement learning** nobody gives the right answer.
# An agent in a state $s$ chooses an action $a$ by its *policy* π, gets a reward $r$, and finds itself in a state $s'$, where it acts again: $s, a, r, s', a', \dots$

# %% [show]
axes = figures.axes(height=2.4)
for x, name, colour in ((0, "agent\npolicy π", figures.BLUE), (4, "environment", figures.GREEN)):
    box = {"boxstyle": "round,pad=0.8", "facecolor": "none", "edgecolor": colour, "linewidth": 2}
    axes.text(x, 0, name, ha="center", va="center", bbox=box)
for (start, end), y, told in (((0.8, 3), 0.35, "action a"), ((3, 0.8), -0.35, "reward r, next state s′")):
    axes.annotate("", (end, y), (start, y), arrowprops={"arrowstyle": "->", "color": figures.INK})
    axes.text(1.9, y * 1.6, told, ha="center", va="center")
axes.set(xlim=(-1, 5), ylim=(-1, 1))
axes.set_axis_off()
figures.show(axes, "A loop: the agent sends an action to the environment, which sends back a reward and the next state.")

# %% [markdown]
# Two functions tell what a policy is worth: $v_\pi(s)$, the rewards to come from the state $s$, and $q_\pi(s, a)$, the same if the first action is $a$.
# A reward $k$ steps away counts $\gamma^k$, with a discount γ a little below 1.
# Bellman's *principle of optimality* (1952) ties neighbours together: the best from here is the best first step, followed by the best from there,
#
# $$q(s, a) = r + \gamma \max_{a'} q(s', a') .$$
#
# **Predict** for a corridor of six cells, with γ = 0.9: from the left end, the fifth step to the right earns the reward 1. What is the first of these five steps worth?

# %% [show]
rng, worth = np.random.default_rng(0), np.zeros((6, 2))  # a row for each cell; columns: left, right
for _ in range(300):
    cell = 0
    while cell != 5:
        action = rng.integers(2) if rng.random() < 0.3 else worth[cell].argmax()
        after = cell + 1 if action else max(cell - 1, 0)
        target = float(after == 5) + 0.9 * worth[after].max()
        worth[cell, action] += 0.5 * (target - worth[cell, action])
        cell = after
print("       left  right")
for cell in range(5):
    print(f"cell {cell} {worth[cell, 0]:5.3f} {worth[cell, 1]:5.3f}   0.9 ** {4 - cell} = {0.9 ** (4 - cell):.3f}")

# %% [markdown]
# That was **Q-learning** (1992): after each step, move $q(s, a)$ a little towards what Bellman's equation says.
# **SARSA** (1996) puts the action that is really taken next in place of the best one, which explains its name: $s, a, r, s', a'$.
# **Policy gradient** (2000) methods leave $q$ aside and climb: the policy is a network like yours, and its parameters follow the gradient of the expected reward, estimated from samples, as your minibatches estimated theirs.

# %% [markdown]
# ## Summary
#
# - Targets have the shape of the outputs, and the meaning of the question: look at both before you train.
# - Cross-entropy is the negative logarithm of the probability of what happened; computed from logits it survives every number, and its slope is $p - y$.
# - A layer from $a$ to $b$ numbers has $ab + b$ parameters. Without a bend between them, two layers are one.
# - The sigmoid is for probabilities, ReLU for the middle: a slope of at most ¼, ten times over, is next to nothing.
# - The gradient of a minibatch is an unbiased estimate of the full one: a cheap step in the right direction on average.
# - The work that is the same for all pictures is done once, before training.
# - Choose by validation, measure once on the test set, and give an interval.
#
# ## Where to go next
#
# You have come from the lowest point of a parabola to a network that reads handwriting, and there is no part of it that you have not built yourself.
# Change something: more hidden numbers, a second hidden layer, other questions ("greater than 4?"), and report what you find as in exercise 7.9.
# To read on: LeCun and others, *Gradient-Based Learning Applied to Document Recognition* (1998), where these pictures come from; Goodfellow, Bengio and Courville, *Deep Learning*; Sutton and Barto, *Reinforcement Learning*.
