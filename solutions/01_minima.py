# %% [markdown]
# # Minima
#
# You will be able to
#
# - say what a machine does when it "learns", and why that is a search for a lowest point;
# - find the minimum of any parabola, on paper and in code;
# - tell a minimum from the other points where a curve is flat, and a local minimum from the global one;
# - have the computer differentiate any polynomial for you;
# - write Newton's method, measure how fast it is, and say when it fails.
#
# **Time**: 60 minutes, of which 36 are exercises.
# **You need**: Python functions, lists and NumPy arrays; from school, the derivative.
#
# Run a cell with Shift+Enter, from top to bottom.
# Where you read *Predict*, commit yourself before you run the next cell: a wrong guess teaches more than none.

# %% [setup]
import numpy as np

from course_utils import checks, figures, widgets

# %% [markdown]
# ## Rules from data
#
# In a usual program you write the rules, the computer applies them to data, and out come answers.
# In **machine learning** you give data *and* answers, and the computer finds the rule.
# That helps where nobody can write the rules down: recognise a face, predict the weather.
# You will take the road that the researchers took, from school mathematics to systems that learn patterns.
# The first station is a spring: hang a mass on it, and measure how far it stretches.

# %% [setup]
mass = np.array([1.0, 2.0, 3.0, 5.0, 7.0])  # kilograms: the data
stretch = np.array([2.1, 3.9, 6.2, 9.8, 14.3])  # centimetres: the answers


def error(w):
    """How wrong the rule "stretch = w · mass" is: the mean of the squared differences."""
    return np.mean((w * mass - stretch) ** 2)

# %% [markdown]
# The rule has one unknown number $w$, the centimetres per kilogram.
# A good $w$ makes the predictions $w \cdot \text{mass}$ agree with the measured answers.
# The function `error` says how badly they disagree, so the best rule is the one with the smallest error.
# **Predict**: three values of $w$ come next, 1.2, 2 and 2.6; what shape has the error as a function of *all* $w$?

# %% [show]
figure, (left, right) = figures.grid(1, 2, width=8)
tried, slopes = (1.2, 2.0, 2.6), np.linspace(0.8, 3.2, 100)
for w, style in zip(tried, (":", "-", "--")):
    left.plot([0, 8], [0, 8 * w], style, color=figures.BLUE, label=f"w = {w}")
left.plot(mass, stretch, **figures.LINES["data"])
left.set(title="Three rules", xlabel="mass (kg)", ylabel="stretch (cm)")
right.plot(slopes, [error(w) for w in slopes], **figures.LINES["model"] | {"label": "error"})
right.plot(tried, [error(w) for w in tried], "o", color=figures.VERMILLION, label="the three rules")
right.set(title="How wrong each rule is", xlabel="w", ylabel="error")
left.legend()
right.legend()
heights = ", ".join(f"{error(w):.2f} for w = {w}" for w in tried)
figures.show(figure, "Left: five measured points and three straight rules through 0. "
             f"Right: the error is a bowl over w; {heights}.")

# %% [markdown]
# The error is a parabola, and the best rule sits at its lowest point.
# So learning this rule *is* finding a minimum, and that is what this lab is about.
# A model of faces has millions of unknown numbers in place of one $w$, and its error is no parabola, but the question stays: where is it lowest?

# %% [markdown]
# ## First with paper and pencil
#
# The **slope** of a curve $f$ at $x$ is its derivative $f'(x)$: how fast the height changes when you walk to the right.
# **Predict**: at which dot of the next picture, A or B, do you walk left to get lower, and what is the sign of the slope there?

# %% [show]
axes, t = figures.axes("Which way is down?", "x", "f(x)", height=3), np.linspace(-0.6, 4.4, 100)
axes.plot(t, (t - 2) ** 2 + 1, **figures.LINES["model"])
for x, word in ((0.5, "A"), (3.5, "B")):
    height, slope = (x - 2) ** 2 + 1, 2 * (x - 2)
    axes.plot([x - 0.5, x + 0.5], [height - slope / 2, height + slope / 2], "--", color=figures.VERMILLION)
    axes.plot(x, height, "o", color=figures.VERMILLION)
    axes.annotate(word, (x, height), xytext=(0, 8), textcoords="offset points", ha="center")
axes.set(ylim=(0, 8.5))
figures.show(axes, "A bowl with its lowest point at x = 2, and two dots on it with dashed tangents: "
             "A at x = 0.5, where the curve falls to the right, and B at x = 3.5, where it falls to the left.")

# %% [markdown]
# At A the curve falls as you walk right, so its slope is negative; at B it rises.
# Where $f'(x) > 0$, a small step to the left takes you lower; where $f'(x) < 0$, a step to the right does.
# At the lowest point neither step may help, so a smooth curve (one without corners or jumps) can be lowest only where $f'(x) = 0$: where it is flat.
# To compute a derivative, remember how powers behave: $x^n$ has the derivative $n x^{n-1}$, a factor in front stays in front, and a constant has the derivative 0.

# %% [markdown]
# ### Exercise 1.1 · two minima by hand · 2 points · 4 minutes · ●○○
#
# On paper, find the $x$ at which each function is lowest:
#
# 1. $f(x) = x^2$
# 2. $f(x) = x^2 - 4x + 4$
#
# Write the two places into a list, the first function's first: `minima_by_hand = [..., ...]`.
#
# <details><summary>What is the first thing to do?</summary>
#
# What is the slope of $x^2$ at any $x$? At which $x$ is that slope zero?
# </details>
# <details><summary>I have a slope, and do not see where it is zero</summary>
#
# The slope of the second function is a straight line. You want the one $x$ where that line crosses zero: bring the number to the other side, then divide.
# </details>

# %% [exercise] id="minima_by_hand"
minima_by_hand = None
# BEGIN SOLUTION
minima_by_hand = [0, 2]  # 2x = 0, and 2x − 4 = 0
# END SOLUTION

# %% [checks] exercise="minima_by_hand" id="check_minima_by_hand_first" points=1
checks.lowest(minima_by_hand, [lambda x: x**2, lambda x: x**2 - 4 * x + 4], 0)

# %% [checks] exercise="minima_by_hand" id="check_minima_by_hand_second" points=1
checks.lowest(minima_by_hand, [lambda x: x**2, lambda x: x**2 - 4 * x + 4], 1)

# %% [markdown]
# Here are the two curves, with your answers on them.

# %% [show]
axes, x = figures.axes("Two parabolas and your two answers", "x", "f(x)"), np.linspace(-2.5, 4.5, 141)
curves = {"x²": lambda x: x**2, "x² − 4x + 4": lambda x: x**2 - 4 * x + 4}
answers = minima_by_hand if minima_by_hand is not None else []
for (name, f), style in zip(curves.items(), ("model", "truth")):
    axes.plot(x, f(x), **figures.LINES[style] | {"label": name})
for answer, f in zip(answers, curves.values()):
    axes.plot(answer, f(answer), "o", color=figures.VERMILLION, markersize=9)
    axes.annotate("your answer", (answer, f(answer)), (0, 12), textcoords="offset points", ha="center")
axes.legend()
told = ". ".join(figures.describe(name, x, f(x)) for name, f in curves.items())
figures.show(axes, f"{told}. Your answers are {answers}.")

# %% [markdown]
# The second curve is the first one, moved to the right: $x^2 - 4x + 4 = (x - 2)^2$.
# Every parabola is $x^2$ moved, stretched or turned over, so one formula finds the flat point of all of them.

# %% [markdown]
# ### Exercise 1.2 · any parabola · 3 points · 6 minutes · ●○○
#
# Write `argmin_parabola(a, b, c)`: the $x$ at which $f(x) = ax^2 + bx + c$ is lowest.
# "arg min" is short for *the argument $x$ that makes $f$ minimal*; the height $f(x)$ there is not asked.
#
# | argument | | |
# |---|---|---|
# | `a`, `b`, `c` | numbers | the coefficients, highest power first |
# | returns | number | the place of the minimum |
# | raises | `ValueError`, by `raise ValueError("no lowest point")` | if there is no lowest point: think about which `a` that concerns |
#
# <details><summary>Where does the formula come from?</summary>
#
# Do on paper what you did in exercise 1.1, with the letters $a$, $b$, $c$ in place of the numbers. Which letter vanishes when you differentiate?
# </details>
# <details><summary>When is there no lowest point?</summary>
#
# Sketch $-x^2$, and sketch $3x + 1$. What does $a$ have to do with it? Both sketches need the error.
# </details>
# <details><summary>My answer is right for a = 1 only</summary>
#
# Python reads `1 / 2 * 4` from left to right. What do you get, and what did you want? Parentheses decide what is divided by what.
# </details>

# %% [exercise] id="argmin_parabola"
def argmin_parabola(a, b, c):
    """Place of the minimum of a·x² + b·x + c; ValueError if there is none."""
    # BEGIN SOLUTION
    if a <= 0:
        raise ValueError(f"a parabola has a lowest point only if a > 0, not for a = {a}")
    return -b / (2 * a)
    # END SOLUTION

# %% [checks] exercise="argmin_parabola" id="check_argmin_parabola_known" points=1
checks.parabola(argmin_parabola, [((1, -4, 4), 2), ((2, 3, 1), -0.75), ((0.5, -3, 4), 3), ((3, 5, -2), -5 / 6)])

# %% [checks] exercise="argmin_parabola" id="check_argmin_parabola_none" points=1
checks.refuses(argmin_parabola, (-1, 2, 3), (-0.5, 0, 7), (0, 3, 1))

# %% [checks] exercise="argmin_parabola" id="check_argmin_parabola_any" points=1
# Other parabolas are tried when your work is graded, narrow ones and wide ones.
checks.parabola(argmin_parabola, [((4, -2, 0.125), 0.25)])
# BEGIN HIDDEN TESTS
from hidden import random_parabolas, reference
best = reference("01_minima").argmin_parabola
drawn = random_parabolas(checks.rng("argmin_parabola"), 7)
checks.parabola(argmin_parabola, [(coefficients, best(*coefficients)) for coefficients in drawn])
checks.parabola(argmin_parabola, [((1e-4, 3e-4, 2e-4), -1.5), ((1e5, -3e5, 2e5), 1.5)])
# END HIDDEN TESTS

# %% [markdown]
# Now let your function learn the rule of the spring.
# Multiplied out, the error is a parabola $a w^2 + b w + c$ with $a = \text{mean}(\text{mass}^2)$, $b = -2\,\text{mean}(\text{mass} \cdot \text{stretch})$ and $c = \text{mean}(\text{stretch}^2)$.

# %% [show]
a, b, c = np.mean(mass**2), -2 * np.mean(mass * stretch), np.mean(stretch**2)
w = argmin_parabola(a, b, c)
print(f"The data say: error(w) = {a:.2f} w² − {-b:.2f} w + {c:.2f}")
print(f"The rule that your function finds: stretch = {w:.3f} · mass, with error {error(w):.4f}")
print(f"A little off, the error is larger: {error(w - 0.1):.4f} and {error(w + 0.1):.4f}")
print(f"A mass of 4 kg was never measured. The rule predicts {4 * w:.1f} cm.")

# %% [markdown]
# Nobody told the computer how stiff the spring is: your function found it in data and answers, and that was machine learning with a single unknown.

# %% [markdown]
# ## Flat, and yet no minimum
#
# You solved $f'(x) = 0$ and had the minimum, as many texts promise.
# For a parabola with $a > 0$ the promise holds; for other curves it does not.
# The next picture shows $f(x) = x^3 - 3x$ with its **tangent**, the straight line that touches the curve at $x$ and has the slope $f'(x)$.
# Move the slider with the mouse or the arrow keys, or drag in the picture; **predict** first at how many places the tangent will be horizontal, and at which.

# %% [show]
widgets.Tangent("cubic", x=-1.7)

# %% [markdown]
# Without a slider, this table tells the same.

# %% [show]
print("   x   height   slope   the tangent")
for x in (-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2):
    slope = 3 * x**2 - 3
    word = "rises" if slope > 0 else "falls" if slope < 0 else "is flat"
    print(f"{x:4} {x**3 - 3 * x:8.3f} {slope:7.2f}   {word}")

# %% [markdown]
# The tangent is flat at two places, and they differ.
# At $x = 1$ the curve falls, is flat, and rises: a minimum.
# At $x = -1$ it rises, is flat, and falls: the top of a hill, a **maximum**, and $f'(-1) = 0$ all the same.
# There is a third kind; the next picture has one.

# %% [show]
figure, panels = figures.grid(1, 4, width=9, height=2.4, sharey=True)
t, names, kinds = np.linspace(-1.3, 1.3, 100), ("x²", "−x²", "x³", "x⁴"), ("valley", "hilltop", "landing", "valley")
for panel, curve, name in zip(panels, (t**2, -(t**2), t**3, t**4), names):
    panel.plot(t, curve, **figures.LINES["model"])
    panel.plot([-0.6, 0.6], [0, 0], "--", color=figures.VERMILLION)
    panel.plot(0, 0, "o", color=figures.VERMILLION)
    panel.set(title=name, xlabel="x", ylim=(-1.8, 1.8))
told = "; ".join(f"{name}: a {kind}" for name, kind in zip(names, kinds))
figures.show(figure, f"Four curves, all flat at x = 0. {told}.")

# %% [markdown]
# All four are flat at 0.
# The third one, $x^3$, rises, rests, and rises on, like stairs at a landing: neither minimum nor maximum.
# So at a minimum a smooth curve is flat, but a flat point need not be a minimum: $f'(x) = 0$ is **necessary, not sufficient**.
# More is seen in the **second derivative** $f''$, the slope of the slope: where $f''(x) > 0$ the curve bends upwards, like $x^2$ with its $f'' = 2$.
# Look at $x^4$ with its $f''(x) = 12x^2$ too: at 0 its $f''$ is zero, and it has a minimum there.

# %% [markdown]
# ### Exercise 1.3 · sure signs of a minimum · 2 points · 4 minutes · ●●○
#
# A point $p$ is a **local minimum** of $f$ if $f$ is nowhere lower than $f(p)$ close to $p$.
# Let $f$ be smooth (you can differentiate it as often as you like).
# Which of these statements, each on its own, guarantee that $p$ is a local minimum?
#
# - **A** $f'(p) = 0$
# - **B** $f'(p) = 0$ and $f''(p) > 0$
# - **C** $f'(p) = 0$ and $f''(p) = 0$
# - **D** $f'$ is negative to the left of $p$, and positive to the right of it
# - **E** $f(x) = ax^2 + bx + c$ with $a > 0$, and $f'(p) = 0$
# - **F** $f(p - 1)$ and $f(p + 1)$ are both larger than $f(p)$
# - **G** $f''(p) > 0$
#
# Write the letters as text, such as `"XY"`.
# You may change your choice at any time: try each statement on the curves that you meet below.
#
# <details><summary>How do I decide about a statement?</summary>
#
# Try to break it: is there a curve for which the statement is true and $p$ is no minimum? Four curves are in the last picture, and you may draw your own.
# </details>
# <details><summary>I cannot find a curve that breaks it</summary>
#
# Then try to say why none exists: walk from left to right through $p$. What do you know of the way down, and of the way up?
# </details>

# %% [exercise] id="guaranteed_minima"
guaranteed_minima = None
# BEGIN SOLUTION
guaranteed_minima = "BDE"
# END SOLUTION

# %% [checks] exercise="guaranteed_minima" id="check_guaranteed_minima_choice" points=2
# Whether the choice is right is looked at when your work is graded: here only that it is one.
checks.letters(guaranteed_minima, "ABCDEFG")
# BEGIN HIDDEN TESTS
from hidden import reference
reasons = {"A": "flat_is_enough", "C": "zero_curvature_trusted", "G": "curvature_is_enough", "F": "samples_trusted"}
reasons |= {"D": "sign_change_missed", "B": "curved_flat_missed", "E": "parabola_missed"}
checks.chosen(guaranteed_minima, reference("01_minima").guaranteed_minima, reasons)
# END HIDDEN TESTS

# %% [markdown]
# ## Let the computer differentiate
#
# Derivatives by hand get boring, and boredom makes mistakes.
# For polynomials the rule is so regular that a computer can follow it, once a polynomial is a list of numbers.
# In labs 01 to 03 the **coefficients** stand highest power first, and no power is left out: `[1, 0, -3, 0]` is $1x^3 + 0x^2 - 3x + 0$.
# `np.polyval(coeffs, x)` computes the height of such a polynomial at $x$.

# %% [setup]
cubic = np.array([1.0, 0.0, -3.0, 0.0])  # x³ − 3x
quartic = np.array([1.0, 0.0, -3.0, 1.0, 0.0])  # x⁴ − 3x² + x

# %% [markdown]
# ### Exercise 1.4 · the derivative of a polynomial · 3 points · 6 minutes · ●●○
#
# Write `derivative_poly(coeffs)`: the coefficients of the derivative, in the same order.
# Do it yourself, without `np.polyder`: in lab 05 you will write such rules for many functions, and let the computer join them.
#
# | argument | | |
# |---|---|---|
# | `coeffs` | array of shape `(k,)`, $k \ge 2$ | coefficients, highest power first; stays as it is |
# | returns | array of shape `(k - 1,)` | coefficients of the derivative, highest power first |
#
# <details><summary>Can I see it on one example?</summary>
#
# Write $2x^3 + 5x^2 - 7x + 4$ and its derivative on paper, one below the other. Above each coefficient, note its power. What happened to each coefficient, and which one is gone?
# </details>
# <details><summary>How do I know the power that belongs to a coefficient?</summary>
#
# The last coefficient has power 0. In a list of $k$ numbers, which power has the first? What does `np.arange(5, 0, -1)` give?
# </details>
# <details><summary>My result is one too long, or the check says that I change the input</summary>
#
# Cut before you compute: which part of the list survives? And make a new array: `coeffs *= …` would write into the array of whoever called you.
# </details>

# %% [exercise] id="derivative_poly"
def derivative_poly(coeffs):
    """Coefficients of a polynomial's derivative.

    coeffs  : array of shape (k,), highest power first
    returns : array of shape (k - 1,), highest power first
    """
    # BEGIN SOLUTION
    powers = np.arange(len(coeffs) - 1, 0, -1)
    return powers * coeffs[:-1]
    # END SOLUTION

# %% [checks] exercise="derivative_poly" id="check_derivative_poly_cubic" points=1
checks.polynomial_slope(
    derivative_poly, [([2, 5, -7, 4], [6, 10, -7]), (cubic, [3, 0, -3]), (quartic, [4, 0, -6, 1])]
)

# %% [checks] exercise="derivative_poly" id="check_derivative_poly_any" points=2
# Polynomials of other degrees are tried when your work is graded, from a straight line upwards.
checks.polynomial_slope(derivative_poly, [([4, -3], [4]), ([0.5, 3, -2], [1, 3])])
# BEGIN HIDDEN TESTS
from hidden import random_polynomials, reference
right = reference("01_minima").derivative_poly
drawn = random_polynomials(checks.rng("derivative_poly"), (1, 2, 3, 4, 5, 6, 8))
checks.polynomial_slope(derivative_poly, [(coeffs, right(coeffs)) for coeffs in drawn])
# END HIDDEN TESTS

# %% [markdown]
# Your function turns a curve into its slope.
# **Predict**: where the curve $x^3 - 3x$ has its hilltop and its valley, what does the curve of its slope do?

# %% [show]
slope, t = derivative_poly(cubic), np.linspace(-2.2, 2.2, 100)
axes = figures.axes("A polynomial and its derivative, by your function", "x", "")
axes.plot(t, np.polyval(cubic, t), **figures.LINES["model"] | {"label": "f(x) = x³ − 3x"})
axes.plot(t, np.polyval(slope, t), "--", color=figures.PURPLE, label="f′(x), from your coefficients")
axes.plot([-1, 1], np.polyval(cubic, [-1, 1]), "o", color=figures.VERMILLION, label="flat points")
axes.axhline(0, color=figures.INK, linewidth=1)
axes.legend(loc="upper center")
print("coefficients of f′:", slope)
figures.show(axes, f"{figures.describe('x³ − 3x', t, np.polyval(cubic, t))}. "
             f"{figures.describe('Its derivative', t, np.polyval(slope, t))}; it is 0 at −1 and 1.")

# %% [markdown]
# Where the curve is flat, its derivative crosses zero: from above at the hilltop, from below in the valley.
# So to minimise is to find the zeros of $f'$, and then to tell which kind each of them is.

# %% [markdown]
# ### Exercise 1.5 · which kind of flat point? · 3 points · 6 minutes · ●●○
#
# Write `classify(df, d2f, x)`, which says what kind of flat point `x` is.
#
# | argument | | |
# |---|---|---|
# | `df`, `d2f` | functions: number → number | the derivative $f'$ and the second derivative $f''$: `df(3)` is the slope at 3 |
# | `x` | number | a flat point: $f'(x) = 0$ |
# | returns | text | `"minimum"`, `"maximum"` or `"neither"` |
#
# Two different flat points of a curve are never closer to each other than 0.1.
#
# <details><summary>Where do I start?</summary>
#
# Take $x^2$, $-x^2$, $x^3$ and $x^4$ at 0. For each, note the sign of the slope a little to the left and a little to the right. Which pair of signs belongs to which word?
# </details>
# <details><summary>Is the second derivative enough?</summary>
#
# Where it is not zero, yes. Which of the four curves above have $f''(0) = 0$, and do they get the same word?
# </details>
# <details><summary>How far is "a little"?</summary>
#
# So near that no other flat point lies between, and not so near that rounding swallows the step: somewhere around 0.01 is fine here.
# </details>

# %% [exercise] id="classify"
def classify(df, d2f, x):
    """Kind of a flat point: "minimum", "maximum" or "neither"; ``df`` and ``d2f`` are the derivatives."""
    # BEGIN SOLUTION
    before, after = df(x - 0.01), df(x + 0.01)
    if before < 0 < after:
        return "minimum"
    if before > 0 > after:
        return "maximum"
    return "neither"
    # END SOLUTION

# %% [checks] exercise="classify" id="check_classify_known" points=1
checks.flat_points(classify, [
    ("x²", lambda x: 2 * x, lambda x: 2.0, 0, "minimum"),
    ("x³ − 3x", lambda x: 3 * x**2 - 3, lambda x: 6 * x, -1, "maximum"),
    ("x³ − 3x", lambda x: 3 * x**2 - 3, lambda x: 6 * x, 1, "minimum"),
    ("x³", lambda x: 3 * x**2, lambda x: 6 * x, 0, "neither"),
    ("−x³", lambda x: -3 * x**2, lambda x: -6 * x, 0, "neither"),
    ("x⁴", lambda x: 4 * x**3, lambda x: 12 * x**2, 0, "minimum"),
    ("−x⁴", lambda x: -4 * x**3, lambda x: -12 * x**2, 0, "maximum"),
    ("x⁴ + x³", lambda x: 4 * x**3 + 3 * x**2, lambda x: 12 * x**2 + 6 * x, 0, "neither"),
    ("x³ − x⁴", lambda x: 3 * x**2 - 4 * x**3, lambda x: 6 * x - 12 * x**2, 0, "neither"),
    ("2x⁵ − x⁴", lambda x: 10 * x**4 - 4 * x**3, lambda x: 40 * x**3 - 12 * x**2, 0, "maximum"),
])

# %% [checks] exercise="classify" id="check_classify_any" points=2
# Other curves are tried when your work is graded, and some have a second flat point near by.
# BEGIN HIDDEN TESTS
from hidden import flat_examples
checks.flat_points(classify, flat_examples(checks.rng("classify")))
# END HIDDEN TESTS

# %% [markdown]
# ## The lowest valley of all
#
# Now all parts work together on $x^4 - 3x^2 + x$: your `derivative_poly` gives $f'$ and $f''$, `np.roots` finds the zeros of a polynomial, and your `classify` names each of them.
# **Predict**: how many flat points can a polynomial have at most, if its highest power is $x^4$?

# %% [show]
slope = derivative_poly(quartic)
curvature = derivative_poly(slope)
flat = sorted(np.roots(slope).real)
kinds = [classify(lambda x: np.polyval(slope, x), lambda x: np.polyval(curvature, x), x) for x in flat]
heights = np.polyval(quartic, flat)
for x, height, kind in zip(flat, heights, kinds):
    print(f"x = {x:8.5f}   height {height:8.5f}   {kind}")

# %% [show]
axes, t = figures.axes("Every flat point of x⁴ − 3x² + x", "x", "f(x)"), np.linspace(-2.05, 1.9, 200)
axes.plot(t, np.polyval(quartic, t), **figures.LINES["model"])
for x, height, kind in zip(flat, heights, kinds):
    marker = {"minimum": "v", "maximum": "^", "neither": "s"}[kind]
    axes.plot(x, height, marker, color=figures.VERMILLION, markersize=9)
    axes.annotate(kind, (x, height), (0, -18 if kind == "minimum" else 10), textcoords="offset points", ha="center")
axes.set(ylim=(-5, 5))
told = "; ".join(f"{kind} at {x:.2f}, height {height:.2f}" for x, height, kind in zip(flat, heights, kinds))
figures.show(axes, f"{figures.describe('x⁴ − 3x² + x', t, np.polyval(quartic, t))}. {told}.")

# %% [markdown]
# The slope has the highest power $x^3$, so there are three at most; two of them are minima, and one is deeper.
# The right one, at $x \approx 1.131$ with height $-1.070$, is a **local minimum**: the lowest point of its surroundings, a puddle in a high valley.
# The left one, at $x \approx -1.301$ with height $-3.514$, is the **global minimum**: the lowest point of all, the deepest part of the ocean.
# Standing at the right one, nothing close by tells you that a deeper valley exists; you have to compare heights.
# Machine learning wants the global minimum, and often gets stuck in a local one.

# %% [markdown]
# ### In your own words · 2 points
#
# A friend writes: "To minimise a smooth function I solve $f'(x) = 0$, and the solution is the global minimum."
#
# Why is $f'(x) = 0$ not enough?
# Say what $f'(x) = 0$ does tell about a minimum, name everything else that such a point can be with one example each, and say what your friend should do in addition.
# Four to six sentences are plenty.

# %% [answer] [markdown] id="explain_flat_points" points=2
# **Sample answer.**
# At a minimum of a smooth function the slope must be zero: if it were positive, a small step to the left would lead lower, and if it were negative, a small step to the right.
# So the solutions of $f'(x) = 0$ hold every minimum; the condition is necessary.
# It is not sufficient: $x^3 - 3x$ has a maximum at $-1$, and $x^3$ has a landing at 0, which is neither; both points are flat.
# Even a flat point that is a minimum may be local only: $x^4 - 3x^2 + x$ has a minimum near 1.13 and a deeper one near $-1.30$.
# My friend should look at the slope on both sides of each flat point, or at $f''$ where it is not zero, and then compare the heights of the minima that are left.
# A global minimum need not exist at all: $x^3 - 3x$ falls without end to the left.
#
# **Rubric** (2 points).
# 1 point: says that a minimum of a smooth function must be flat, and that a flat point may be a maximum or neither, with a right example of each (half a point if an example is missing or wrong).
# 1 point: names local against global, and says how to find out: sign of the slope on both sides or $f''$ (with care where $f'' = 0$), then compare heights (half a point for one of the two).
# The last sentence of the sample is not required.

# %% [markdown]
# ### Exercise 1.6 · the global minimum · optional · 8 minutes · ●●○
#
# Write `global_minimum(coeffs)`: the place of the lowest point of a polynomial whose first power is even and whose first coefficient is positive, so that it has one.
# Your own `derivative_poly` and `np.roots` may help; `np.roots` also returns complex numbers, and those are no places on the line.
#
# <details><summary>Do I need classify?</summary>
#
# The lowest point of all is one of the flat points. If you have the heights of all flat points, what is left to do?
# </details>
# <details><summary>How do I get rid of the complex ones?</summary>
#
# Each root has a part `.real` and a part `.imag`. Which of the two must vanish, up to rounding?
# </details>

# %% [exercise] id="global_minimum" optional=true
def global_minimum(coeffs):
    """Place of the lowest point of a polynomial of even degree with a positive first coefficient."""
    # BEGIN SOLUTION
    roots = np.roots(derivative_poly(coeffs))
    flat = roots.real[np.abs(roots.imag) < 1e-6]
    return flat[np.argmin(np.polyval(coeffs, flat))]
    # END SOLUTION

# %% [checks] exercise="global_minimum" id="check_global_minimum" points=0
lowest = [((quartic,), -1.3008396), (([2.0, 3.0, 1.0],), -0.75), (([1.0, 0.0, 1.0, -6.0, 2.0],), 1.0)]
lowest = [((np.array(coeffs),), place) for (coeffs,), place in lowest]
checks.cases(global_minimum, lowest, rtol=1e-6, success="the deepest of all valleys of 3 polynomials")

# %% [markdown]
# ## Find the zero: Newton's method
#
# To minimise, find the zeros of $f'$: but how do you find a zero when no formula helps?
# Newton's answer: a curve is hard, so follow a straight line instead.
# Stand at $x_0$, draw the tangent, and walk along it to where it meets the axis; that is $x_1$.
# Then draw the tangent at $x_1$, and so on.
# Here is the first tangent for $f(x) = x^2 - 10$ from $x_0 = 4$; its zero is $\sqrt{10}$.

# %% [show]
axes, t = figures.axes("One step of Newton's method", "x", "f(x)"), np.linspace(2.6, 4.3, 50)
axes.plot(t, t**2 - 10, **figures.LINES["model"] | {"label": "f(x) = x² − 10"})
axes.plot(t, 6 + 8 * (t - 4), "--", color=figures.VERMILLION, label="tangent at 4: height 6, slope 8")
axes.plot([4, 4], [0, 6], ":", color=figures.INK)
axes.plot(4, 6, "o", color=figures.VERMILLION)
axes.plot(np.sqrt(10), 0, "*", color=figures.GREEN, markersize=12, label="the zero")
axes.axhline(0, color=figures.INK, linewidth=1)
axes.set(ylim=(-3.5, 8))
axes.legend(loc="upper left")
figures.show(axes, "The curve x² − 10 and its tangent at x = 4, where the height is 6 and the slope 8. "
             f"The tangent meets the axis to the left of 4, much closer to the zero at {np.sqrt(10):.4f}.")

# %% [markdown]
# ### Exercise 1.7 · two steps by hand · 1 point · 3 minutes · ●○○
#
# For $f(x) = x^2 - 10$ and $x_0 = 4$, find $x_1$ and $x_2$ with paper and pencil (a calculator for the second).
# Write them as `newton_by_hand = [..., ...]`, with at least three decimals.
#
# <details><summary>How far is it from 4 to where the tangent meets the axis?</summary>
#
# The tangent loses 8 in height for each 1 that you walk to the left, and you are 6 above the axis. How far must you walk?
# </details>
# <details><summary>And the second step?</summary>
#
# The same, from your new place. Which two numbers do you need anew there?
# </details>

# %% [exercise] id="newton_by_hand"
newton_by_hand = None
# BEGIN SOLUTION
newton_by_hand = [4 - 6 / 8, 3.25 - 0.5625 / 6.5]
# END SOLUTION

# %% [checks] exercise="newton_by_hand" id="check_newton_by_hand" points=1
checks.newton_tangents(newton_by_hand, lambda x: x**2 - 10, lambda x: 2 * x, 4.0)

# %% [markdown]
# ### Exercise 1.8 · Newton's method · 4 points · 7 minutes · ●●●
#
# Write `newton_root(f, df, x0, tol=1e-12, max_iter=50)`.
# It returns the whole path, not only its end: first `x0`, then every point it steps to.
#
# | argument | | |
# |---|---|---|
# | `f`, `df` | functions: number → number | the function and its derivative |
# | `x0` | number | where you start |
# | `tol` | number | stop once a step is no longer than this |
# | `max_iter` | whole number | stop after so many steps, arrived or not |
# | returns | array or list of shape `(steps + 1,)` | the path, `x0` first, the last point last |
# | raises | `ValueError` | if the slope where you stand is zero: a horizontal tangent never meets the axis |
#
# <details><summary>Where do I start?</summary>
#
# Write exercise 1.7 with letters: you stand at $x$, at height $f(x)$, on a tangent of slope $f'(x)$. How far is it to the axis, and in which direction? Check your formula with both of your steps.
# </details>
# <details><summary>How do I keep the whole path?</summary>
#
# How many points are there before the first step? Begin with a list that holds those, and let it grow.
# </details>
# <details><summary>My loop stops at once, or never</summary>
#
# A step to the left is negative: is it then "smaller than `tol`"? And for a function without a zero no step ever gets small: what else ends your loop?
# </details>

# %% [exercise] id="newton_root"
def newton_root(f, df, x0, tol=1e-12, max_iter=50):
    """Follow tangents to a zero of ``f``; return all points from ``x0`` on, as an array of shape (steps + 1,)."""
    # BEGIN SOLUTION
    path = [float(x0)]
    for _ in range(max_iter):
        x, slope = path[-1], df(path[-1])
        if slope == 0:
            raise ValueError(f"the tangent at x = {x} is flat: it never meets the axis")
        path.append(x - f(x) / slope)
        if abs(path[-1] - x) <= tol:
            break
    return np.array(path)
    # END SOLUTION

# %% [checks] exercise="newton_root" id="check_newton_root_square_roots" points=1
checks.newton_path(newton_root, lambda x: x**2 - 5, lambda x: 2 * x, 3.0)
checks.newton_path(newton_root, lambda x: x**2 - 2, lambda x: 2 * x, 1)

# %% [checks] exercise="newton_root" id="check_newton_root_stops" points=1
# The first function has a zero, but from 3 the tangents lead to 4, back to 3, to 4, and so on.
def ping_pong(x): return (x - 3) ** 3 - 2 * (x - 3) + 2

checks.newton_path(newton_root, ping_pong, lambda x: 3 * (x - 3) ** 2 - 2, 3.0, max_iter=6, arrives=False)
checks.newton_path(newton_root, lambda x: x**2 - 5, lambda x: 2 * x, 3.0, tol=0.1)

# %% [checks] exercise="newton_root" id="check_newton_root_flat" points=1
checks.newton_refuses(newton_root, lambda x: x**2 + 1, lambda x: 2 * x, 0)

# %% [checks] exercise="newton_root" id="check_newton_root_any" points=1
# Other functions are tried when your work is graded.
# BEGIN HIDDEN TESTS
from hidden import newton_cases
for f, df, x0 in newton_cases(checks.rng("newton_root")):
    checks.newton_path(newton_root, f, df, x0)
# END HIDDEN TESTS

# %% [markdown]
# How fast is it?
# The next cell uses your function to compute $\sqrt 2$, the zero of $x^2 - 2$, from $x_0 = 1$.
# **Predict**: after step 3 about 5 decimals are right; how many are right after step 4?

# %% [show]
path = newton_root(lambda x: x**2 - 2, lambda x: 2 * x, 1.0)
errors = np.abs(np.array(path) - np.sqrt(2))
print("step   x                     error     error / (error before)²")
for step, (x, e) in enumerate(zip(path, errors)):
    ratio = f"{e / errors[step - 1] ** 2:.3f}" if step and e > 1e-15 else ""
    print(f"{step:4}   {x:.16f}   {e:7.1e}   {ratio}")

# %% [show]
axes = figures.axes("The error of your Newton's method", "step", "error, log scale", height=3)
shown_errors = np.maximum(errors, 1e-16)
axes.semilogy(shown_errors, **figures.LINES["path"] | {"marker": "o", "label": "error"})
axes.axhline(2.2e-16, color=figures.INK, linestyle=":", label="as exact as a float gets")
axes.legend()
told = ", ".join(f"{e:.0e}" for e in errors)
figures.show(axes, f"Errors, from the start on: {told}. The curve falls ever more steeply, down to the limit of floats.")

# %% [markdown]
# The number of right decimals about doubles with each step: that is **quadratic convergence**.
# The last column says it exactly: each error is close to a constant $C$ times the *square* of the error before, here $C = 1/(2\sqrt2) \approx 0.354$.
# Some texts promise this under the condition that "$f'(x) \ne 0$ for all $x$".
# That asks too much, since here $f'(0) = 0$ and the method is fast all the same; what it needs is $f' \ne 0$ *at the zero and near it*, and a start close enough.

# %% [markdown]
# ## What Newton finds, and when it fails
#
# To minimise $f(x) = x^3 - 3x$, hand `newton_root` the function $f'$ in place of $f$, and $f''$ in place of $f'$: no new code is needed.
# (`lambda x: 6 * x` is a function without a name: it takes $x$ and returns $6x$.)

# %% [show]
print(np.array(newton_root(lambda x: 3 * x**2 - 3, lambda x: 6 * x, 2.0)))

# %% [markdown]
# ### Exercise 1.9 · where does it end? · optional · 2 minutes · ●●○
#
# From 2, Newton's method ends in the minimum at 1.
# **Predict**: you minimise $x^3 - 3x$ in the same way from $x_0 = -0.5$.
# At which $x$ does the path end? Write your guess as `newton_end = ...`.
# The check compares it with what your own `newton_root` does.
#
# <details><summary>How can I foresee that?</summary>
#
# What does Newton's method look for: low points of $f$, or zeros of the function that you hand it? Sketch $f'(x) = 3x^2 - 3$ and draw its tangent at $-0.5$.
# </details>

# %% [exercise] id="newton_end" optional=true
newton_end = None
# BEGIN SOLUTION
newton_end = -1
# END SOLUTION

# %% [checks] exercise="newton_end" id="check_newton_end" points=0
try:
    walked = checks.call(newton_root, lambda x: 3 * x**2 - 3, lambda x: 6 * x, -0.5)
except checks.NotAttempted:
    checks.fail("this check runs your newton_root of exercise 1.8, which is not written yet.")
if not checks.same(newton_end, float(np.ravel(walked)[-1]), atol=1e-3):
    checks.fail("the path ends elsewhere.", hint="draw the tangent of f′ at −0.5: where does it meet the axis?")
checks.passed("this is where it ends: compare with the next cell")

# %% [show]
for x0 in (2.0, 0.1, -0.5):
    path = newton_root(lambda x: 3 * x**2 - 3, lambda x: 6 * x, x0)
    kind = classify(lambda x: 3 * x**2 - 3, lambda x: 6 * x, path[-1])
    points = ", ".join(f"{x:.4g}" for x in path[:7])
    print(f"from {x0:4}: {points} … ends at {path[-1]:.6g}, a {kind}")

# %% [markdown]
# From 2 it finds the minimum; from 0.1 it jumps to about 5 first, and finds it too.
# From $-0.5$ it walks to $-1$: to the *maximum*, and each step ends higher than the one before.
# Newton's method looks for flat points, and a hilltop is as flat as a valley: keep your `classify` at hand.
# It can also find nothing at all.
# Next comes $f(x) = \arctan x$, with its only zero at 0; **predict** whether all three starts, 1.39, 1.3917452 and 1.40, lead there.

# %% [show]
starts = (1.39, 1.3917452, 1.40)
paths = [newton_root(np.arctan, lambda x: 1 / (1 + x**2), x0, max_iter=11) for x0 in starts]
axes = figures.axes("Newton's method on arctan, from three starts", "step", "x")
colors = (figures.BLUE, figures.GREEN, figures.VERMILLION)
for x0, path, style, color in zip(starts, paths, ("o-", "s--", "^:"), colors):
    axes.plot(path, style, color=color, label=f"from {x0}")
axes.set(ylim=(-6, 6))
axes.legend(loc="lower left")
for x0, path in zip(starts, paths):
    print(f"from {x0}: " + ", ".join(f"{x:.4g}" for x in path))
told = "; ".join(f"from {x0} after {len(path) - 1} steps at {path[-1]:.3g}" for x0, path in zip(starts, paths))
figures.show(axes, f"Three paths that swing round 0: {told}.")

# %% [markdown]
# The three starts differ by less than one part in a hundred, and yet one arrives, one hops back and forth, and one runs away.
# Far from 0 arctan is almost level, and a nearly level tangent throws you far.
#
# Watch it happen: arctan is the slope of the bowl in the next picture, so the same walk looks for the bottom of that bowl.
# Press Step a few times, or Play; then start at 1.2.
# **Predict**: the bowl has one flat point and no other valley; is that enough for Newton's method?

# %% [show]
widgets.Tangent("bowl", x=1.45, newton=True)

# %% [markdown]
# It is not enough: what throws you away is the tangent of the slope, on the right, and it is nearly level far out.
# Now your own functions draw: your `derivative_poly` gives slope and second derivative of $x^4 - 3x^2 + x$, and your `newton_root` walks.
# **Predict**: which starts find the hilltop at $x \approx 0.17$, and why is a start near 0.7 thrown far away?

# %% [show]
quartic_slope = derivative_poly(quartic)
quartic_bend = derivative_poly(quartic_slope)
widgets.Tangent(
    f=lambda x: np.polyval(quartic, x), df=lambda x: np.polyval(quartic_slope, x),
    d2f=lambda x: np.polyval(quartic_bend, x), newton_root=newton_root, bounds=(-2.2, 2.2), newton=True,
    starts={"finds a minimum": -2.0, "finds the hilltop": 0.3, "is thrown far away": 0.7},
)

# %% [markdown]
# At $x = \tfrac{1}{\sqrt 2} \approx 0.707$ the second derivative is zero, so the slope has a level tangent there; from 0.7 the first step leads to about −14.5.
# Close to a zero with $f' \ne 0$ Newton's method is hard to beat; far away it promises nothing.

# %% [markdown]
# ### Exercise 1.10 · saddles · optional · 5 minutes · ●●○
#
# A function of *two* numbers is a landscape: a height for each place $(x, y)$ on a map.
# The simplest ones are $f(x, y) = p x^2 + q y^2$, flat at $(0, 0)$, and there is a new kind of flat point that no curve has.
# Run the picture below the check after you have guessed what it looks like for $p = 1$, $q = -1$.
#
# Write `bowl_or_saddle(p, q)` for numbers `p` and `q` that are not zero: `"minimum"`, `"maximum"`, or `"saddle"` if $(0, 0)$ is the lowest point on one road through it and the highest on another.
#
# <details><summary>How do I look at a landscape?</summary>
#
# Walk through $(0, 0)$ along the $x$ axis: which parabola do you see? Then walk along the $y$ axis.
# </details>

# %% [exercise] id="bowl_or_saddle" optional=true
def bowl_or_saddle(p, q):
    """Kind of the flat point of p·x² + q·y²: "minimum", "maximum" or "saddle"."""
    # BEGIN SOLUTION
    if p * q < 0:
        return "saddle"
    return "minimum" if p > 0 else "maximum"
    # END SOLUTION

# %% [checks] exercise="bowl_or_saddle" id="check_bowl_or_saddle" points=0
landscapes = [((2, 3), "minimum"), ((-1, -4), "maximum"), ((1, -1), "saddle"), ((-0.5, 2), "saddle")]
checks.words(bowl_or_saddle, landscapes)

# %% [show]
x, y = np.meshgrid(np.linspace(-2, 2, 60), np.linspace(-2, 2, 60))
figure, panels = figures.grid(1, 2, width=8, sharey=True)
for panel, q in zip(panels, (1, -1)):
    height = x**2 + q * y**2
    drawn = panel.contourf(x, y, height, levels=16, cmap="cividis")
    panel.plot(0, 0, "o", color=figures.VERMILLION)
    panel.set(title=f"x² {'+' if q > 0 else '−'} y²: {bowl_or_saddle(1, q)}", xlabel="x", ylabel="y")
    figure.colorbar(drawn, ax=panel, label="height")
figures.show(figure, "Two maps. Left, x² + y²: rings around a lowest point at (0, 0). Right, x² − y²: from (0, 0) "
             "the ground rises to the left and right and falls to the front and back, like a mountain pass.")

# %% [markdown]
# ## Summary
#
# - Machine learning finds rules from data and answers, by making an error as small as possible.
# - A minimum of a smooth function is flat, $f'(x) = 0$; a flat point can also be a maximum or neither. The slopes on its two sides decide.
# - Where $f''(x) = 0$, the second derivative is silent: $x^3$ and $x^4$ at 0 get different words.
# - A local minimum is the lowest point close by, the global one the lowest of all.
# - Newton's method follows tangents to a zero, and doubles the right decimals with each step when it is close. Given $f'$, it finds flat points of any kind.
#
# ## Where to go next
#
# You solved for flat points, or jumped to them.
# The functions of machine learning have millions of unknowns, and neither works there.
# In lab 02 you stand on a mountain in the fog, feel the slope under your feet, and walk down: **gradient descent**.
# How many numbers a derivative has when there are many unknowns, and what Newton's method would cost then, is told at its end.
