"""Lab 01: what students answer, wrong with the name of the misconception, and right in other words."""

import numpy as np

from autograder.source.mistakes import mistake, variant

# Exercise 1.1

mistake("minima_by_hand", misconception="wrong_sign", cell="minima_by_hand = [0, -2]")
mistake("minima_by_hand", misconception="double", cell="minima_by_hand = [0, 4]")
mistake("minima_by_hand", misconception="height_not_place", cell="minima_by_hand = [0, 0]")
mistake("minima_by_hand", misconception="swapped_answers", cell="minima_by_hand = [2, 0]")
mistake("minima_by_hand", misconception="point_not_number", cell="minima_by_hand = [(0, 0), (2, 0)]")
mistake("minima_by_hand", misconception="scalar_for_array", cell="minima_by_hand = 2")
mistake("minima_by_hand", misconception="not_a_number", cell='minima_by_hand = ["x = 0", "x = 2"]')
mistake("minima_by_hand", misconception="not_lowest", cell="minima_by_hand = [0, 1]")
variant("minima_by_hand", cell="minima_by_hand = (0.0, 2.0)")
variant("minima_by_hand", cell="import numpy as np\nminima_by_hand = np.array([0, 4 / 2])")
variant("minima_by_hand", cell="first = 0\nsecond = 2\nminima_by_hand = [first, second]")

# Exercise 1.2


@mistake("argmin_parabola", misconception="wrong_sign")
def argmin_parabola(a, b, c):
    if a <= 0:
        raise ValueError("no minimum")
    return b / (2 * a)


@mistake("argmin_parabola", misconception="double")
def argmin_parabola(a, b, c):
    if a <= 0:
        raise ValueError("no minimum")
    return -b / a


@mistake("argmin_parabola", misconception="precedence")
def argmin_parabola(a, b, c):
    if a <= 0:
        raise ValueError("no minimum")
    return -b / 2 * a


@mistake("argmin_parabola", misconception="height_of_parabola")
def argmin_parabola(a, b, c):
    if a <= 0:
        raise ValueError("no minimum")
    x = -b / (2 * a)
    return a * x**2 + b * x + c


@mistake("argmin_parabola", misconception="zero_of_parabola")
def argmin_parabola(a, b, c):
    if a <= 0:
        raise ValueError("no minimum")
    return (-b + np.sqrt(b**2 - 4 * a * c)) / (2 * a)


@mistake("argmin_parabola", misconception="zero_of_parabola")
def argmin_parabola(a, b, c):
    if a <= 0:
        raise ValueError("no minimum")
    return min(np.roots([a, b, c]))


@mistake("argmin_parabola", misconception="ascending_parabola")
def argmin_parabola(a, b, c):
    if a <= 0:
        raise ValueError("no minimum")
    return -b / (2 * c)


@mistake("argmin_parabola", misconception="no_minimum_accepted")
def argmin_parabola(a, b, c):
    return -b / (2 * a)


@mistake("argmin_parabola", misconception="zero_forgotten")
def argmin_parabola(a, b, c):
    if a < 0:
        raise ValueError("opens downwards")
    return -b / (2 * a)


@mistake("argmin_parabola", misconception="returned_not_raised")
def argmin_parabola(a, b, c):
    if a <= 0:
        return ValueError
    return -b / (2 * a)


@mistake("argmin_parabola", misconception="no_return")
def argmin_parabola(a, b, c):
    if a <= 0:
        raise ValueError("no minimum")
    print(-b / (2 * a))


@mistake("argmin_parabola", misconception="array_for_scalar")
def argmin_parabola(a, b, c):
    if a <= 0:
        raise ValueError("no minimum")
    x = -b / (2 * a)
    return x, a * x**2 + b * x + c


@variant("argmin_parabola")
def argmin_parabola(p, q, r):
    if not p > 0:
        raise ValueError("must open upwards")
    return -0.5 * q / p


@variant("argmin_parabola")
def argmin_parabola(a: float, b: float, c: float) -> float:
    if a > 0:
        slope = np.polyder([a, b, c])
        return np.roots(slope)[0].real
    raise ValueError


variant(
    "argmin_parabola",
    cell="""
def _flat_point(a, b):
    return np.array(-b) / np.array(2.0 * a)


def argmin_parabola(a, b, c):
    if a < 0 or a == 0:
        raise ValueError("a must be positive")
    return _flat_point(a, b)
""",
)

# Exercise 1.3

mistake("guaranteed_minima", misconception="flat_is_enough", cell='guaranteed_minima = "ABDE"')
mistake("guaranteed_minima", misconception="zero_curvature_trusted", cell='guaranteed_minima = "BCDE"')
mistake("guaranteed_minima", misconception="curvature_is_enough", cell='guaranteed_minima = ["B", "D", "E", "G"]')
mistake("guaranteed_minima", misconception="samples_trusted", cell='guaranteed_minima = "BDEF"')
mistake("guaranteed_minima", misconception="sign_change_missed", cell='guaranteed_minima = "B, E"')
mistake("guaranteed_minima", misconception="curved_flat_missed", cell='guaranteed_minima = "DE"')
mistake("guaranteed_minima", misconception="parabola_missed", cell='guaranteed_minima = {"B", "D"}')
mistake("guaranteed_minima", misconception="flat_is_enough", cell='guaranteed_minima = "ABCDEFG"')
mistake("guaranteed_minima", misconception="not_a_choice", cell="guaranteed_minima = [2, 4, 5]")
variant("guaranteed_minima", cell='guaranteed_minima = "b, d, e"')
variant("guaranteed_minima", cell='guaranteed_minima = ["E", "D", "B"]')
variant("guaranteed_minima", cell='guaranteed_minima = {"B", "D", "E"}')

# Exercise 1.4


@mistake("derivative_poly", misconception="reversed_order")
def derivative_poly(coeffs):
    derivative = []
    for power, coefficient in enumerate(coeffs[::-1]):
        if power > 0:
            derivative.append(power * coefficient)
    return np.array(derivative)


@mistake("derivative_poly", misconception="ascending_polynomial")
def derivative_poly(coeffs):
    return np.array([power * coeffs[power] for power in range(1, len(coeffs))])


@mistake("derivative_poly", misconception="keeps_constant")
def derivative_poly(coeffs):
    return coeffs * np.arange(len(coeffs) - 1, -1, -1)


@mistake("derivative_poly", misconception="keeps_constant")
def derivative_poly(coeffs):
    powers = np.arange(len(coeffs) - 1, 0, -1)
    return np.append(powers * coeffs[:-1], coeffs[-1])


@mistake("derivative_poly", misconception="forgets_power")
def derivative_poly(coeffs):
    return coeffs[:-1]


@mistake("derivative_poly", misconception="power_after")
def derivative_poly(coeffs):
    return coeffs[:-1] * np.arange(len(coeffs) - 2, -1, -1)


@mistake("derivative_poly", misconception="power_too_high")
def derivative_poly(coeffs):
    return coeffs[:-1] * np.arange(len(coeffs), 1, -1)


@mistake("derivative_poly", misconception="drops_leading")
def derivative_poly(coeffs):
    return coeffs[1:] * np.arange(len(coeffs) - 1, 0, -1)


@mistake("derivative_poly", misconception="changes_input")
def derivative_poly(coeffs):
    coeffs *= np.arange(len(coeffs) - 1, -1, -1)
    return coeffs[:-1]


@mistake("derivative_poly", misconception="integrates")
def derivative_poly(coeffs):
    return np.append(coeffs / np.arange(len(coeffs), 0, -1), 0)


@mistake("derivative_poly", misconception="no_return")
def derivative_poly(coeffs):
    powers = np.arange(len(coeffs) - 1, 0, -1)
    result = powers * coeffs[:-1]
    print(result)


@mistake("derivative_poly", misconception="integer_result")
def derivative_poly(coeffs):
    derivative = np.zeros(len(coeffs) - 1, dtype=int)
    for i in range(len(derivative)):
        derivative[i] = (len(coeffs) - 1 - i) * coeffs[i]
    return derivative


@variant("derivative_poly")
def derivative_poly(coeffs):
    degree = len(coeffs) - 1
    return [(degree - i) * coeffs[i] for i in range(degree)]


@variant("derivative_poly")
def derivative_poly(p):
    result = np.zeros(len(p) - 1)
    for i in range(len(p) - 1):
        result[i] = p[i] * (len(p) - i - 1)
    return result


@variant("derivative_poly")
def derivative_poly(coeffs):
    ascending = list(coeffs)[::-1]
    return tuple(float(k * c) for k, c in enumerate(ascending))[:0:-1]


variant(
    "derivative_poly",
    cell="derivative_poly = lambda coeffs: np.delete(coeffs * np.arange(len(coeffs))[::-1], -1).astype(np.float32)",
)

# Exercise 1.5


@mistake("classify", misconception="always_minimum")
def classify(df, d2f, x):
    if abs(df(x)) < 1e-9:
        return "minimum"
    return "neither"


@mistake("classify", misconception="kinds_swapped")
def classify(df, d2f, x):
    left, right = df(x - 0.01), df(x + 0.01)
    if left < 0 < right:
        return "maximum"
    if left > 0 > right:
        return "minimum"
    return "neither"


@mistake("classify", misconception="zero_curvature_is_neither")
def classify(df, d2f, x):
    if d2f(x) > 0:
        return "minimum"
    elif d2f(x) < 0:
        return "maximum"
    else:
        return "neither"


@mistake("classify", misconception="zero_curvature_is_minimum")
def classify(df, d2f, x):
    return "minimum" if d2f(x) >= 0 else "maximum"


@mistake("classify", misconception="zero_curvature_is_maximum")
def classify(df, d2f, x):
    if d2f(x) > 0:
        return "minimum"
    return "maximum"


@mistake("classify", misconception="compares_sizes")
def classify(df, d2f, x):
    h = 0.01
    if df(x + h) > df(x - h):
        return "minimum"
    if df(x + h) < df(x - h):
        return "maximum"
    return "neither"


@mistake("classify", misconception="one_side")
def classify(df, d2f, x):
    if df(x + 0.01) > 0:
        return "minimum"
    return "maximum"


@mistake("classify", misconception="one_side")
def classify(df, d2f, x):
    if d2f(x) != 0:
        return "minimum" if d2f(x) > 0 else "maximum"
    return "minimum" if df(x - 0.001) < 0 else "maximum"


@mistake("classify", misconception="never_neither")
def classify(df, d2f, x):
    if df(x - 0.01) < 0 and df(x + 0.01) > 0:
        return "minimum"
    else:
        return "maximum"


@mistake("classify", misconception="looks_too_far")
def classify(df, d2f, x):
    if df(x - 1) < 0 and df(x + 1) > 0:
        return "minimum"
    if df(x - 1) > 0 and df(x + 1) < 0:
        return "maximum"
    return "neither"


@mistake("classify", misconception="other_words")
def classify(df, d2f, x):
    left, right = df(x - 0.01), df(x + 0.01)
    if left < 0 < right:
        return "min"
    if left > 0 > right:
        return "max"
    return "saddle"


@mistake("classify", misconception="no_return")
def classify(df, d2f, x):
    left, right = df(x - 0.01), df(x + 0.01)
    if left < 0 < right:
        print("minimum")
    elif left > 0 > right:
        print("maximum")
    else:
        print("neither")


@variant("classify")
def classify(slope, curvature, place):
    if abs(curvature(place)) > 1e-8:
        return "minimum" if curvature(place) > 0 else "maximum"
    signs = np.sign([slope(place - 0.05), slope(place + 0.05)])
    return {(-1, 1): "minimum", (1, -1): "maximum"}.get(tuple(int(s) for s in signs), "neither")


@variant("classify")
def classify(df, d2f, x, step=1e-6):
    before, after = df(x - step), df(x + step)
    if before * after > 0:
        return "neither"
    return "minimum" if after > before else "maximum"


@variant("classify")
def classify(df, d2f, x):
    kinds = ["maximum", "neither", "minimum"]
    return kinds[1 + int(np.sign(df(x + 1e-3)) - np.sign(df(x - 1e-3))) // 2]


# Exercise 1.7

mistake("newton_by_hand", misconception="newton_wrong_way", cell="newton_by_hand = [4.75, 3.427]")
mistake("newton_by_hand", misconception="newton_upside_down", cell="newton_by_hand = [2.6667, 4.51]")
mistake("newton_by_hand", misconception="newton_forgets_place", cell="newton_by_hand = [0.75, -6.292]")
mistake("newton_by_hand", misconception="newton_no_slope", cell="newton_by_hand = [-2, 4]")
mistake("newton_by_hand", misconception="frozen_slope", cell="newton_by_hand = [3.25, 3.1797]")
mistake("newton_by_hand", misconception="start_not_step", cell="newton_by_hand = [4, 3.25]")
mistake("newton_by_hand", misconception="root_not_step", cell="newton_by_hand = [3.1623, 3.1623]")
mistake("newton_by_hand", misconception="wrong_shape", cell="newton_by_hand = 3.163")
variant("newton_by_hand", cell="newton_by_hand = (3.25, 3.163)")
variant("newton_by_hand", cell="import numpy as np\nnewton_by_hand = np.array([13 / 4, 3.163461538])")
variant("newton_by_hand", cell="x1 = 4 - 6 / 8\nx2 = x1 - (x1**2 - 10) / (2 * x1)\nnewton_by_hand = [x1, x2]")

# Exercise 1.8


@mistake("newton_root", misconception="newton_wrong_way")
def newton_root(f, df, x0, tol=1e-12, max_iter=50):
    path = [x0]
    for _ in range(max_iter):
        if df(path[-1]) == 0:
            raise ValueError("flat")
        path.append(path[-1] + f(path[-1]) / df(path[-1]))
        if abs(path[-1] - path[-2]) < tol:
            break
    return np.array(path)


@mistake("newton_root", misconception="newton_upside_down")
def newton_root(f, df, x0, tol=1e-12, max_iter=50):
    path = [x0]
    for _ in range(max_iter):
        if df(path[-1]) == 0:
            raise ValueError("flat")
        path.append(path[-1] - df(path[-1]) / f(path[-1]))
        if abs(path[-1] - path[-2]) < tol:
            break
    return np.array(path)


@mistake("newton_root", misconception="newton_no_slope")
def newton_root(f, df, x0, tol=1e-12, max_iter=50):
    x = x0
    path = [x]
    for _ in range(max_iter):
        if df(x) == 0:
            raise ValueError("flat")
        x = x - f(x)
        path.append(x)
        if abs(path[-1] - path[-2]) < tol:
            break
    return path


@mistake("newton_root", misconception="newton_forgets_place")
def newton_root(f, df, x0, tol=1e-12, max_iter=50):
    x = x0
    path = [x]
    for _ in range(max_iter):
        if df(x) == 0:
            raise ValueError("flat")
        x = f(x) / df(x)
        path.append(x)
        if abs(path[-1] - path[-2]) < tol:
            break
    return path


@mistake("newton_root", misconception="frozen_slope")
def newton_root(f, df, x0, tol=1e-12, max_iter=50):
    slope = df(x0)
    if slope == 0:
        raise ValueError("flat")
    path = [x0]
    for _ in range(max_iter):
        path.append(path[-1] - f(path[-1]) / slope)
        if abs(path[-1] - path[-2]) < tol:
            break
    return np.array(path)


@mistake("newton_root", misconception="path_without_start")
def newton_root(f, df, x0, tol=1e-12, max_iter=50):
    path = []
    x = x0
    for _ in range(max_iter):
        if df(x) == 0:
            raise ValueError("flat")
        new = x - f(x) / df(x)
        path.append(new)
        if abs(new - x) <= tol:
            break
        x = new
    return np.array(path)


@mistake("newton_root", misconception="root_without_path")
def newton_root(f, df, x0, tol=1e-12, max_iter=50):
    x = x0
    for _ in range(max_iter):
        if df(x) == 0:
            raise ValueError("flat")
        step = f(x) / df(x)
        x = x - step
        if abs(step) <= tol:
            break
    return x


@mistake("newton_root", misconception="stops_too_early")
def newton_root(f, df, x0, tol=1e-12, max_iter=50):
    path = [x0]
    for _ in range(max_iter):
        if df(path[-1]) == 0:
            raise ValueError("flat")
        new = path[-1] - f(path[-1]) / df(path[-1])
        step = new - path[-1]
        path.append(new)
        if step <= tol:
            break
    return np.array(path)


@mistake("newton_root", misconception="never_stops")
def newton_root(f, df, x0, tol=1e-12, max_iter=50):
    path = [x0]
    while abs(f(path[-1])) > tol:
        if df(path[-1]) == 0:
            raise ValueError("flat")
        path.append(path[-1] - f(path[-1]) / df(path[-1]))
    return np.array(path)


@mistake("newton_root", misconception="max_iter_off_by_one")
def newton_root(f, df, x0, tol=1e-12, max_iter=50):
    path = [x0]
    for _ in range(max_iter - 1):
        if df(path[-1]) == 0:
            raise ValueError("flat")
        path.append(path[-1] - f(path[-1]) / df(path[-1]))
        if abs(path[-1] - path[-2]) <= tol:
            break
    return np.array(path)


@mistake("newton_root", misconception="keeps_stepping")
def newton_root(f, df, x0, tol=1e-12, max_iter=50):
    path = np.zeros(max_iter + 1)
    path[0] = x0
    for t in range(max_iter):
        if df(path[t]) == 0:
            raise ValueError("flat")
        path[t + 1] = path[t] - f(path[t]) / df(path[t])
    return path


@mistake("newton_root", misconception="flat_tangent_followed")
def newton_root(f, df, x0, tol=1e-12, max_iter=50):
    path = [x0]
    for _ in range(max_iter):
        path.append(path[-1] - f(path[-1]) / df(path[-1]))
        if abs(path[-1] - path[-2]) <= tol:
            break
    return np.array(path)


@variant("newton_root")
def newton_root(f, df, x0, tol=1e-12, max_iter=50):
    x, path, steps = x0, [x0], 0
    while steps < max_iter and abs(f(x)) > tol:
        if df(x) == 0:
            raise ValueError("horizontal tangent")
        x -= f(x) / df(x)
        path.append(x)
        steps += 1
    return path


@variant("newton_root")
def newton_root(g, dg, start, tol=1e-12, max_iter=50):
    def tail(x, left):
        if left == 0:
            return [x]
        if dg(x) == 0:
            raise ValueError("horizontal tangent")
        step = -g(x) / dg(x)
        return [x, x + step] if abs(step) <= tol else [x, *tail(x + step, left - 1)]

    return tuple(tail(start, max_iter))


@variant("newton_root")
def newton_root(f, df, x0, tol=1e-12, max_iter=50):
    path = np.full(max_iter + 1, np.nan)
    path[0] = x0
    for t in range(max_iter):
        slope = df(path[t])
        if np.isclose(slope, 0, atol=1e-300):
            raise ValueError("horizontal tangent")
        path[t + 1] = path[t] - f(path[t]) / slope
        if np.isclose(path[t + 1], path[t], rtol=0, atol=tol):
            return path[: t + 2]
    return path


variant(
    "newton_root",
    cell="""
class Tangent:
    def __init__(self, f, df, x):
        self.x, self.height, self.slope = x, f(x), df(x)

    def zero(self):
        if self.slope == 0.0:
            raise ValueError("never meets the axis")
        return self.x - self.height / self.slope


def newton_root(f, df, x0, tol=1e-12, max_iter=50):
    path = np.array([float(x0)])
    while len(path) <= max_iter:
        path = np.append(path, Tangent(f, df, path[-1]).zero())
        if abs(path[-1] - path[-2]) <= tol:
            break
    return path
""",
)
