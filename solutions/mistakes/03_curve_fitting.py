"""Lab 03: what students write for curve fitting, wrong and right."""

from autograder.source.mistakes import mistake, variant

# 3.1 predict


@mistake("predict", misconception="ascending_coefficients")
def predict(theta, x):
    return theta[0] + theta[1] * x + theta[2] * x**2


@mistake("predict", misconception="missing_square")
def predict(theta, x):
    a, b, c = theta
    return a * x + b * x + c


@mistake("predict", misconception="square_of_product")
def predict(theta, x):
    a, b, c = theta
    return (a * x) ** 2 + b * x + c


@mistake("predict", misconception="forgets_constant")
def predict(theta, x):
    return theta[0] * x**2 + theta[1] * x


@mistake("predict", misconception="caret_power")
def predict(theta, x):
    return theta[0] * x ^ 2 + theta[1] * x + theta[2]


@mistake("predict", misconception="fixed_theta")
def predict(theta, x):
    return theta_true[0] * x**2 + theta_true[1] * x + theta_true[2]


@mistake("predict", misconception="one_number_at_a_time")
def predict(theta, x):
    a, b, c = theta
    x = float(x)
    return a * x**2 + b * x + c


@mistake("predict", misconception="no_return")
def predict(theta, x):
    a, b, c = theta
    print(a * x**2 + b * x + c)


@mistake("predict", misconception="scalar_for_array")
def predict(theta, x):
    return np.sum(theta[0] * x**2 + theta[1] * x + theta[2])


@variant("predict")
def predict(theta, x):
    return np.polyval(theta, x)


@variant("predict")
def predict(parameters, inputs):
    height = 0
    for coefficient in parameters:
        height = height * inputs + coefficient
    return height


@variant("predict")
def predict(theta, x):
    if np.ndim(x) == 0:
        return theta[0] * x * x + theta[1] * x + theta[2]
    return [theta[0] * one * one + theta[1] * one + theta[2] for one in x]


variant("predict", cell="predict = lambda theta, x: (theta[0] * x + theta[1]) * x + theta[2]")


# 3.2 make_data


@mistake("make_data", misconception="targets_first")
def make_data(theta, x):
    return predict(theta, x), x


@mistake("make_data", misconception="list_of_points")
def make_data(theta, x):
    return [(one, predict(theta, one)) for one in x]


@mistake("make_data", misconception="targets_alone")
def make_data(theta, x):
    return predict(theta, x)


@mistake("make_data", misconception="fixed_theta")
def make_data(theta, x):
    return x, predict(theta_true, x)


@mistake("make_data", misconception="fixed_inputs")
def make_data(theta, x):
    return x_data, predict(theta, x_data)


@mistake("make_data", misconception="no_return")
def make_data(theta, x):
    y = predict(theta, x)
    print(x, y)


@mistake("make_data", misconception="inputs_twice")
def make_data(theta, x):
    y = x
    predict(theta, y)
    return x, y


@variant("make_data")
def make_data(theta, x):
    y = [predict(theta, one) for one in x]
    return x, np.array(y)


@variant("make_data")
def make_data(theta, x):
    return np.array([x, predict(theta, x)])


@variant("make_data")
def make_data(theta, inputs):
    a, b, c = theta
    targets = np.zeros(len(inputs))
    for i in range(len(inputs)):
        targets[i] = a * inputs[i] ** 2 + b * inputs[i] + c
    return [list(inputs), list(targets)]


# 3.3 objective


@mistake("objective", misconception="signed_residuals")
def objective(theta, x, y):
    return np.sum(predict(theta, x) - y)


@mistake("objective", misconception="cancelling_residuals")
def objective(theta, x, y):
    return np.sum(predict(theta, x) - y) ** 2


@mistake("objective", misconception="kink")
def objective(theta, x, y):
    return np.sum(np.abs(predict(theta, x) - y))


@mistake("objective", misconception="negated")
def objective(theta, x, y):
    return -np.sum((predict(theta, x) - y) ** 2)


@mistake("objective", misconception="ignores_data")
def objective(theta, x, y):
    return np.sum((theta - theta_true) ** 2)


@mistake("objective", misconception="misses_points")
def objective(theta, x, y):
    total = 0
    for i in range(3):
        total += (predict(theta, x[i]) - y[i]) ** 2
    return total


@mistake("objective", misconception="ascending_model")
def objective(theta, x, y):
    return np.mean((theta[0] + theta[1] * x + theta[2] * x**2 - y) ** 2)


@mistake("objective", misconception="everything_squared")
def objective(theta, x, y):
    prediction = predict(theta, x).reshape(-1, 1)
    return np.mean((prediction - y) ** 2)


@mistake("objective", misconception="inputs_for_targets")
def objective(theta, x, y):
    return np.mean((predict(theta, y) - x) ** 2)


@mistake("objective", misconception="negative_somewhere")
def objective(theta, x, y):
    return np.sum(predict(theta, x) ** 2 - y**2)


@mistake("objective", misconception="not_zero_at_truth")
def objective(theta, x, y):
    return np.mean(predict(theta, x) ** 2)


@mistake("objective", misconception="one_hit_is_enough")
def objective(theta, x, y):
    return np.prod((predict(theta, x) - y) ** 2)


@variant("objective")
def objective(theta, x, y):
    return np.sum((y - predict(theta, x)) ** 2)


@variant("objective")
def objective(theta, x, y):
    total = 0
    for xi, yi in zip(x, y):
        total = total + (theta[0] * xi * xi + theta[1] * xi + theta[2] - yi) ** 2
    return total / len(x)


@variant("objective")
def objective(theta, x, y):
    residual = np.asarray(predict(theta, x)) - y
    return 0.5 * (residual @ residual)


@variant("objective")
def objective(theta, x, y):
    return np.mean((predict(theta, x) - y) ** 4)


@variant("objective")
def objective(theta, x, y):
    return np.linalg.norm(predict(theta, x) - y) ** 2


variant("objective", cell="objective = lambda p, xs, ys: float(sum((predict(p, u) - v) ** 2 for u, v in zip(xs, ys)))")

# 3.4 paper_gradient

mistake("paper_gradient", misconception="wrong_sign", cell="paper_gradient = (54, 18, 6)")
mistake("paper_gradient", misconception="half", cell="paper_gradient = (-27, -9, -3)")
mistake("paper_gradient", misconception="ascending_gradient", cell="paper_gradient = (-6, -18, -54)")
mistake("paper_gradient", misconception="square_at_the_wrong_place", cell="paper_gradient = (-18, -54, -6)")
mistake("paper_gradient", misconception="forgets_inner_derivative", cell="paper_gradient = (-6, -6, -6)")
mistake("paper_gradient", misconception="forgets_outer_derivative", cell="paper_gradient = (9, 3, 1)")
mistake("paper_gradient", misconception="forgets_targets", cell="paper_gradient = (126, 42, 14)")
mistake("paper_gradient", misconception="derivative_by_x", cell="paper_gradient = -24")
mistake("paper_gradient", misconception="scalar_for_array", cell="paper_gradient = -78")
variant("paper_gradient", cell="paper_gradient = [-54, -18, -6]")
variant("paper_gradient", cell="paper_gradient = np.array([9.0, 3.0, 1.0]) * 2 * -3")
variant("paper_gradient", cell="r = 9 * 1 + 3 * -2 + 4 - 10\npaper_gradient = (2 * r * 9, 2 * r * 3, 2 * r)")


# 3.5 grad_objective (the solution's objective takes the mean)


@mistake("grad_objective", misconception="wrong_sign")
def grad_objective(theta, x, y):
    r = y - predict(theta, x)
    return np.array([np.mean(2 * r * x**2), np.mean(2 * r * x), np.mean(2 * r)])


@mistake("grad_objective", misconception="half")
def grad_objective(theta, x, y):
    r = predict(theta, x) - y
    return np.array([np.mean(r * x**2), np.mean(r * x), np.mean(r)])


@mistake("grad_objective", misconception="sum_for_mean")
def grad_objective(theta, x, y):
    r = predict(theta, x) - y
    return np.array([np.sum(2 * r * x**2), np.sum(2 * r * x), np.sum(2 * r)])


@mistake("grad_objective", misconception="mean_for_sum")
def grad_objective(theta, x, y):
    r = (predict(theta, x) - y) / len(x)
    return np.array([np.mean(2 * r * x**2), np.mean(2 * r * x), np.mean(2 * r)])


@mistake("grad_objective", misconception="sum_for_mean_and_half")
def grad_objective(theta, x, y):
    r = predict(theta, x) - y
    return np.array([np.sum(r * x**2), np.sum(r * x), np.sum(r)])


@mistake("grad_objective", misconception="forgets_inner_derivative")
def grad_objective(theta, x, y):
    r = predict(theta, x) - y
    return np.array([np.mean(2 * r), np.mean(2 * r), np.mean(2 * r)])


@mistake("grad_objective", misconception="not_added_up")
def grad_objective(theta, x, y):
    r = predict(theta, x) - y
    return np.array([2 * r * x**2, 2 * r * x, 2 * r])


@mistake("grad_objective", misconception="everything_with_everything")
def grad_objective(theta, x, y):
    r = np.reshape(predict(theta, x), (-1, 1)) - y
    return 2 * np.array([np.mean(r * x**2), np.mean(r * x), np.mean(r)])


@mistake("grad_objective", misconception="one_per_point")
def grad_objective(theta, x, y):
    return 2 * (predict(theta, x) - y)


@mistake("grad_objective", misconception="shares_of_one_point")
def grad_objective(theta, x, y):
    for xi, yi in zip(x, y):
        r = theta[0] * xi**2 + theta[1] * xi + theta[2] - yi
        return np.array([2 * r * xi**2, 2 * r * xi, 2 * r])


@mistake("grad_objective", misconception="three_points_only")
def grad_objective(theta, x, y):
    gradient = np.zeros(3)
    for i in range(3):
        r = predict(theta, x[i]) - y[i]
        gradient += 2 * r * np.array([x[i] ** 2, x[i], 1]) / 3
    return gradient


mistake(
    "grad_objective",
    misconception="measured_gradient",
    cell="""def grad_objective(theta, x, y):
    h = 1e-6
    slopes = []
    for i in range(3):
        moved = np.array(theta, float)
        moved[i] += h
        back = np.array(theta, float)
        back[i] -= h
        slopes.append((objective(moved, x, y) - objective(back, x, y)) / (2 * h))
    return np.array(slopes)""",
)


@variant("grad_objective")
def grad_objective(theta, x, y):
    total = np.zeros(3)
    for xi, yi in zip(x, y):
        residual = predict(theta, xi) - yi
        total += 2 * residual * np.array([xi**2, xi, 1])
    return total / len(x)


@variant("grad_objective")
def grad_objective(theta, x, y):
    design_matrix = np.stack([x**2, x, np.ones_like(x)], axis=1)
    return 2 / len(x) * design_matrix.T @ (design_matrix @ theta - y)


@variant("grad_objective")
def grad_objective(theta, x, y):
    n = len(x)
    a, b, c = theta
    da = sum(-2 * x[i] ** 2 * (y[i] - a * x[i] ** 2 - b * x[i] - c) for i in range(n)) / n
    db = sum(-2 * x[i] * (y[i] - a * x[i] ** 2 - b * x[i] - c) for i in range(n)) / n
    dc = sum(-2 * (y[i] - a * x[i] ** 2 - b * x[i] - c) for i in range(n)) / n
    return [da, db, dc]


@variant("grad_objective")
def grad_objective(theta, x, y):
    residual = np.float32(predict(theta, x) - y)
    return 2 * np.float32([np.mean(residual * x**2), np.mean(residual * x), np.mean(residual)])


# 3.6 fit


@mistake("fit", misconception="first_loss_missing")
def fit(x, y, learning_rate, n_steps, theta0):
    theta, losses = theta0, []
    for _ in range(n_steps):
        theta = theta - learning_rate * grad_objective(theta, x, y)
        losses.append(objective(theta, x, y))
    return theta, losses


@mistake("fit", misconception="own_start")
def fit(x, y, learning_rate, n_steps, theta0):
    theta = np.zeros(3)
    losses = [objective(theta, x, y)]
    for _ in range(n_steps):
        theta = theta - learning_rate * grad_objective(theta, x, y)
        losses.append(objective(theta, x, y))
    return theta, losses


@mistake("fit", misconception="knobs_one_by_one")
def fit(x, y, learning_rate, n_steps, theta0):
    theta = np.array(theta0, float)
    losses = [objective(theta, x, y)]
    for _ in range(n_steps):
        for k in range(3):
            theta[k] = theta[k] - learning_rate * grad_objective(theta, x, y)[k]
        losses.append(objective(theta, x, y))
    return theta, losses


@mistake("fit", misconception="single_step")
def fit(x, y, learning_rate, n_steps, theta0):
    losses = [objective(theta0, x, y)]
    for _ in range(n_steps):
        theta = theta0 - learning_rate * grad_objective(theta0, x, y)
        losses.append(objective(theta, x, y))
    return theta, losses


@mistake("fit", misconception="one_step_short")
def fit(x, y, learning_rate, n_steps, theta0):
    theta, losses = theta0, [objective(theta0, x, y)]
    for _ in range(1, n_steps):
        theta = theta - learning_rate * grad_objective(theta, x, y)
        losses.append(objective(theta, x, y))
    return theta, losses


@mistake("fit", misconception="one_step_more")
def fit(x, y, learning_rate, n_steps, theta0):
    theta, losses = theta0, []
    for _ in range(n_steps + 1):
        losses.append(objective(theta, x, y))
        theta = theta - learning_rate * grad_objective(theta, x, y)
    return theta, losses


@mistake("fit", misconception="steps_of_equal_length")
def fit(x, y, learning_rate, n_steps, theta0):
    theta, losses = theta0, [objective(theta0, x, y)]
    for _ in range(n_steps):
        g = grad_objective(theta, x, y)
        theta = theta - learning_rate * g / np.linalg.norm(g)
        losses.append(objective(theta, x, y))
    return theta, losses


@mistake("fit", misconception="losses_first")
def fit(x, y, learning_rate, n_steps, theta0):
    theta, losses = theta0, [objective(theta0, x, y)]
    for _ in range(n_steps):
        theta = theta - learning_rate * grad_objective(theta, x, y)
        losses.append(objective(theta, x, y))
    return losses, theta


@mistake("fit", misconception="one_loss_only")
def fit(x, y, learning_rate, n_steps, theta0):
    theta = theta0
    for _ in range(n_steps):
        theta = theta - learning_rate * grad_objective(theta, x, y)
        losses = objective(theta, x, y)
    return theta, losses


@mistake("fit", misconception="loss_of_the_first_point")
def fit(x, y, learning_rate, n_steps, theta0):
    theta, losses = theta0, [objective(theta0, x, y)]
    for _ in range(n_steps):
        theta = theta - learning_rate * grad_objective(theta, x, y)
        losses.append(objective(theta0, x, y))
    return theta, losses


@mistake("fit", misconception="stands_still")
def fit(x, y, learning_rate, n_steps, theta0):
    theta, losses = theta0, [objective(theta0, x, y)]
    for _ in range(n_steps):
        new_theta = theta - learning_rate * grad_objective(theta, x, y)
        losses.append(objective(new_theta, x, y))
    return theta, losses


@mistake("fit", misconception="whole_path")
def fit(x, y, learning_rate, n_steps, theta0):
    path = [theta0]
    for _ in range(n_steps):
        path.append(path[-1] - learning_rate * grad_objective(path[-1], x, y))
    return np.array(path), [objective(theta, x, y) for theta in path]


@variant("fit")
def fit(x, y, learning_rate, n_steps, theta0):
    theta = theta0.copy()
    losses = np.zeros(n_steps + 1)
    losses[0] = objective(theta, x, y)
    for step in range(1, n_steps + 1):
        theta -= learning_rate * np.asarray(grad_objective(theta, x, y))
        losses[step] = objective(theta, x, y)
    return theta, losses


@variant("fit")
def fit(x, y, learning_rate, n_steps, theta0):
    if n_steps == 0:
        return theta0, [objective(theta0, x, y)]
    moved = theta0 - learning_rate * grad_objective(theta0, x, y)
    theta, losses = fit(x, y, learning_rate, n_steps - 1, moved)
    return theta, [objective(theta0, x, y), *losses]


@variant("fit")
def fit(x, y, learning_rate, n_steps, theta0):
    a, b, c = theta0
    losses = []
    step = 0
    while True:
        losses.append(objective((a, b, c), x, y))
        if step == n_steps:
            return [a, b, c], losses
        da, db, dc = grad_objective((a, b, c), x, y)
        a, b, c = a - learning_rate * da, b - learning_rate * db, c - learning_rate * dc
        step += 1


@variant("fit")
def fit(x, y, learning_rate, n_steps, theta0):
    def residual(theta):
        return theta[0] * x**2 + theta[1] * x + theta[2] - y

    theta, losses = np.array(theta0), []
    for _ in range(n_steps):
        r = residual(theta)
        losses += [np.mean(r**2)]
        theta = theta - learning_rate * 2 * np.mean([r * x**2, r * x, r], axis=1)
    return theta, losses + [np.mean(residual(theta) ** 2)]


# 3.7 plot_fit


@mistake("plot_fit", misconception="figure_not_returned")
def plot_fit(x, y, theta_true, theta):
    axes = figures.axes("Truth and estimate", "x", "y")
    many = np.linspace(min(x), max(x), 100)
    axes.plot(many, predict(theta_true, many), **figures.LINES["truth"])
    axes.plot(many, predict(theta, many), **figures.LINES["model"])
    axes.plot(x, y, **figures.LINES["data"])
    axes.legend()


@mistake("plot_fit", misconception="few_abscissae")
def plot_fit(x, y, theta_true, theta):
    axes = figures.axes("Truth and estimate", "x", "y")
    axes.plot(x, predict(theta_true, x), **figures.LINES["truth"])
    axes.plot(x, predict(theta, x), **figures.LINES["model"])
    axes.plot(x, y, **figures.LINES["data"])
    axes.legend()
    return axes


@mistake("plot_fit", misconception="truth_missing")
def plot_fit(x, y, theta_true, theta):
    axes = figures.axes("Truth and estimate", "x", "y")
    many = np.linspace(min(x), max(x), 100)
    axes.plot(many, predict(theta, many), **figures.LINES["model"])
    axes.plot(x, y, **figures.LINES["data"])
    axes.legend()
    return axes


@mistake("plot_fit", misconception="estimate_missing")
def plot_fit(x, y, theta_true, theta):
    axes = figures.axes("Truth and estimate", "x", "y")
    many = np.linspace(min(x), max(x), 100)
    axes.plot(many, predict(theta_true, many), **figures.LINES["truth"])
    axes.plot(many, predict(theta_true, many), **figures.LINES["model"])
    axes.plot(x, y, **figures.LINES["data"])
    axes.legend()
    return axes


@mistake("plot_fit", misconception="points_missing")
def plot_fit(x, y, theta_true, theta):
    axes = figures.axes("Truth and estimate", "x", "y")
    many = np.linspace(min(x), max(x), 100)
    axes.plot(many, predict(theta_true, many), **figures.LINES["truth"])
    axes.plot(many, predict(theta, many), **figures.LINES["model"])
    axes.legend()
    return axes


@mistake("plot_fit", misconception="points_joined")
def plot_fit(x, y, theta_true, theta):
    axes = figures.axes("Truth and estimate", "x", "y")
    many = np.linspace(min(x), max(x), 100)
    axes.plot(many, predict(theta_true, many), label="truth")
    axes.plot(many, predict(theta, many), label="model")
    axes.plot(x, y, label="data")
    axes.legend()
    return axes


@mistake("plot_fit", misconception="no_legend")
def plot_fit(x, y, theta_true, theta):
    axes = figures.axes("Truth and estimate", "x", "y")
    many = np.linspace(min(x), max(x), 100)
    axes.plot(many, predict(theta_true, many), **figures.LINES["truth"])
    axes.plot(many, predict(theta, many), **figures.LINES["model"])
    axes.plot(x, y, **figures.LINES["data"])
    return axes


@mistake("plot_fit", misconception="does_not_reach")
def plot_fit(x, y, theta_true, theta):
    axes = figures.axes("Truth and estimate", "x", "y")
    many = np.linspace(0, 1, 100)
    axes.plot(many, predict(theta_true, many), **figures.LINES["truth"])
    axes.plot(many, predict(theta, many), **figures.LINES["model"])
    axes.plot(x, y, **figures.LINES["data"])
    axes.legend()
    return axes


@mistake("plot_fit", misconception="axes_turned_round")
def plot_fit(x, y, theta_true, theta):
    axes = figures.axes("Truth and estimate", "x", "y")
    many = np.linspace(min(x), max(x), 100)
    axes.plot(predict(theta_true, many), many, **figures.LINES["truth"])
    axes.plot(predict(theta, many), many, **figures.LINES["model"])
    axes.plot(y, x, **figures.LINES["data"])
    axes.legend()
    return axes


variant(
    "plot_fit",
    cell="""import matplotlib.pyplot as plt

def plot_fit(x, y, theta_true, theta):
    figure, axes = plt.subplots()
    many = np.arange(min(x) - 1, max(x) + 1, 0.01)
    axes.scatter(x, y, color="k", label="points")
    axes.plot(many, [predict(theta_true, one) for one in many], "g--", label="truth")
    axes.plot(many, [predict(theta, one) for one in many], "b", label="estimate")
    figure.legend()
    axes.legend(loc="upper right")
    plt.close(figure)
    return figure""",
)


@variant("plot_fit")
def plot_fit(x, y, theta_true, theta):
    axes = figures.axes("My fit", "x", "y")
    grid = np.linspace(min(x), max(x), 60)
    for parameters, line in ((theta, "model"), (theta_true, "truth")):
        axes.plot(grid, predict(parameters, grid), **figures.LINES[line])
    axes.plot(x, y, "ks", label="data")
    axes.legend()
    return axes


# 3.10 train


@mistake("train", misconception="own_gradient")
def train(model, loss, gradient, x, y, theta0, learning_rate, n_steps):
    theta = theta0
    losses = [loss(model(theta, x), y)]
    for _ in range(n_steps):
        theta = theta - learning_rate * grad_objective(theta, x, y)
        losses.append(loss(model(theta, x), y))
    return theta, losses


@mistake("train", misconception="welded_to_the_parabola")
def train(model, loss, gradient, x, y, theta0, learning_rate, n_steps):
    return fit(x, y, learning_rate, n_steps, theta0)


@mistake("train", misconception="own_model")
def train(model, loss, gradient, x, y, theta0, learning_rate, n_steps):
    theta, losses = theta0, []
    for _ in range(n_steps):
        step = learning_rate * gradient(theta, x, y)
        losses.append(objective(theta, x, y))
        theta = theta - step
    return theta, losses + [objective(theta, x, y)]


@mistake("train", misconception="own_loss")
def train(model, loss, gradient, x, y, theta0, learning_rate, n_steps):
    theta = theta0
    losses = [np.mean((model(theta, x) - y) ** 2)]
    for _ in range(n_steps):
        theta = theta - learning_rate * gradient(theta, x, y)
        losses.append(np.mean((model(theta, x) - y) ** 2))
    return theta, losses


@mistake("train", misconception="loss_turned_round")
def train(model, loss, gradient, x, y, theta0, learning_rate, n_steps):
    theta = theta0
    losses = [loss(y, model(theta, x))]
    for _ in range(n_steps):
        theta = theta - learning_rate * gradient(theta, x, y)
        losses.append(loss(y, model(theta, x)))
    return theta, losses


@mistake("train", misconception="loss_of_theta")
def train(model, loss, gradient, x, y, theta0, learning_rate, n_steps):
    theta = theta0
    losses = [loss(theta, x, y)]
    for _ in range(n_steps):
        theta = theta - learning_rate * gradient(theta, x, y)
        losses.append(loss(theta, x, y))
    return theta, losses


@mistake("train", misconception="model_turned_round")
def train(model, loss, gradient, x, y, theta0, learning_rate, n_steps):
    theta = theta0
    losses = [loss(model(x, theta), y)]
    for _ in range(n_steps):
        theta = theta - learning_rate * gradient(theta, x, y)
        losses.append(loss(model(x, theta), y))
    return theta, losses


@mistake("train", misconception="gradient_turned_round")
def train(model, loss, gradient, x, y, theta0, learning_rate, n_steps):
    theta = theta0
    losses = [loss(model(theta, x), y)]
    for _ in range(n_steps):
        theta = theta - learning_rate * gradient(x, y, theta)
        losses.append(loss(model(theta, x), y))
    return theta, losses


@mistake("train", misconception="fit_goes_uphill")
def train(model, loss, gradient, x, y, theta0, learning_rate, n_steps):
    theta = theta0
    losses = [loss(model(theta, x), y)]
    for _ in range(n_steps):
        theta = theta + learning_rate * gradient(theta, x, y)
        losses.append(loss(model(theta, x), y))
    return theta, losses


@mistake("train", misconception="changes_input")
def train(model, loss, gradient, x, y, theta0, learning_rate, n_steps):
    losses = [loss(model(theta0, x), y)]
    for _ in range(n_steps):
        theta0 -= learning_rate * gradient(theta0, x, y)
        losses.append(loss(model(theta0, x), y))
    return theta0, losses


@mistake("train", misconception="last_loss_missing")
def train(model, loss, gradient, x, y, theta0, learning_rate, n_steps):
    theta, losses = theta0, []
    for _ in range(n_steps):
        losses.append(loss(model(theta, x), y))
        theta = theta - learning_rate * gradient(theta, x, y)
    return theta, losses


@mistake("train", misconception="fixed_learning_rate")
def train(model, loss, gradient, x, y, theta0, learning_rate, n_steps):
    theta, losses = theta0, [loss(model(theta0, x), y)]
    for _ in range(n_steps):
        theta = theta - 0.01 * gradient(theta, x, y)
        losses.append(loss(model(theta, x), y))
    return theta, losses


@variant("train")
def train(model, loss, gradient, x, y, theta0, learning_rate, n_steps):
    def measure(theta):
        return loss(model(theta, x), y)

    path = [np.array(theta0, float)]
    for _ in range(n_steps):
        path.append(path[-1] - learning_rate * np.asarray(gradient(path[-1], x, y)))
    return path[-1], np.array([measure(theta) for theta in path])


@variant("train")
def train(f, cost, slope, inputs, targets, start, rate, steps):
    theta = start.copy()
    losses = [float(cost(f(theta, inputs), targets))]
    while len(losses) <= steps:
        theta -= rate * slope(theta, inputs, targets)
        losses += [float(cost(f(theta, inputs), targets))]
    return [theta, losses]


variant(
    "train",
    cell="""def one_step(gradient, theta, x, y, learning_rate):
    return theta - learning_rate * gradient(theta, x, y)

def train(model, loss, gradient, x, y, theta0, learning_rate, n_steps):
    theta, losses = theta0, []
    for step in range(n_steps + 1):
        losses.append(loss(model(theta, x), y))
        if step < n_steps:
            theta = one_step(gradient, theta, x, y, learning_rate)
    return theta, losses""",
)

# 3.8 and 3.9 are optional

mistake("forecast", misconception="comes_otherwise", cell='forecast = {0.00001: "arrives", 0.01: "arrives", 1.0: "explodes"}')
mistake("forecast", misconception="comes_otherwise", cell='forecast = {0.00001: "crawls", 0.01: "crawls", 1.0: "arrives"}')
variant("forecast", cell='forecast = dict(zip([1e-5, 1e-2, 1], ["crawls", "arrives", "explodes"]))')
mistake("edge", misconception="rate_below_the_edge", cell="edge = 0.1")
mistake("edge", misconception="rate_above_the_edge", cell="edge = 0.15")
mistake("edge", misconception="rate_below_the_edge", cell="edge = 0.0456")
variant("edge", cell="edge = np.float64(0.1365)")
variant("edge", cell="edge = 2 / 14.63")
