"""Wrong answers and right variants of lab 04."""

import numpy as np

from autograder.source.mistakes import mistake, variant

# 4.1 the flip


@mistake("ascending", misconception="sorted_by_value")
def ascending(coefficients):
    return np.sort(coefficients)


@mistake("ascending", misconception="sorted_by_value")
def ascending(coefficients):
    return sorted(coefficients)


@mistake("ascending", misconception="kept_order")
def ascending(coefficients):
    return np.array(coefficients)


@mistake("ascending", misconception="ends_exchanged")
def ascending(coefficients):
    theta = np.array(coefficients)
    theta[0], theta[-1] = theta[-1], theta[0]
    return theta


@mistake("ascending", misconception="three_coefficients_only")
def ascending(coefficients):
    a, b, c = coefficients
    return np.array([c, b, a])


@mistake("ascending", misconception="three_coefficients_only")
def ascending(coefficients):
    return np.array([coefficients[2], coefficients[1], coefficients[0]])


@mistake("ascending", misconception="changes_input")
def ascending(coefficients):
    coefficients[:] = coefficients[::-1].copy()
    return coefficients


@mistake("ascending", misconception="not_a_number")
def ascending(coefficients):
    return reversed(coefficients)


@mistake("ascending", misconception="no_return")
def ascending(coefficients):
    print(coefficients[::-1])


@mistake("ascending", misconception="wrong_sign")
def ascending(coefficients):
    return -np.array(coefficients)[::-1]


@variant("ascending")
def ascending(coefficients):
    return list(reversed(coefficients))


@variant("ascending")
def ascending(coefficients):
    return np.flip(coefficients)


@variant("ascending")
def ascending(coefficients):
    theta = np.zeros(len(coefficients))
    for k in range(len(coefficients)):
        theta[k] = coefficients[len(coefficients) - 1 - k]
    return theta


# 4.2 the design matrix


@mistake("design_matrix", misconception="descending_powers")
def design_matrix(x, degree):
    return np.vander(x, degree + 1)


@mistake("design_matrix", misconception="without_top_power")
def design_matrix(x, degree):
    return np.stack([x**k for k in range(degree)], axis=1) if degree else np.empty((len(x), 0))


@mistake("design_matrix", misconception="without_top_power")
def design_matrix(x, degree):
    return np.vander(x, degree, increasing=True)


@mistake("design_matrix", misconception="without_ones")
def design_matrix(x, degree):
    A = np.empty((len(x), degree))
    for k in range(degree):
        A[:, k] = x ** (k + 1)
    return A


@mistake("design_matrix", misconception="one_power_too_many")
def design_matrix(x, degree):
    return np.vander(x, degree + 2, increasing=True)


@mistake("design_matrix", misconception="degree_ignored")
def design_matrix(x, degree):
    return np.column_stack([np.ones(len(x)), x, x**2])


@mistake("design_matrix", misconception="multiples_for_powers")
def design_matrix(x, degree):
    return np.column_stack([np.ones(len(x))] + [x * k for k in range(1, degree + 1)])


@mistake("design_matrix", misconception="multiples_for_powers")
def design_matrix(x, degree):
    return x[:, None] * np.arange(degree + 1)


@mistake("design_matrix", misconception="transposed")
def design_matrix(x, degree):
    return np.array([x**k for k in range(degree + 1)])


@mistake("design_matrix", misconception="base_and_exponent_exchanged")
def design_matrix(x, degree):
    return np.arange(degree + 1) ** x[:, None]


@mistake("design_matrix", misconception="no_return")
def design_matrix(x, degree):
    A = np.vander(x, degree + 1, increasing=True)


@mistake("design_matrix", misconception="two_rows")
def design_matrix(x, degree):
    return x ** np.arange(degree + 1)


@variant("design_matrix")
def design_matrix(x, degree):
    return np.vander(x, degree + 1, increasing=True)


@variant("design_matrix")
def design_matrix(x, degree):
    A = np.ones((len(x), degree + 1))
    for k in range(1, degree + 1):
        A[:, k] = A[:, k - 1] * x
    return A


@variant("design_matrix")
def design_matrix(x, degree):
    return [[value**k for k in range(degree + 1)] for value in x]


@variant("design_matrix")
def design_matrix(x, degree):
    return np.column_stack([np.float32(x) ** k for k in range(degree + 1)])


# 4.3 predictions


@mistake("predict", misconception="reads_descending")
def predict(theta, x):
    return np.polyval(theta, x)


@mistake("predict", misconception="fixed_degree")
def predict(theta, x):
    return design_matrix(x, 2) @ theta


@mistake("predict", misconception="degree_equals_length")
def predict(theta, x):
    return design_matrix(x, len(theta)) @ theta


@mistake("predict", misconception="matrix_on_the_wrong_side")
def predict(theta, x):
    return theta @ design_matrix(x, len(theta) - 1)


@mistake("predict", misconception="terms_not_added")
def predict(theta, x):
    return design_matrix(x, len(theta) - 1) * theta


@mistake("predict", misconception="added_over_points")
def predict(theta, x):
    return np.sum(design_matrix(x, len(theta) - 1) * theta, axis=0)


@mistake("predict", misconception="scalar_for_array")
def predict(theta, x):
    return np.sum(design_matrix(x, len(theta) - 1) * theta)


@mistake("predict", misconception="matrix_on_the_wrong_side")
def predict(theta, x):
    return np.dot(theta, design_matrix(x, len(theta) - 1))


@variant("predict")
def predict(theta, x):
    total = np.zeros(len(x))
    for k, number in enumerate(theta):
        total = total + number * x**k
    return total


@variant("predict")
def predict(theta, x):
    return np.polynomial.Polynomial(theta)(x)


@variant("predict")
def predict(theta, x):
    return [sum(number * value**k for k, number in enumerate(theta)) for value in x]


# 4.4 the loss


@mistake("mse_loss", misconception="sum_of_squares")
def mse_loss(theta, A, y):
    return np.sum((A @ theta - y) ** 2)


@mistake("mse_loss", misconception="half_of_the_mean")
def mse_loss(theta, A, y):
    return np.mean((A @ theta - y) ** 2) / 2


@mistake("mse_loss", misconception="root_of_the_loss")
def mse_loss(theta, A, y):
    return np.sqrt(np.mean((A @ theta - y) ** 2))


@mistake("mse_loss", misconception="distances_not_squared")
def mse_loss(theta, A, y):
    return np.mean(np.abs(A @ theta - y))


@mistake("mse_loss", misconception="distances_not_squared")
def mse_loss(theta, A, y):
    return np.mean(A @ theta - y)


@mistake("mse_loss", misconception="square_of_the_mean")
def mse_loss(theta, A, y):
    return np.mean(A @ theta - y) ** 2


@mistake("mse_loss", misconception="array_for_scalar")
def mse_loss(theta, A, y):
    return (A @ theta - y) ** 2


@mistake("mse_loss", misconception="products_not_summed")
def mse_loss(theta, A, y):
    return np.mean((A * theta - y) ** 2)


@mistake("mse_loss", misconception="divided_by_parameters")
def mse_loss(theta, A, y):
    return np.sum((A @ theta - y) ** 2) / len(theta)


@variant("mse_loss")
def mse_loss(theta, A, y):
    residual = y - A @ theta
    return residual @ residual / len(residual)


@variant("mse_loss")
def mse_loss(theta, A, y):
    total = 0
    for row, target in zip(A, y):
        total += (sum(a * t for a, t in zip(row, theta)) - target) ** 2
    return float(total) / len(y)


@variant("mse_loss")
def mse_loss(theta, A, y):
    return np.float32(np.square(np.linalg.norm(np.dot(A, theta) - y)) / y.size)


# 4.5 noise


@mistake("add_noise", misconception="one_draw_for_all")
def add_noise(y, scale, rng):
    return y + rng.normal(scale=scale)


@mistake("add_noise", misconception="fixed_size")
def add_noise(y, scale, rng):
    return y + rng.normal(scale=scale, size=3)


@mistake("add_noise", misconception="own_generator")
def add_noise(y, scale, rng):
    return y + np.random.normal(scale=scale, size=len(y))


@mistake("add_noise", misconception="own_generator")
def add_noise(y, scale, rng):
    rng = np.random.default_rng()
    return y + rng.normal(scale=scale, size=len(y))


@mistake("add_noise", misconception="same_noise_again")
def add_noise(y, scale, rng):
    rng = np.random.default_rng(0)
    return y + rng.normal(scale=scale, size=len(y))


@mistake("add_noise", misconception="forgets_scale")
def add_noise(y, scale, rng):
    return y + rng.normal(size=len(y))


@mistake("add_noise", misconception="variance_for_scale")
def add_noise(y, scale, rng):
    return y + rng.normal(0, np.sqrt(scale), len(y))


@mistake("add_noise", misconception="noise_alone")
def add_noise(y, scale, rng):
    return rng.normal(scale=scale, size=len(y))


@mistake("add_noise", misconception="relative_noise")
def add_noise(y, scale, rng):
    return y * (1 + rng.normal(scale=scale, size=len(y)))


@mistake("add_noise", misconception="changes_input")
def add_noise(y, scale, rng):
    y += rng.normal(scale=scale, size=len(y))
    return y


@mistake("add_noise", misconception="uniform_noise")
def add_noise(y, scale, rng):
    return y + rng.uniform(-scale, scale, len(y))


@mistake("add_noise", misconception="scale_as_mean")
def add_noise(y, scale, rng):
    return y + rng.normal(scale, size=len(y))


@variant("add_noise")
def add_noise(y, scale, rng):
    return rng.normal(y, scale)


@variant("add_noise")
def add_noise(y, scale, rng):
    noisy = np.copy(y)
    for i in range(len(y)):
        noisy[i] = y[i] + rng.normal(0, scale)
    return noisy


@variant("add_noise")
def add_noise(y, scale, rng):
    return [value + scale * rng.standard_normal() for value in y]


# 4.6 three points

mistake("three_point_loss", misconception="noise_variance_as_loss", cell="three_point_loss = 100")
mistake("three_point_loss", misconception="noise_variance_as_loss", cell="three_point_loss = 300.0")
mistake("three_point_loss", misconception="noise_scale_as_loss", cell="three_point_loss = 10")
mistake("three_point_loss", misconception="part_of_the_noise_as_loss", cell="three_point_loss = 100 / 3")
mistake("three_point_loss", misconception="part_of_the_noise_as_loss", cell="three_point_loss = 50")
mistake("three_point_loss", misconception="not_a_number", cell='three_point_loss = "small"')
variant("three_point_loss", cell="three_point_loss = 0")
variant("three_point_loss", cell="three_point_loss = 1e-28")

# 4.7 more points

mistake("points_for_half", misconception="linear_in_points", cell="points_for_half = 50")
mistake("points_for_half", misconception="factor_for_number", cell="points_for_half = 4")
mistake("points_for_half", misconception="root_the_wrong_way", cell="points_for_half = 35")
mistake("points_for_half", misconception="fewer_points_better", cell="points_for_half = 12")
mistake("points_for_half", misconception="more_than_needed", cell="points_for_half = 625")
mistake("points_for_half", misconception="more_than_needed", cell="points_for_half = 1000")
variant("points_for_half", cell="points_for_half = 25 * 4")
variant("points_for_half", cell="points_for_half = np.array([100.0])[0]")

# 4.8 the winner

mistake("winner", misconception="true_degree_wins", cell="winner = 2")
mistake("winner", misconception="simplest_wins", cell="winner = 0")
mistake("winner", misconception="degree_not_offered", cell="winner = 10")
mistake("winner", misconception="turning_point_in_training", cell="winner = 5")
mistake("winner", misconception="turning_point_in_training", cell="winner = 8")
mistake("winner", misconception="not_a_number", cell='winner = "the largest"')
variant("winner", cell="winner = max(range(10))")
variant("winner", cell="winner = 9.0")

# 4.9 the split


@mistake("train_validation_split", misconception="unshuffled_split")
def train_validation_split(x, y, fraction, rng):
    cut = len(x) - int(fraction * len(x))
    return x[:cut], y[:cut], x[cut:], y[cut:]


@mistake("train_validation_split", misconception="pairs_broken")
def train_validation_split(x, y, fraction, rng):
    m = int(fraction * len(x))
    x, y = rng.permutation(x), rng.permutation(y)
    return x[m:], y[m:], x[:m], y[:m]


@mistake("train_validation_split", misconception="validation_in_training")
def train_validation_split(x, y, fraction, rng):
    held = rng.permutation(len(x))[: int(fraction * len(x))]
    return x, y, x[held], y[held]


@mistake("train_validation_split", misconception="drawn_with_replacement")
def train_validation_split(x, y, fraction, rng):
    places = rng.integers(0, len(x), len(x))
    m = int(fraction * len(x))
    return x[places[m:]], y[places[m:]], x[places[:m]], y[places[:m]]


@mistake("train_validation_split", misconception="parts_exchanged")
def train_validation_split(x, y, fraction, rng):
    order = rng.permutation(len(x))
    m = int(fraction * len(x))
    return x[order[:m]], y[order[:m]], x[order[m:]], y[order[m:]]


@mistake("train_validation_split", misconception="inputs_before_targets")
def train_validation_split(x, y, fraction, rng):
    order = rng.permutation(len(x))
    m = int(fraction * len(x))
    return x[order[m:]], x[order[:m]], y[order[m:]], y[order[:m]]


@mistake("train_validation_split", misconception="same_split_again")
def train_validation_split(x, y, fraction, rng):
    order = np.random.default_rng(42).permutation(len(x))
    m = int(fraction * len(x))
    return x[order[m:]], y[order[m:]], x[order[:m]], y[order[:m]]


@mistake("train_validation_split", misconception="own_generator")
def train_validation_split(x, y, fraction, rng):
    order = np.random.permutation(len(x))
    m = int(fraction * len(x))
    return x[order[m:]], y[order[m:]], x[order[:m]], y[order[:m]]


@mistake("train_validation_split", misconception="coin_for_each_point")
def train_validation_split(x, y, fraction, rng):
    held = rng.random(len(x)) < fraction
    return x[~held], y[~held], x[held], y[held]


@mistake("train_validation_split", misconception="points_lost")
def train_validation_split(x, y, fraction, rng):
    order = rng.permutation(len(x))
    m = int(fraction * len(x))
    return x[order[m + 1 :]], y[order[m + 1 :]], x[order[:m]], y[order[:m]]


@mistake("train_validation_split", misconception="nested_pairs")
def train_validation_split(x, y, fraction, rng):
    order = rng.permutation(len(x))
    m = int(fraction * len(x))
    return (x[order[m:]], y[order[m:]]), (x[order[:m]], y[order[:m]])


@mistake("train_validation_split", misconception="changes_input")
def train_validation_split(x, y, fraction, rng):
    order = rng.permutation(len(x))
    m = int(fraction * len(x))
    x[:], y[:] = x[order], y[order]
    return x[m:], y[m:], x[:m], y[:m]


@variant("train_validation_split")
def train_validation_split(x, y, fraction, rng):
    places = np.arange(len(x))
    rng.shuffle(places)
    m = int(fraction * len(x))
    return x[places[m:]], y[places[m:]], x[places[:m]], y[places[:m]]


@variant("train_validation_split")
def train_validation_split(x, y, fraction, rng):
    places = list(range(len(x)))
    rng.shuffle(places)
    cut = len(x) - int(fraction * len(x))
    train, held = places[:cut], places[cut:]
    return [x[i] for i in train], [y[i] for i in train], [x[i] for i in held], [y[i] for i in held]


@variant("train_validation_split")
def train_validation_split(x, y, fraction, rng):
    held = rng.choice(len(x), size=int(fraction * len(x)), replace=False)
    keep = np.ones(len(x), dtype=bool)
    keep[held] = False
    return x[keep], y[keep], x[~keep], y[~keep]


@variant("train_validation_split")
def train_validation_split(x, y, fraction, rng):
    ranks = rng.random(len(x)).argsort().argsort()
    held = ranks < fraction * len(x)
    return [x[~held], y[~held], x[held], y[held]]


@variant("train_validation_split")
def train_validation_split(x, y, fraction, rng):
    both = rng.permutation(np.column_stack([x, y]))
    m = int(len(x) * fraction)
    return both[m:, 0], both[m:, 1], both[:m, 0], both[:m, 1]


# 4.10 the degree


@mistake("choose_degree", misconception="judged_where_fitted")
def choose_degree(x_train, y_train, x_validation, y_validation, degrees):
    losses = []
    for degree in degrees:
        A = design_matrix(x_train, degree)
        losses.append(mse_loss(least_squares(A, y_train), A, y_train))
    return degrees[np.argmin(losses)]


@mistake("choose_degree", misconception="judged_where_fitted")
def choose_degree(x_train, y_train, x_validation, y_validation, degrees):
    losses = []
    for degree in degrees:
        A = design_matrix(x_validation, degree)
        losses.append(mse_loss(least_squares(A, y_validation), A, y_validation))
    return degrees[np.argmin(losses)]


@mistake("choose_degree", misconception="fits_on_everything")
def choose_degree(x_train, y_train, x_validation, y_validation, degrees):
    x, y = np.concatenate([x_train, x_validation]), np.concatenate([y_train, y_validation])
    losses = []
    for degree in degrees:
        theta = least_squares(design_matrix(x, degree), y)
        losses.append(mse_loss(theta, design_matrix(x_validation, degree), y_validation))
    return degrees[np.argmin(losses)]


@mistake("choose_degree", misconception="roles_exchanged")
def choose_degree(x_train, y_train, x_validation, y_validation, degrees):
    losses = []
    for degree in degrees:
        theta = least_squares(design_matrix(x_validation, degree), y_validation)
        losses.append(mse_loss(theta, design_matrix(x_train, degree), y_train))
    return degrees[np.argmin(losses)]


@mistake("choose_degree", misconception="index_for_degree")
def choose_degree(x_train, y_train, x_validation, y_validation, degrees):
    losses = []
    for degree in degrees:
        theta = least_squares(design_matrix(x_train, degree), y_train)
        losses.append(mse_loss(theta, design_matrix(x_validation, degree), y_validation))
    return np.argmin(losses)


@mistake("choose_degree", misconception="loss_for_degree")
def choose_degree(x_train, y_train, x_validation, y_validation, degrees):
    losses = []
    for degree in degrees:
        theta = least_squares(design_matrix(x_train, degree), y_train)
        losses.append(mse_loss(theta, design_matrix(x_validation, degree), y_validation))
    return min(losses)


@mistake("choose_degree", misconception="worst_degree")
def choose_degree(x_train, y_train, x_validation, y_validation, degrees):
    losses = []
    for degree in degrees:
        theta = least_squares(design_matrix(x_train, degree), y_train)
        losses.append(mse_loss(theta, design_matrix(x_validation, degree), y_validation))
    return degrees[np.argmax(losses)]


@mistake("choose_degree", misconception="stops_at_first_rise")
def choose_degree(x_train, y_train, x_validation, y_validation, degrees):
    best, least = degrees[0], np.inf
    for degree in degrees:
        theta = least_squares(design_matrix(x_train, degree), y_train)
        loss = mse_loss(theta, design_matrix(x_validation, degree), y_validation)
        if loss > least:
            break
        best, least = degree, loss
    return best


@mistake("choose_degree", misconception="smallest_degree")
def choose_degree(x_train, y_train, x_validation, y_validation, degrees):
    best, least = degrees[0], 0
    for degree in degrees:
        theta = least_squares(design_matrix(x_train, degree), y_train)
        loss = mse_loss(theta, design_matrix(x_validation, degree), y_validation)
        if loss < least:
            best, least = degree, loss
    return best


@mistake("choose_degree", misconception="smallest_degree")
def choose_degree(x_train, y_train, x_validation, y_validation, degrees):
    for degree in degrees:
        theta = least_squares(design_matrix(x_train, degree), y_train)
        loss = mse_loss(theta, design_matrix(x_validation, degree), y_validation)
        return degree


@mistake("choose_degree", misconception="tries_the_places")
def choose_degree(x_train, y_train, x_validation, y_validation, degrees):
    losses = []
    for degree in range(len(degrees)):
        theta = least_squares(design_matrix(x_train, degree), y_train)
        losses.append(mse_loss(theta, design_matrix(x_validation, degree), y_validation))
    return np.argmin(losses)


@variant("choose_degree")
def choose_degree(x_train, y_train, x_validation, y_validation, degrees):
    best, least = None, np.inf
    for degree in degrees:
        theta = least_squares(design_matrix(x_train, degree), y_train)
        loss = np.sum((predict(theta, x_validation) - y_validation) ** 2)
        if loss < least:
            best, least = degree, loss
    return best


@variant("choose_degree")
def choose_degree(x_train, y_train, x_validation, y_validation, degrees):
    def loss(degree):
        theta = np.polyfit(x_train, y_train, degree)
        return np.mean((np.polyval(theta, x_validation) - y_validation) ** 2)

    return min(degrees, key=loss)


@variant("choose_degree")
def choose_degree(x_train, y_train, x_validation, y_validation, degrees):
    table = {}
    for degree in degrees:
        theta = least_squares(design_matrix(x_train, degree), y_train)
        table[mse_loss(theta, design_matrix(x_validation, degree), y_validation)] = degree
    return table[min(table)]


# 4.11 the gradient


@mistake("mse_grad", misconception="half")
def mse_grad(theta, A, y):
    return A.T @ (A @ theta - y) / len(y)


@mistake("mse_grad", misconception="gradient_of_the_sum")
def mse_grad(theta, A, y):
    return 2 * A.T @ (A @ theta - y)


@mistake("mse_grad", misconception="no_factor_from_square_or_mean")
def mse_grad(theta, A, y):
    return A.T @ (A @ theta - y)


@mistake("mse_grad", misconception="wrong_sign")
def mse_grad(theta, A, y):
    return 2 / len(y) * A.T @ (y - A @ theta)


@mistake("mse_grad", misconception="gradient_shapes")
def mse_grad(theta, A, y):
    return 2 / len(y) * A @ (A @ theta - y)


@mistake("mse_grad", misconception="no_inner_derivative")
def mse_grad(theta, A, y):
    return 2 * np.mean(A @ theta - y)


@mistake("mse_grad", misconception="one_slope_per_point")
def mse_grad(theta, A, y):
    return 2 / len(y) * (A @ theta - y)


@mistake("mse_grad", misconception="gradient_without_targets")
def mse_grad(theta, A, y):
    return 2 / len(y) * A.T @ (A @ theta)


@mistake("mse_grad", misconception="mean_over_parameters")
def mse_grad(theta, A, y):
    return 2 / len(theta) * A.T @ (A @ theta - y)


@mistake("mse_grad", misconception="shares_not_summed")
def mse_grad(theta, A, y):
    return 2 / len(y) * A.T * (A @ theta - y)


@mistake("mse_grad", misconception="products_not_summed")
def mse_grad(theta, A, y):
    return 2 / len(y) * A.T @ (A * theta - y)


@mistake("mse_grad", misconception="residuals_across_columns")
def mse_grad(theta, A, y):
    return 2 * np.mean((A @ theta - y) * A, axis=0)


@variant("mse_grad")
def mse_grad(theta, A, y):
    residual = A @ theta - y
    return np.array([2 * np.mean(residual * A[:, j]) for j in range(A.shape[1])])


@variant("mse_grad")
def mse_grad(theta, A, y):
    gradient = np.zeros(len(theta))
    for row, target in zip(A, y):
        gradient = gradient + 2 * (row @ theta - target) * row
    return gradient / len(y)


@variant("mse_grad")
def mse_grad(theta, A, y):
    return list(np.float32((A @ theta - y) @ A * 2 / A.shape[0]))


@variant("mse_grad")
def mse_grad(theta, A, y):
    return np.array([(mse_loss(theta + e, A, y) - mse_loss(theta - e, A, y)) / 2 for e in np.eye(len(theta))])


# 4.12 scaling


@mistake("standardize", misconception="leaks_new_inputs")
def standardize(x_train, x_new):
    both = np.concatenate([x_train, x_new])
    return (x_train - both.mean()) / both.std(), (x_new - both.mean()) / both.std()


@mistake("standardize", misconception="new_inputs_on_their_own")
def standardize(x_train, x_new):
    return (x_train - x_train.mean()) / x_train.std(), (x_new - x_new.mean()) / x_new.std()


@mistake("standardize", misconception="new_inputs_on_their_own")
def standardize(x_train, x_new):
    return (x_train - x_train.mean()) / x_train.std(), (x_new - np.nanmean(x_new)) / np.nanstd(x_new)


@mistake("standardize", misconception="not_centred")
def standardize(x_train, x_new):
    return x_train / x_train.std(), x_new / x_train.std()


@mistake("standardize", misconception="not_scaled")
def standardize(x_train, x_new):
    return x_train - x_train.mean(), x_new - x_train.mean()


@mistake("standardize", misconception="divides_by_variance")
def standardize(x_train, x_new):
    return (x_train - x_train.mean()) / x_train.var(), (x_new - x_train.mean()) / x_train.var()


@mistake("standardize", misconception="missing_parentheses")
def standardize(x_train, x_new):
    m, s = x_train.mean(), x_train.std()
    return x_train - m / s, x_new - m / s


@mistake("standardize", misconception="min_max_scaling")
def standardize(x_train, x_new):
    low, high = x_train.min(), x_train.max()
    return (x_train - low) / (high - low), (x_new - low) / (high - low)


@mistake("standardize", misconception="new_inputs_left_raw")
def standardize(x_train, x_new):
    return (x_train - x_train.mean()) / x_train.std(), x_new


@mistake("standardize", misconception="not_two_arrays")
def standardize(x_train, x_new):
    return x_train.mean(), x_train.std()


@mistake("standardize", misconception="outputs_exchanged")
def standardize(x_train, x_new):
    m, s = x_train.mean(), x_train.std()
    return (x_new - m) / s, (x_train - m) / s


@mistake("standardize", misconception="changes_input")
def standardize(x_train, x_new):
    m, s = x_train.mean(), x_train.std()
    x_train -= m
    x_train /= s
    x_new -= m
    x_new /= s
    return x_train, x_new


@variant("standardize")
def standardize(x_train, x_new):
    m = sum(x_train) / len(x_train)
    s = (sum((v - m) ** 2 for v in x_train) / len(x_train)) ** 0.5
    return [(v - m) / s for v in x_train], [(v - m) / s for v in x_new]


@variant("standardize")
def standardize(x_train, x_new):
    s = np.std(x_train, ddof=1)
    return tuple((x - x_train.mean()) / s for x in (x_train, x_new))


@variant("standardize")
def standardize(x_train, x_new):
    def scale(x):
        return np.float32((x - x_train.mean()) / x_train.std())

    return [scale(x_train), scale(x_new)]


# 4.13 bias and variance (optional)


@mistake("bias_and_variance", misconception="variance_first")
def bias_and_variance(bundle, target):
    return np.mean(bundle.var(axis=0)), np.mean((bundle.mean(axis=0) - target) ** 2)


@mistake("bias_and_variance", misconception="not_averaged")
def bias_and_variance(bundle, target):
    return (bundle.mean(axis=0) - target) ** 2, bundle.var(axis=0)


@mistake("bias_and_variance", misconception="one_run_less")
def bias_and_variance(bundle, target):
    return np.mean((bundle.mean(axis=0) - target) ** 2), np.mean(bundle.var(axis=0, ddof=1))


@mistake("bias_and_variance", misconception="bias_not_squared")
def bias_and_variance(bundle, target):
    return np.mean(np.abs(bundle.mean(axis=0) - target)), np.mean(bundle.var(axis=0))


@mistake("bias_and_variance", misconception="bias_not_squared")
def bias_and_variance(bundle, target):
    return np.mean(bundle.mean(axis=0) - target) ** 2, np.mean(bundle.var(axis=0))


@variant("bias_and_variance")
def bias_and_variance(bundle, target):
    middle = np.mean(bundle, axis=0)
    return [np.mean(np.square(middle - target)), np.mean(np.square(bundle - middle))]
