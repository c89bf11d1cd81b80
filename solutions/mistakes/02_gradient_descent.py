"""Wrong answers and right variants of lab 02, as students write them."""

from autograder.source.mistakes import mistake, variant


@mistake("taylor1", misconception="exact_value")
def taylor1(f, df, x, y):
    return f(x + y)


@mistake("taylor1", misconception="forgets_height")
def taylor1(f, df, x, y):
    return df(x) * y


@mistake("taylor1", misconception="forgets_step")
def taylor1(f, df, x, y):
    return f(x) + df(x)


@mistake("taylor1", misconception="slope_at_the_target")
def taylor1(f, df, x, y):
    return f(x) + df(x + y) * y


@mistake("taylor1", misconception="slope_at_the_step")
def taylor1(f, df, x, y):
    return f(x) + df(y) * y


@mistake("taylor1", misconception="step_as_target")
def taylor1(f, df, x, y):
    return f(x) + df(x) * (y - x)


@mistake("taylor1", misconception="line_backwards")
def taylor1(f, df, x, y):
    return f(x) - df(x) * y


@mistake("taylor1", misconception="height_at_the_step")
def taylor1(f, df, x, y):
    return f(y) + df(x) * y


@mistake("taylor1", misconception="no_return")
def taylor1(f, df, x, y):
    print(f(x) + df(x) * y)


@variant("taylor1")
def taylor1(ground, slope, place, step):
    rise = step * slope(place)
    return rise + ground(place)


variant("taylor1", cell="taylor1 = lambda f, df, x, y: float(sum([f(x), y * df(x)]))")


@variant("taylor1")
def taylor1(f: callable, df: callable, x: float, y: float) -> float:
    import numpy as np

    return np.dot([1, y], [f(x), df(x)])


@mistake("gradient_step", misconception="uphill")
def gradient_step(x, gradient, learning_rate):
    return x + learning_rate * gradient(x)


@mistake("gradient_step", misconception="ignores_learning_rate")
def gradient_step(x, gradient, learning_rate):
    return x - gradient(x)


@mistake("gradient_step", misconception="divides_by_learning_rate")
def gradient_step(x, gradient, learning_rate):
    return x - gradient(x) / learning_rate


@mistake("gradient_step", misconception="forgets_position")
def gradient_step(x, gradient, learning_rate):
    return -learning_rate * gradient(x)


@mistake("gradient_step", misconception="changes_input")
def gradient_step(x, gradient, learning_rate):
    x -= learning_rate * gradient(x)
    return x


@mistake("gradient_step", misconception="scales_position")
def gradient_step(x, gradient, learning_rate):
    return x * (1 - learning_rate * gradient(x))


@mistake("gradient_step", misconception="fixed_length")
def gradient_step(x, gradient, learning_rate):
    return x - learning_rate * np.sign(gradient(x))


@mistake("gradient_step", misconception="fixed_length")
def gradient_step(x, gradient, learning_rate):
    slope = gradient(x)
    return x - learning_rate * slope / np.linalg.norm(slope)


@mistake("gradient_step", misconception="gradient_not_called")
def gradient_step(x, gradient, learning_rate):
    return x - learning_rate * gradient


@mistake("gradient_step", misconception="never_moves")
def gradient_step(x, gradient, learning_rate):
    new_x = x - learning_rate * gradient(x)
    return x


@mistake("gradient_step", misconception="no_return")
def gradient_step(x, gradient, learning_rate):
    x = x - learning_rate * gradient(x)


@mistake("gradient_step", misconception="double")
def gradient_step(x, gradient, learning_rate):
    return x - 2 * learning_rate * gradient(x)


@variant("gradient_step")
def gradient_step(x, gradient, learning_rate):
    slope = np.asarray(gradient(x))
    return np.subtract(x, learning_rate * slope)


@variant("gradient_step")
def gradient_step(point, slope_of, rate):
    new = np.array(point, dtype=float)
    new -= rate * slope_of(point)
    return new


variant("gradient_step", cell="gradient_step = lambda x, g, lr: -lr * g(x) + x")


@variant("gradient_step")
def gradient_step(x, gradient, learning_rate):
    if np.ndim(x) == 0:
        return float(x) - learning_rate * float(gradient(x))
    slope = gradient(x)
    return [a - learning_rate * b for a, b in zip(x, slope)]


mistake("predicted_ends", misconception="crawl_stands_still", cell="predicted_ends = [10, 0, 10]")
mistake("predicted_ends", misconception="crawl_stands_still", cell="predicted_ends = [9.99, 0, 10]")
mistake("predicted_ends", misconception="crawl_arrives", cell="predicted_ends = [0, 0, 10]")
mistake("predicted_ends", misconception="odd_number_of_steps", cell="predicted_ends = [9.8, 0, -10]")
mistake("predicted_ends", misconception="edge_runs_away", cell="predicted_ends = [9.8, 0, float('inf')]")
mistake("predicted_ends", misconception="edge_runs_away", cell="predicted_ends = [9.8, 0, 1e6]")
mistake("predicted_ends", misconception="edge_arrives", cell="predicted_ends = [9.8, 0, 0]")
mistake("predicted_ends", misconception="forgets_two", cell="predicted_ends = [9.9, 0, 0]")
mistake("predicted_ends", misconception="ends_uphill", cell="predicted_ends = [10.2, 1e300, 1e300]")
mistake("predicted_ends", misconception="jump_misses", cell="predicted_ends = [9.8, 5, 10]")
variant("predicted_ends", cell="predicted_ends = (10 * 0.99998**1000, 0.0, 10.0)")
variant("predicted_ends", cell="predicted_ends = np.array([9.802, 0, 10], dtype=np.float32)")
variant(
    "predicted_ends",
    cell="""
def walk(rate):
    x = 10
    for _ in range(1000):
        x = x - rate * 2 * x
    return x


predicted_ends = [walk(rate) for rate in (0.00001, 0.5, 1)]
""",
)


@mistake("gradient_descent", misconception="aliased_path")
def gradient_descent(gradient, x0, learning_rate, n_steps):
    x, path = np.array(x0, float), []
    for _ in range(n_steps + 1):
        path.append(x)
        x -= learning_rate * gradient(x)
    return np.array(path)


@mistake("gradient_descent", misconception="off_by_one_length")
def gradient_descent(gradient, x0, learning_rate, n_steps):
    x, path = np.array(x0, float), []
    for _ in range(n_steps):
        path.append(x)
        x = x - learning_rate * gradient(x)
    return np.array(path)


@mistake("gradient_descent", misconception="not_from_start")
def gradient_descent(gradient, x0, learning_rate, n_steps):
    x, path = np.array(x0, float), []
    for _ in range(n_steps + 1):
        x = x - learning_rate * gradient(x)
        path.append(x)
    return np.array(path)


@mistake("gradient_descent", misconception="late_by_one")
def gradient_descent(gradient, x0, learning_rate, n_steps):
    x = np.array(x0, float)
    path = [x]
    for _ in range(n_steps):
        path.append(x)
        x = x - learning_rate * gradient(x)
    return np.array(path)


@mistake("gradient_descent", misconception="integer_start")
def gradient_descent(gradient, x0, learning_rate, n_steps):
    path = np.array([x0] * (n_steps + 1))
    for step in range(n_steps):
        path[step + 1] = path[step] - learning_rate * gradient(path[step])
    return path


@mistake("gradient_descent", misconception="integer_array")
def gradient_descent(gradient, x0, learning_rate, n_steps):
    x = x0.copy()
    path = [x.copy()]
    for _ in range(n_steps):
        x -= learning_rate * gradient(x)
        path.append(x.copy())
    return np.array(path)


@mistake("gradient_descent", misconception="frozen_gradient")
def gradient_descent(gradient, x0, learning_rate, n_steps):
    slope = gradient(x0)
    path = [np.array(x0, float)]
    for _ in range(n_steps):
        path.append(path[-1] - learning_rate * slope)
    return np.array(path)


@mistake("gradient_descent", misconception="one_after_another")
def gradient_descent(gradient, x0, learning_rate, n_steps):
    x = np.array(x0, float)
    path = [x.copy()]
    for _ in range(n_steps):
        for i in range(len(x)):
            x[i] = x[i] - learning_rate * gradient(x)[i]
        path.append(x.copy())
    return np.array(path)


@mistake("gradient_descent", misconception="ignores_gradient")
def gradient_descent(gradient, x0, learning_rate, n_steps):
    x0, steps = np.array(x0, float), np.arange(n_steps + 1)[:, None]
    return x0 * (1 - learning_rate * np.linalg.eigvalsh(askew)[: len(x0)]) ** steps


@mistake("gradient_descent", misconception="end_only")
def gradient_descent(gradient, x0, learning_rate, n_steps):
    x = np.array(x0, float)
    for _ in range(n_steps):
        x = x - learning_rate * gradient(x)
    return x


@mistake("gradient_descent", misconception="stops_early")
def gradient_descent(gradient, x0, learning_rate, n_steps):
    path = [np.array(x0, float)]
    for _ in range(n_steps):
        new = path[-1] - learning_rate * gradient(path[-1])
        path.append(new)
        if np.linalg.norm(new - path[-2]) < 1e-6:
            break
    return np.array(path)


@mistake("gradient_descent", misconception="asks_too_often")
def gradient_descent(gradient, x0, learning_rate, n_steps):
    path = [np.array(x0, float)]
    for _ in range(n_steps):
        here = path[-1]
        path.append(np.array([here[i] - learning_rate * gradient(here)[i] for i in range(len(here))]))
        if np.linalg.norm(gradient(here)) == 0:
            path[-1] = here
    return np.array(path)


@variant("gradient_descent")
def gradient_descent(gradient, x0, learning_rate, n_steps):
    path = np.empty((n_steps + 1, len(x0)))
    path[0] = x0
    for step in range(n_steps):
        path[step + 1] = path[step] - learning_rate * gradient(path[step])
    return path


@variant("gradient_descent")
def gradient_descent(gradient, x0, learning_rate, n_steps):
    from itertools import accumulate

    start = np.asarray(x0, dtype=float)
    return np.stack(list(accumulate(range(n_steps), lambda x, _: x - learning_rate * gradient(x), initial=start)))


@variant("gradient_descent")
def gradient_descent(gradient, x0, learning_rate, n_steps):
    here = [float(coordinate) for coordinate in x0]
    if n_steps == 0:
        return [here]
    there = gradient_step(np.array(here), gradient, learning_rate)
    return [here, *gradient_descent(gradient, there, learning_rate, n_steps - 1)]


@variant("gradient_descent")
def gradient_descent(g, start, lr, steps):
    x = np.array(start, dtype=np.float32)
    path = [x.copy()]
    i = 0
    while i < steps:
        slope = g(x)
        x = (x - lr * slope).astype(np.float32)
        path.append(x.copy())
        i += 1
    return tuple(path)


@variant("gradient_descent")
def gradient_descent(gradient, x0, learning_rate, n_steps):
    x = x0 * 1.0
    path = x.copy().reshape(1, -1)
    for _ in range(n_steps):
        x = gradient_step(x, gradient, learning_rate)
        path = np.vstack([path, x])
    gradient(x)
    return path


mistake("reach_deepest", misconception="ridge_at_zero", cell="reach_deepest = [-2, -0.5]")
mistake("reach_deepest", misconception="other_valley", cell="reach_deepest = [0.5, 2]")
mistake("reach_deepest", misconception="always_deepest", cell="reach_deepest = [-2, -0.5, 0.1, 0.5, 2]")
mistake("reach_deepest", misconception="never_deepest", cell="reach_deepest = []")
mistake("reach_deepest", misconception="rolls_over_the_ridge", cell="reach_deepest = [-2, -0.5, 0.1, 2]")
mistake("reach_deepest", misconception="only_nearest", cell="reach_deepest = [-2]")
mistake("reach_deepest", misconception="only_nearest", cell="reach_deepest = [-0.5, 0.1]")
variant("reach_deepest", cell="reach_deepest = {0.1, -0.5, -2.0}")
variant("reach_deepest", cell="reach_deepest = np.array([-0.5, -2, 0.1])")
variant("reach_deepest", cell="reach_deepest = tuple(start for start in (-2, -0.5, 0.1, 0.5, 2) if start < 0.17)")


@mistake("numerical_gradient", misconception="one_sided")
def numerical_gradient(f, x, h=1e-5):
    x = np.array(x, dtype=float)
    slopes = np.zeros(len(x))
    for i in range(len(x)):
        ahead = x.copy()
        ahead[i] += h
        slopes[i] = (f(ahead) - f(x)) / h
    return slopes


@mistake("numerical_gradient", misconception="two_h_apart")
def numerical_gradient(f, x, h=1e-5):
    return np.array([(f(x + h * e) - f(x - h * e)) / h for e in np.eye(len(x))])


@mistake("numerical_gradient", misconception="rise_without_run")
def numerical_gradient(f, x, h=1e-5):
    return np.array([f(x + h * e) - f(x - h * e) for e in np.eye(len(x))])


@mistake("numerical_gradient", misconception="times_h")
def numerical_gradient(f, x, h=1e-5):
    return np.array([(f(x + h * e) - f(x - h * e)) / 2 * h for e in np.eye(len(x))])


@mistake("numerical_gradient", misconception="not_put_back")
def numerical_gradient(f, x, h=1e-5):
    z = np.array(x, dtype=float)
    slopes = np.zeros(len(z))
    for i in range(len(z)):
        z[i] += h
        high = f(z)
        z[i] -= 2 * h
        slopes[i] = (high - f(z)) / (2 * h)
    return slopes


@mistake("numerical_gradient", misconception="changes_input")
def numerical_gradient(f, x, h=1e-5):
    slopes = np.zeros(len(x))
    for i in range(len(x)):
        x[i] += h
        high = f(x)
        x[i] -= 2 * h
        slopes[i] = (high - f(x)) / (2 * h)
    return slopes


@mistake("numerical_gradient", misconception="whole_numbers")
def numerical_gradient(f, x, h=1e-5):
    slopes = np.zeros_like(x)
    for i in range(len(x)):
        ahead, back = x.copy(), x.copy()
        ahead[i] += h
        back[i] -= h
        slopes[i] = (f(ahead) - f(back)) / (2 * h)
    return slopes


@mistake("numerical_gradient", misconception="all_at_once")
def numerical_gradient(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / (2 * h)


@mistake("numerical_gradient", misconception="step_vanishes")
def numerical_gradient(f, x, h=1e-5):
    h = 1e-16
    return np.array([(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(len(x))])


@mistake("numerical_gradient", misconception="ignores_h")
def numerical_gradient(f, x, h=1e-5):
    eps = 1e-6
    return np.array([(f(x + eps * e) - f(x - eps * e)) / (2 * eps) for e in np.eye(len(x))])


@mistake("numerical_gradient", misconception="too_few_digits")
def numerical_gradient(f, x, h=1e-5):
    x = np.array(x, dtype=np.float32)
    slopes = np.zeros(len(x), dtype=np.float32)
    for i in range(len(x)):
        ahead, back = x.copy(), x.copy()
        ahead[i] += h
        back[i] -= h
        slopes[i] = (f(ahead) - f(back)) / (2 * h)
    return slopes


@mistake("numerical_gradient", misconception="wrong_sign")
def numerical_gradient(f, x, h=1e-5):
    return np.array([(f(x - h * e) - f(x + h * e)) / (2 * h) for e in np.eye(len(x))])


@variant("numerical_gradient")
def numerical_gradient(f, x, h=1e-5):
    return np.array([(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(len(x))])


@variant("numerical_gradient")
def numerical_gradient(function, point, width=1e-5):
    moved = np.array(point, dtype=float)
    slopes = []
    for i in range(moved.size):
        kept = moved[i]
        moved[i] = kept + width
        high = function(moved)
        moved[i] = kept - width
        low = function(moved)
        moved[i] = kept
        slopes.append(0.5 * (high - low) / width)
    return slopes


@variant("numerical_gradient")
def numerical_gradient(f, x, h=1e-5):
    middle = f(x)
    sides = [[f(x + sign * h * e) - middle for e in np.eye(len(x))] for sign in (1, -1)]
    return (np.array(sides[0]) - np.array(sides[1])) / (2 * h)


@mistake("max_stable_learning_rate", misconception="another_curvature")
def max_stable_learning_rate(hessian):
    return 2 / np.linalg.eigvalsh(hessian)[0]


@mistake("max_stable_learning_rate", misconception="one_over_curvature")
def max_stable_learning_rate(hessian):
    return 1 / np.max(np.linalg.eigvalsh(hessian))


@mistake("max_stable_learning_rate", misconception="upside_down")
def max_stable_learning_rate(hessian):
    return np.linalg.eigvalsh(hessian).max() / 2


@mistake("max_stable_learning_rate", misconception="upside_down")
def max_stable_learning_rate(hessian):
    return np.linalg.eigvalsh(hessian).max()


@mistake("max_stable_learning_rate", misconception="largest_entry")
def max_stable_learning_rate(hessian):
    return 2 / np.max(hessian)


@mistake("max_stable_learning_rate", misconception="largest_entry")
def max_stable_learning_rate(hessian):
    return 2 / np.diag(hessian).max()


@mistake("max_stable_learning_rate", misconception="not_the_steepest")
def max_stable_learning_rate(hessian):
    return 2 / np.trace(hessian)


@mistake("max_stable_learning_rate", misconception="not_the_steepest")
def max_stable_learning_rate(hessian):
    return 2 / np.linalg.norm(hessian)


@mistake("max_stable_learning_rate", misconception="not_the_steepest")
def max_stable_learning_rate(hessian):
    return 2 / np.linalg.det(hessian)


@mistake("max_stable_learning_rate", misconception="rate_per_direction")
def max_stable_learning_rate(hessian):
    return 2 / np.linalg.eigvalsh(hessian)


@variant("max_stable_learning_rate")
def max_stable_learning_rate(hessian):
    curvatures, _ = np.linalg.eigh(hessian)
    return float(2 / curvatures[-1])


@variant("max_stable_learning_rate")
def max_stable_learning_rate(hessian):
    return 2 / np.linalg.norm(hessian, ord=2)


@variant("max_stable_learning_rate")
def max_stable_learning_rate(H):
    return min(2 / curvature for curvature in np.linalg.eigvals(H).real)


@variant("max_stable_learning_rate")
def max_stable_learning_rate(hessian):
    v = np.random.default_rng(0).normal(size=len(hessian))
    for _ in range(3000):
        v = hessian @ v
        v = v / np.sqrt(v @ v)
    return 2 / (v @ hessian @ v)
