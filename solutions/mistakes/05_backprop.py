"""Wrong answers and right variants of lab 05, as students write them."""

from autograder.source.mistakes import mistake, variant

# The gradient on paper.

mistake("paper_gradient", misconception="paper_sign", cell="paper_gradient = [2 / 3, -10 / 3]")
mistake("paper_gradient", misconception="paper_half", cell="paper_gradient = [-0.33, 1.67]")
mistake("paper_gradient", misconception="paper_sum", cell="paper_gradient = [-2, 10]")
mistake("paper_gradient", misconception="paper_sum_and_half", cell="paper_gradient = [-1, 5]")
mistake("paper_gradient", misconception="paper_exchanged", cell="paper_gradient = [3.33, -0.67]")
mistake("paper_gradient", misconception="third_matrix_missing", cell="paper_gradient = [-0.67, -0.67]")
mistake("paper_gradient", misconception="paper_residuals_missing", cell="paper_gradient = [2, 2]")
variant("paper_gradient", cell="paper_gradient = [-0.67, 3.33]")
variant("paper_gradient", cell="import numpy as np\npaper_gradient = np.array([4, -2, -4]) / 3 @ np.array([[1, 2], [1, 3], [1, -2]])")
variant("paper_gradient", cell="from fractions import Fraction\npaper_gradient = tuple(float(Fraction(top, 3)) for top in (-2, 10))")

# Through the error.


@mistake("error_vjp", misconception="dense_jacobian")
def error_vjp(v, prediction, y):
    J = np.diag(2 * (prediction - y))
    return v @ J


@mistake("error_vjp", misconception="dense_jacobian")
def error_vjp(v, prediction, y):
    n = len(v)
    J = np.zeros((n, n))
    for i in range(n):
        J[i, i] = 2 * (prediction[i] - y[i])
    return np.dot(v, J)


@mistake("error_vjp", misconception="dense_jacobian")
def error_vjp(v, prediction, y):
    return v @ (np.eye(len(v)) * 2 * (prediction - y))


@mistake("error_vjp", misconception="wrong_sign")
def error_vjp(v, prediction, y):
    return v * 2 * (y - prediction)


@mistake("error_vjp", misconception="half")
def error_vjp(v, prediction, y):
    return v * (prediction - y)


@mistake("error_vjp", misconception="forgets_row")
def error_vjp(v, prediction, y):
    return 2 * (prediction - y)


@mistake("error_vjp", misconception="error_not_slope")
def error_vjp(v, prediction, y):
    return v * (prediction - y) ** 2


@mistake("error_vjp", misconception="row_added")
def error_vjp(v, prediction, y):
    return v + 2 * (prediction - y)


@mistake("error_vjp", misconception="average_twice")
def error_vjp(v, prediction, y):
    return 2 / len(y) * v * (prediction - y)


@mistake("error_vjp", misconception="scalar_for_array")
def error_vjp(v, prediction, y):
    return v @ (2 * (prediction - y))


@mistake("error_vjp", misconception="no_return")
def error_vjp(v, prediction, y):
    print(v * 2 * (prediction - y))


@variant("error_vjp")
def error_vjp(v, prediction, y):
    return np.array([2 * a * (b - c) for a, b, c in zip(v, prediction, y)])


@variant("error_vjp")
def error_vjp(row, guess, target):
    residual = np.subtract(guess, target)
    return np.multiply(residual, row) + residual * row


variant("error_vjp", cell="error_vjp = lambda v, p, y: np.einsum('i,i->i', v, 2.0 * (p - y))")

# Through the model.


@mistake("model_vjp", misconception="highest_power_first")
def model_vjp(v, x, degree):
    return v @ np.vander(x, degree + 1)


@mistake("model_vjp", misconception="degree_columns")
def model_vjp(v, x, degree):
    return np.array([np.sum(v * x**k) for k in range(degree)])


@mistake("model_vjp", misconception="degree_columns")
def model_vjp(v, x, degree):
    return np.array([np.sum(v * x**k) for k in range(1, degree + 1)])


@mistake("model_vjp", misconception="row_ignored")
def model_vjp(v, x, degree):
    return design_matrix(x, degree).sum(axis=0)


@mistake("model_vjp", misconception="powers_of_row")
def model_vjp(v, x, degree):
    return x @ design_matrix(v, degree)


@mistake("model_vjp", misconception="rows_not_summed")
def model_vjp(v, x, degree):
    return v[:, None] * design_matrix(x, degree)


@mistake("model_vjp", misconception="averaged_again")
def model_vjp(v, x, degree):
    return np.mean(v[:, None] * design_matrix(x, degree), axis=0)


@mistake("model_vjp", misconception="slopes_in_x")
def model_vjp(v, x, degree):
    return np.array([k * np.sum(v * x ** (k - 1.0)) for k in range(degree + 1)])


@mistake("model_vjp", misconception="wrong_side")
def model_vjp(v, x, degree):
    return design_matrix(x, degree) @ v


@variant("model_vjp")
def model_vjp(v, x, degree):
    return np.array([sum(v[i] * x[i] ** k for i in range(len(x))) for k in range(degree + 1)])


@variant("model_vjp")
def model_vjp(v, x, degree):
    A = design_matrix(x, degree)
    return A.T @ v


@variant("model_vjp")
def model_vjp(v, x, degree):
    answer, power = [], np.ones(len(x))
    for _ in range(degree + 1):
        answer.append(float(np.dot(v, power)))
        power = power * x
    return answer


# The measured Jacobian.


@mistake("numerical_jacobian", misconception="columns_as_rows")
def numerical_jacobian(f, x, h=1e-5):
    x = np.array(x, dtype=float)
    rows = []
    for j in range(len(x)):
        step = np.zeros(len(x))
        step[j] = h
        rows.append((f(x + step) - f(x - step)) / (2 * h))
    return np.array(rows)


@mistake("numerical_jacobian", misconception="one_sided")
def numerical_jacobian(f, x, h=1e-5):
    x = np.array(x, dtype=float)
    here = f(x)
    J = np.zeros((len(here), len(x)))
    for j in range(len(x)):
        moved = x.copy()
        moved[j] += h
        J[:, j] = (f(moved) - here) / h
    return J


@mistake("numerical_jacobian", misconception="two_h_apart")
def numerical_jacobian(f, x, h=1e-5):
    steps = h * np.eye(len(x))
    return np.stack([(f(x + s) - f(x - s)) / h for s in steps], axis=1)


@mistake("numerical_jacobian", misconception="times_h")
def numerical_jacobian(f, x, h=1e-5):
    steps = h * np.eye(len(x))
    return np.stack([(f(x + s) - f(x - s)) / 2 * h for s in steps], axis=1)


@mistake("numerical_jacobian", misconception="outputs_summed")
def numerical_jacobian(f, x, h=1e-5):
    x = np.array(x, dtype=float)
    slopes = np.zeros(len(x))
    for j in range(len(x)):
        step = np.zeros(len(x))
        step[j] = h
        slopes[j] = np.sum(f(x + step) - f(x - step)) / (2 * h)
    return slopes


@mistake("numerical_jacobian", misconception="whole_numbers")
def numerical_jacobian(f, x, h=1e-5):
    columns = []
    for j in range(len(x)):
        ahead, back = x.copy(), x.copy()
        ahead[j] += h
        back[j] -= h
        columns.append((f(ahead) - f(back)) / (2 * h))
    return np.stack(columns, axis=1)


@mistake("numerical_jacobian", misconception="inputs_moved_together")
def numerical_jacobian(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / (2 * h)


@mistake("numerical_jacobian", misconception="inputs_not_put_back")
def numerical_jacobian(f, x, h=1e-5):
    ahead, back = np.array(x, dtype=float), np.array(x, dtype=float)
    columns = []
    for j in range(len(x)):
        ahead[j] += h
        back[j] -= h
        columns.append((f(ahead) - f(back)) / (2 * h))
    return np.array(columns).T


@mistake("numerical_jacobian", misconception="changes_input")
def numerical_jacobian(f, x, h=1e-5):
    columns = []
    for j in range(len(x)):
        x[j] += h
        ahead = f(x)
        x[j] -= 2 * h
        columns.append((ahead - f(x)) / (2 * h))
    return np.stack(columns, axis=1)


@variant("numerical_jacobian")
def numerical_jacobian(f, x, h=1e-5):
    return np.array([(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(len(x))]).T


@variant("numerical_jacobian")
def numerical_jacobian(f, x, h=1e-5):
    x = np.asarray(x).astype(float)
    m, n = len(f(x)), len(x)
    J = np.empty((m, n))
    for i in range(m):
        for j in range(n):
            ahead, back = x.copy(), x.copy()
            ahead[j] = ahead[j] + h
            back[j] = back[j] - h
            J[i][j] = (f(ahead)[i] - f(back)[i]) / 2 / h
    return J


# Counting multiplications.


@mistake("count_multiplications", misconception="orders_exchanged")
def count_multiplications(sizes, mode):
    if mode == "forward":
        sizes = sizes[::-1]
    return sum(sizes[0] * a * b for a, b in zip(sizes[1:], sizes[2:]))


@mistake("count_multiplications", misconception="one_order_only")
def count_multiplications(sizes, mode):
    return sum(sizes[0] * a * b for a, b in zip(sizes[1:], sizes[2:]))


@mistake("count_multiplications", misconception="one_order_only")
def count_multiplications(sizes, mode):
    return sum(sizes[-1] * a * b for a, b in zip(sizes[:-1], sizes[1:-1]))


@mistake("count_multiplications", misconception="entries_counted")
def count_multiplications(sizes, mode):
    return sum(a * b for a, b in zip(sizes, sizes[1:]))


@mistake("count_multiplications", misconception="neighbours_only")
def count_multiplications(sizes, mode):
    total = 0
    for i in range(len(sizes) - 2):
        total += sizes[i] * sizes[i + 1] * sizes[i + 2]
    return total


@mistake("count_multiplications", misconception="one_product_too_many")
def count_multiplications(sizes, mode):
    if mode == "reverse":
        sizes = sizes[::-1]
    return sum(sizes[0] * a * b for a, b in zip(sizes, sizes[1:]))


@mistake("count_multiplications", misconception="additions_counted")
def count_multiplications(sizes, mode):
    if mode == "reverse":
        sizes = sizes[::-1]
    return 2 * sum(sizes[0] * a * b for a, b in zip(sizes[1:], sizes[2:]))


@mistake("count_multiplications", misconception="sizes_added")
def count_multiplications(sizes, mode):
    if mode == "reverse":
        sizes = sizes[::-1]
    return sum(sizes[0] + a + b for a, b in zip(sizes[1:], sizes[2:]))


@mistake("count_multiplications", misconception="no_return")
def count_multiplications(sizes, mode):
    if mode == "reverse":
        sizes = sizes[::-1]
    print(sum(sizes[0] * a * b for a, b in zip(sizes[1:], sizes[2:])))


@variant("count_multiplications")
def count_multiplications(sizes, mode):
    shapes = [(m, n) for n, m in zip(sizes, sizes[1:])]
    total = 0
    if mode == "forward":
        rows, columns = shapes[0]
        for m, k in shapes[1:]:
            total += m * k * columns
            rows = m
    else:
        rows, columns = shapes[-1]
        for k, n in reversed(shapes[:-1]):
            total += rows * k * n
            columns = n
    return total


@variant("count_multiplications")
def count_multiplications(sizes, mode):
    products = [a * b for a, b in zip(sizes, sizes[1:])]
    return sizes[0] * sum(products[1:]) if mode == "forward" else sizes[-1] * sum(products[:-1])


@variant("count_multiplications")
def count_multiplications(sizes, mode):
    if len(sizes) < 3:
        return 0
    if mode == "forward":
        return float(sizes[0] * sizes[-1] * sizes[-2]) + count_multiplications(sizes[:-1], mode)
    return float(sizes[-1] * sizes[0] * sizes[1]) + count_multiplications(sizes[1:], mode)


# Adjoints on paper.

mistake("paper_adjoints", misconception="values_not_adjoints", cell="paper_adjoints = [3.14, 0.87, 1.05, 3]")
mistake("paper_adjoints", misconception="one_path_only", cell="paper_adjoints = [1, 1, 0.5, 1.05]")
mistake("paper_adjoints", misconception="one_path_only", cell="paper_adjoints = [1, 1, 3, 1.05]")
mistake("paper_adjoints", misconception="paths_multiplied", cell="paper_adjoints = [1, 1, 1.5, 1.05]")
mistake("paper_adjoints", misconception="factors_exchanged", cell="paper_adjoints = [1, 1, 1.55, 3]")
mistake("paper_adjoints", misconception="cosine_negated", cell="paper_adjoints = [1, 1, 2.5, 1.05]")
mistake("paper_adjoints", misconception="sine_kept", cell="paper_adjoints = [1, 1, 3.87, 1.05]")
mistake("paper_adjoints", misconception="sum_shares_adjoint", cell="paper_adjoints = [0.5, 0.5, 1.75, 0.52]")
variant("paper_adjoints", cell="paper_adjoints = [1, 1, 3.5, 1.05]")
variant("paper_adjoints", cell="paper_adjoints = np.array([1.0, 1.0, 3 + np.cos(np.pi / 3), np.pi / 3])")

# Rows of the table. One row is wrong in each.

mistake(
    "vjps",
    misconception="tanh_of_input",
    cell="""
vjps = {
    **first_vjps,
    "div": (lambda g, out, a, b: g / b, lambda g, out, a, b: -g * a / b**2),
    "pow": (lambda g, out, a, b: g * b * a ** (b - 1),),
    "exp": (lambda g, out, a: g * out,),
    "log": (lambda g, out, a: g / a,),
    "tanh": (lambda g, out, a: g * (1 - a**2),),
    "relu": (lambda g, out, a: g * (a > 0),),
}
""",
)
mistake(
    "vjps",
    misconception="tanh_not_squared",
    cell="""
vjps = {
    **first_vjps,
    "div": (lambda g, out, a, b: g / b, lambda g, out, a, b: -g * a / b**2),
    "pow": (lambda g, out, a, b: g * b * a ** (b - 1),),
    "exp": (lambda g, out, a: g * out,),
    "log": (lambda g, out, a: g / a,),
    "tanh": (lambda g, out, a: g * (1 - out),),
    "relu": (lambda g, out, a: g * (a > 0),),
}
""",
)
mistake(
    "vjps",
    misconception="power_kept",
    cell="""
vjps = {
    **first_vjps,
    "div": (lambda g, out, a, b: g / b, lambda g, out, a, b: -g * a / b**2),
    "pow": (lambda g, out, a, b: g * b * a**b,),
    "exp": (lambda g, out, a: g * out,),
    "log": (lambda g, out, a: g / a,),
    "tanh": (lambda g, out, a: g * (1 - out**2),),
    "relu": (lambda g, out, a: g * (a > 0),),
}
""",
)
mistake(
    "vjps",
    misconception="exponent_forgotten",
    cell="""
vjps = {
    **first_vjps,
    "div": (lambda g, out, a, b: g / b, lambda g, out, a, b: -g * a / b**2),
    "pow": (lambda g, out, a, b: g * a ** (b - 1),),
    "exp": (lambda g, out, a: g * out,),
    "log": (lambda g, out, a: g / a,),
    "tanh": (lambda g, out, a: g * (1 - out**2),),
    "relu": (lambda g, out, a: g * (a > 0),),
}
""",
)
mistake(
    "vjps",
    misconception="quotient_sign",
    cell="""
vjps = dict(first_vjps)
vjps["div"] = (lambda g, out, a, b: g / b, lambda g, out, a, b: g * a / b**2)
vjps["pow"] = (lambda g, out, a, b: g * b * a ** (b - 1),)
vjps["exp"] = (lambda g, out, a: g * np.exp(a),)
vjps["log"] = (lambda g, out, a: g / a,)
vjps["tanh"] = (lambda g, out, a: g * (1 - out**2),)
vjps["relu"] = (lambda g, out, a: np.where(a > 0, g, 0),)
""",
)
mistake(
    "vjps",
    misconception="quotient_not_squared",
    cell="""
vjps = dict(first_vjps)
vjps["div"] = (lambda g, out, a, b: g / b, lambda g, out, a, b: -g * a / b)
vjps["pow"] = (lambda g, out, a, b: g * b * a ** (b - 1),)
vjps["exp"] = (lambda g, out, a: g * np.exp(a),)
vjps["log"] = (lambda g, out, a: g / a,)
vjps["tanh"] = (lambda g, out, a: g * (1 - out**2),)
vjps["relu"] = (lambda g, out, a: np.where(a > 0, g, 0),)
""",
)
mistake(
    "vjps",
    misconception="log_multiplies",
    cell="""
vjps = dict(first_vjps)
vjps["div"] = (lambda g, out, a, b: g / b, lambda g, out, a, b: -g * a / b**2)
vjps["pow"] = (lambda g, out, a, b: g * b * a ** (b - 1),)
vjps["exp"] = (lambda g, out, a: g * np.exp(a),)
vjps["log"] = (lambda g, out, a: g * a,)
vjps["tanh"] = (lambda g, out, a: g * (1 - out**2),)
vjps["relu"] = (lambda g, out, a: np.where(a > 0, g, 0),)
""",
)
mistake(
    "vjps",
    misconception="exp_like_a_power",
    cell="""
vjps = dict(first_vjps)
vjps["div"] = (lambda g, out, a, b: g / b, lambda g, out, a, b: -g * a / b**2)
vjps["pow"] = (lambda g, out, a, b: g * b * a ** (b - 1),)
vjps["exp"] = (lambda g, out, a: g * a * np.exp(a - 1),)
vjps["log"] = (lambda g, out, a: g / a,)
vjps["tanh"] = (lambda g, out, a: g * (1 - out**2),)
vjps["relu"] = (lambda g, out, a: np.where(a > 0, g, 0),)
""",
)
mistake(
    "vjps",
    misconception="relu_always_open",
    cell="""
vjps = dict(first_vjps)
vjps["div"] = (lambda g, out, a, b: g / b, lambda g, out, a, b: -g * a / b**2)
vjps["pow"] = (lambda g, out, a, b: g * b * a ** (b - 1),)
vjps["exp"] = (lambda g, out, a: g * np.exp(a),)
vjps["log"] = (lambda g, out, a: g / a,)
vjps["tanh"] = (lambda g, out, a: g * (1 - out**2),)
vjps["relu"] = (lambda g, out, a: g,)
""",
)
mistake(
    "vjps",
    misconception="relu_sends_value",
    cell="""
vjps = dict(first_vjps)
vjps["div"] = (lambda g, out, a, b: g / b, lambda g, out, a, b: -g * a / b**2)
vjps["pow"] = (lambda g, out, a, b: g * b * a ** (b - 1),)
vjps["exp"] = (lambda g, out, a: g * np.exp(a),)
vjps["log"] = (lambda g, out, a: g / a,)
vjps["tanh"] = (lambda g, out, a: g * (1 - out**2),)
vjps["relu"] = (lambda g, out, a: g * np.maximum(a, 0),)
""",
)
mistake(
    "vjps",
    misconception="adjoint_forgotten",
    cell="""
vjps = {
    **first_vjps,
    "div": (lambda g, out, a, b: 1 / b, lambda g, out, a, b: -a / b**2),
    "pow": (lambda g, out, a, b: b * a ** (b - 1),),
    "exp": (lambda g, out, a: out,),
    "log": (lambda g, out, a: 1 / a,),
    "tanh": (lambda g, out, a: 1 - out**2,),
    "relu": (lambda g, out, a: a > 0,),
}
""",
)
mistake(
    "vjps",
    misconception="row_missing",
    cell="""
vjps = {
    "div": (lambda g, out, a, b: g / b, lambda g, out, a, b: -g * a / b**2),
    "pow": (lambda g, out, a, b: g * b * a ** (b - 1),),
    "exp": (lambda g, out, a: g * out,),
    "log": (lambda g, out, a: g / a,),
    "tanh": (lambda g, out, a: g * (1 - out**2),),
    "relu": (lambda g, out, a: g * (a > 0),),
}
""",
)
variant(
    "vjps",
    cell="""
def _to_divisor(g, out, a, b):
    return -(g * a) / (b * b)

def _to_base(g, out, a, n, *unused):
    return g * n * np.power(a, n - 1)

def _through_tanh(g, out, a):
    return g / np.cosh(a) ** 2

vjps = {name: list(row) for name, row in first_vjps.items()}
vjps["div"] = [lambda g, out, a, b: g / b, _to_divisor]
vjps["pow"] = [_to_base]
vjps["exp"] = [lambda g, out, a: g * np.exp(a)]
vjps["log"] = [lambda g, out, a: g / np.exp(out)]
vjps["tanh"] = [_through_tanh]
vjps["relu"] = [lambda g, out, a: np.where(a >= 0, g, 0)]
""",
)
variant(
    "vjps",
    cell="""
vjps = first_vjps | dict(
    div=(lambda g, out, a, b: g / b, lambda g, out, a, b: -g * out / b),
    pow=(lambda g, out, a, b: g * b * a ** (b - 1), lambda g, out, a, b: g * out * np.log(np.abs(a))),
    exp=(lambda g, out, x: out * g,),
    log=(lambda g, out, x: g * x**-1.0,),
    tanh=(lambda g, out, x: g - g * out * out,),
    relu=(lambda g, out, x: g * np.heaviside(x, 0.5),),
)
""",
)

# Topological order.


@mistake("topological_order", misconception="recursion_limit")
def topological_order(root):
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for parent in node.parents:
                visit(parent)
            order.append(node)

    visit(root)
    return order


@mistake("topological_order", misconception="root_first")
def topological_order(root):
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((parent, False) for parent in node.parents)
    return order[::-1]


@mistake("topological_order", misconception="child_before_parent")
def topological_order(root):  # the order of meeting, breadth first
    order, seen = [root], {root}
    for node in order:
        for parent in node.parents:
            if parent not in seen:
                seen.add(parent)
                order.append(parent)
    return order[::-1]


@mistake("topological_order", misconception="child_before_parent")
def topological_order(root):  # the order of meeting, depth first
    order, seen, stack = [], set(), [root]
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        order.append(node)
        stack.extend(node.parents)
    return list(reversed(order))


@mistake("topological_order", misconception="node_twice")
def topological_order(root):
    order, stack = [], [(root, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        else:
            stack.append((node, True))
            for parent in node.parents:
                stack.append((parent, False))
    return order


@mistake("topological_order", misconception="root_left_out")
def topological_order(root):
    order, seen, stack = [], {root}, [(parent, False) for parent in root.parents]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((parent, False) for parent in node.parents)
    return order


@mistake("topological_order", misconception="leaves_left_out")
def topological_order(root):
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif node.parents and node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((parent, False) for parent in node.parents)
    return order


@mistake("topological_order", misconception="nodes_left_out")
def topological_order(root):
    order, node = [root], root
    while node.parents:
        node = node.parents[0]
        order.append(node)
    return order[::-1]


@mistake("topological_order", misconception="not_nodes")
def topological_order(root):
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node.value)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((parent, False) for parent in node.parents)
    return order


@mistake("topological_order", misconception="no_return")
def topological_order(root):
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((parent, False) for parent in node.parents)
    print(order[:3])


@variant("topological_order")
def topological_order(root):
    done, stack, order = set(), [root], []
    while stack:
        node = stack[-1]
        waiting = [parent for parent in node.parents if id(parent) not in done]
        if waiting:
            stack.append(waiting[0])
        else:
            stack.pop()
            if id(node) not in done:
                done.add(id(node))
                order.append(node)
    return order


@variant("topological_order")
def topological_order(root):
    children, found = {root: 0}, [root]
    for node in found:
        for parent in node.parents:
            if parent not in children:
                children[parent] = 0
                found.append(parent)
            children[parent] += 1
    ready, order = [root], []
    while ready:
        node = ready.pop()
        order.insert(0, node)
        for parent in node.parents:
            children[parent] -= 1
            if children[parent] == 0:
                ready.append(parent)
    return order


@variant("topological_order")
def topological_order(root):
    import sys

    sys.setrecursionlimit(1_000_000)
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for parent in node.parents:
                visit(parent)
            order.append(node)

    visit(root)
    return tuple(order)


# The walk backward.


@mistake("backward", misconception="message_overwritten")
def backward(order, vjps):
    order[-1].grad = np.ones_like(order[-1].value)
    for node in reversed(order):
        if node.parents:
            values = [parent.value for parent in node.parents]
            for parent, vjp in zip(node.parents, vjps[node.op]):
                parent.grad = vjp(node.grad, node.value, *values)


@mistake("backward", misconception="no_first_adjoint")
def backward(order, vjps):
    for node in order:
        if node.parents:
            node.grad = 0.0
    for node in reversed(order):
        if node.parents:
            values = [parent.value for parent in node.parents]
            for parent, vjp in zip(node.parents, vjps[node.op]):
                parent.grad = parent.grad + vjp(node.grad, node.value, *values)


@mistake("backward", misconception="walks_forward")
def backward(order, vjps):
    for node in order:
        if node.parents:
            node.grad = 0.0
    order[-1].grad = np.ones_like(order[-1].value)
    for node in order:
        if node.parents:
            values = [parent.value for parent in node.parents]
            for parent, vjp in zip(node.parents, vjps[node.op]):
                parent.grad = parent.grad + vjp(node.grad, node.value, *values)


@mistake("backward", misconception="speaks_too_early")
def backward(order, vjps):  # naive recursion along every path
    for node in order:
        if node.parents:
            node.grad = 0.0

    def visit(node):
        if node.parents:
            values = [parent.value for parent in node.parents]
            for parent, vjp in zip(node.parents, vjps[node.op]):
                parent.grad = parent.grad + vjp(node.grad, node.value, *values)
                visit(parent)

    order[-1].grad = np.ones_like(order[-1].value)
    visit(order[-1])


@mistake("backward", misconception="slope_without_adjoint")
def backward(order, vjps):
    for node in order:
        if node.parents:
            node.grad = 0.0
    order[-1].grad = np.ones_like(order[-1].value)
    for node in reversed(order):
        if node.parents:
            values = [parent.value for parent in node.parents]
            for parent, vjp in zip(node.parents, vjps[node.op]):
                parent.grad = parent.grad + vjp(1.0, node.value, *values)


@mistake("backward", misconception="first_function_for_all")
def backward(order, vjps):
    for node in order:
        if node.parents:
            node.grad = 0.0
    order[-1].grad = np.ones_like(order[-1].value)
    for node in reversed(order):
        values = [parent.value for parent in node.parents]
        for parent in node.parents:
            parent.grad = parent.grad + vjps[node.op][0](node.grad, node.value, *values)


@mistake("backward", misconception="result_not_one")
def backward(order, vjps):
    for node in order:
        if node.parents:
            node.grad = 0.0
    order[-1].grad = order[-1].value
    for node in reversed(order):
        if node.parents:
            values = [parent.value for parent in node.parents]
            for parent, vjp in zip(node.parents, vjps[node.op]):
                parent.grad = parent.grad + vjp(node.grad, node.value, *values)


@mistake("backward", misconception="nodes_not_reset")
def backward(order, vjps):
    order[-1].grad = np.ones_like(order[-1].value)
    for node in reversed(order):
        if node.parents:
            values = [parent.value for parent in node.parents]
            for parent, vjp in zip(node.parents, vjps[node.op]):
                parent.grad = parent.grad + vjp(node.grad, node.value, *values)


@mistake("backward", misconception="leaves_reset")
def backward(order, vjps):
    for node in order:
        node.grad = 0.0
    order[-1].grad = np.ones_like(order[-1].value)
    for node in reversed(order):
        if node.parents:
            values = [parent.value for parent in node.parents]
            for parent, vjp in zip(node.parents, vjps[node.op]):
                parent.grad = parent.grad + vjp(node.grad, node.value, *values)


@mistake("backward", misconception="adjoint_shared")
def backward(order, vjps):
    heard = set()
    order[-1].grad = np.ones_like(order[-1].value)
    for node in reversed(order):
        if node.parents:
            values = [parent.value for parent in node.parents]
            for parent, vjp in zip(node.parents, vjps[node.op]):
                message = vjp(node.grad, node.value, *values)
                if parent.parents and parent not in heard:
                    parent.grad = message
                    heard.add(parent)
                else:
                    parent.grad += message


@variant("backward")
def backward(order, vjps):
    for node in order[:-1]:
        node.grad = node.grad * (not node.parents)
    order[-1].grad = np.ones(np.shape(order[-1].value))
    for i in range(len(order) - 1, -1, -1):
        node = order[i]
        for k in range(len(node.parents)):
            parent = node.parents[k]
            if parent.op == "constant":
                continue
            arguments = [p.value for p in node.parents]
            parent.grad += vjps[node.op][k](node.grad, node.value, *arguments)


@variant("backward")
def backward(order, vjps):
    heard = {id(order[-1]): np.ones_like(order[-1].value)}
    for node in order[::-1]:
        g = heard.get(id(node), 0.0)
        for parent, vjp in zip(node.parents, vjps.get(node.op, ())):
            if parent.op != "constant":
                sent = vjp(g, node.value, *(p.value for p in node.parents))
                heard[id(parent)] = heard.get(id(parent), 0.0) + sent
    for node in order:
        g = heard.get(id(node), 0.0)
        node.grad = g if node.parents else node.grad + g


# Unbroadcast.


@mistake("unbroadcast", misconception="copies_not_summed")
def unbroadcast(g, shape):
    return g


@mistake("unbroadcast", misconception="copies_averaged")
def unbroadcast(g, shape):
    g = g.mean(axis=tuple(range(g.ndim - len(shape))))
    return g.mean(axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True)


@mistake("unbroadcast", misconception="one_copy_kept")
def unbroadcast(g, shape):
    while g.ndim > len(shape):
        g = g[0]
    for axis, length in enumerate(shape):
        if length == 1:
            g = np.take(g, [0], axis=axis)
    return g


@mistake("unbroadcast", misconception="everything_summed")
def unbroadcast(g, shape):
    return g if g.shape == shape else np.sum(g)


@mistake("unbroadcast", misconception="everything_summed")
def unbroadcast(g, shape):
    return g if g.shape == shape else np.full(shape, g.sum())


@mistake("unbroadcast", misconception="stretched_axis_forgotten")
def unbroadcast(g, shape):
    return g.sum(axis=tuple(range(g.ndim - len(shape))))


@mistake("unbroadcast", misconception="new_axis_forgotten")
def unbroadcast(g, shape):
    for axis, length in enumerate(shape):
        if length == 1:
            g = g.sum(axis=axis - len(shape), keepdims=True)
    return g


@mistake("unbroadcast", misconception="reshaped_axis_lost")
def unbroadcast(g, shape):
    extra = g.ndim - len(shape)
    stretched = tuple(extra + i for i, n in enumerate(shape) if n == 1)
    return g.sum(axis=tuple(range(extra)) + stretched)


@mistake("unbroadcast", misconception="no_return")
def unbroadcast(g, shape):
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for axis, length in enumerate(shape):
        if length == 1:
            g = g.sum(axis=axis, keepdims=True)


@variant("unbroadcast")
def unbroadcast(g, shape):
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    stretched = tuple(axis for axis, length in enumerate(shape) if length == 1)
    return g.sum(axis=stretched, keepdims=True)


@variant("unbroadcast")
def unbroadcast(g, shape):
    padded = (1,) * (g.ndim - len(shape)) + tuple(shape)
    axes = tuple(i for i in range(g.ndim) if padded[i] == 1)
    return np.sum(g, axis=axes, keepdims=True).reshape(shape)


@variant("unbroadcast")
def unbroadcast(g, shape):
    total = np.zeros(shape)
    padded = (1,) * (g.ndim - len(shape)) + shape
    for entry in np.ndindex(g.shape):
        place = tuple(i if n > 1 else 0 for i, n in zip(entry, padded))[g.ndim - len(shape) :]
        total[place] += g[entry]
    return total


# Rows for matrices.

mistake(
    "array_vjps",
    misconception="shapes_do_not_fit",
    cell="""
array_vjps = {
    "matmul": (lambda g, out, a, b: g @ b, lambda g, out, a, b: a @ g),
    "sum": (lambda g, out, a: g * np.ones_like(a),),
    "mean": (lambda g, out, a: g * np.ones_like(a) / a.size,),
}
""",
)
mistake(
    "array_vjps",
    misconception="shapes_do_not_fit",
    cell="""
array_vjps = {
    "matmul": (lambda g, out, a, b: b.T @ g, lambda g, out, a, b: g @ a.T),
    "sum": (lambda g, out, a: g * np.ones_like(a),),
    "mean": (lambda g, out, a: g * np.ones_like(a) / a.size,),
}
""",
)
mistake(
    "array_vjps",
    misconception="shapes_do_not_fit",
    cell="""
array_vjps = {
    "matmul": (lambda g, out, a, b: g * b, lambda g, out, a, b: g * a),
    "sum": (lambda g, out, a: g * np.ones_like(a),),
    "mean": (lambda g, out, a: g * np.ones_like(a) / a.size,),
}
""",
)
mistake(
    "array_vjps",
    misconception="parents_exchanged",
    cell="""
array_vjps = {
    "matmul": (lambda g, out, a, b: a.T @ g, lambda g, out, a, b: g @ b.T),
    "sum": (lambda g, out, a: g * np.ones_like(a),),
    "mean": (lambda g, out, a: g * np.ones_like(a) / a.size,),
}
""",
)
mistake(
    "array_vjps",
    misconception="mean_not_divided",
    cell="""
array_vjps = {
    "matmul": (lambda g, out, a, b: g @ b.T, lambda g, out, a, b: a.T @ g),
    "sum": (lambda g, out, a: np.full(a.shape, g),),
    "mean": (lambda g, out, a: np.full(a.shape, g),),
}
""",
)
mistake(
    "array_vjps",
    misconception="mean_over_rows",
    cell="""
array_vjps = {
    "matmul": (lambda g, out, a, b: g @ b.T, lambda g, out, a, b: a.T @ g),
    "sum": (lambda g, out, a: np.full(a.shape, g),),
    "mean": (lambda g, out, a: np.full(a.shape, g / len(a)),),
}
""",
)
mistake(
    "array_vjps",
    misconception="adjoint_not_spread",
    cell="""
array_vjps = {
    "matmul": (lambda g, out, a, b: g @ b.T, lambda g, out, a, b: a.T @ g),
    "sum": (lambda g, out, a: g,),
    "mean": (lambda g, out, a: g / a.size,),
}
""",
)
mistake(
    "array_vjps",
    misconception="sum_sends_values",
    cell="""
array_vjps = {
    "matmul": (lambda g, out, a, b: g @ b.T, lambda g, out, a, b: a.T @ g),
    "sum": (lambda g, out, a: g * a,),
    "mean": (lambda g, out, a: np.full(a.shape, g / a.size),),
}
""",
)
mistake(
    "array_vjps",
    misconception="comma_forgotten",
    cell="""
array_vjps = {
    "matmul": (lambda g, out, a, b: g @ b.T, lambda g, out, a, b: a.T @ g),
    "sum": (lambda g, out, a: g * np.ones(a.shape)),
    "mean": (lambda g, out, a: g * np.ones(a.shape) / a.size),
}
""",
)
variant(
    "array_vjps",
    cell="""
array_vjps = {}
array_vjps["matmul"] = [lambda g, out, a, b: np.dot(g, np.transpose(b)), lambda g, out, a, b: (g.T @ a).T]
array_vjps["sum"] = [lambda g, out, a: g * np.ones_like(a)]
array_vjps["mean"] = [lambda g, out, a: np.full_like(a, g) / np.prod(a.shape)]
""",
)
variant(
    "array_vjps",
    cell="""
def matmul_left(g, out, a, b):
    return np.einsum("mn,kn->mk", g, b)

def matmul_right(g, out, a, b):
    return np.einsum("mk,mn->kn", a, g)

array_vjps = {
    "matmul": (matmul_left, matmul_right),
    "sum": (lambda g, out, a: np.zeros(a.shape) + g,),
    "mean": (lambda g, out, a: np.zeros(a.shape) + g / a.size,),
}
""",
)

# The logistic loss.


@mistake("logistic_loss", misconception="overflows")
def logistic_loss(z, y):
    p = 1 / (1 + np.exp(-z))
    loss = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    return loss, (p - y) / len(z)


@mistake("logistic_loss", misconception="loss_cut_off")
def logistic_loss(z, y):
    p = 1 / (1 + np.exp(-z))
    q = np.clip(p, 1e-12, 1 - 1e-12)
    return -np.mean(y * np.log(q) + (1 - y) * np.log(1 - q)), (p - y) / len(z)


@mistake("logistic_loss", misconception="wrong_sign")
def logistic_loss(z, y):
    loss = np.mean(y * z - np.logaddexp(0, z))
    return loss, (y - 1 / (1 + np.exp(-z))) / len(z)


@mistake("logistic_loss", misconception="loss_added_up")
def logistic_loss(z, y):
    loss = np.sum(np.logaddexp(0, z) - y * z)
    return loss, 1 / (1 + np.exp(-z)) - y


@mistake("logistic_loss", misconception="gradient_added_up")
def logistic_loss(z, y):
    loss = np.mean(np.logaddexp(0, z) - y * z)
    return loss, 1 / (1 + np.exp(-z)) - y


@mistake("logistic_loss", misconception="targets_not_subtracted")
def logistic_loss(z, y):
    loss = np.mean(np.logaddexp(0, z) - y * z)
    return loss, 1 / (1 + np.exp(-z)) / len(z)


@mistake("logistic_loss", misconception="target_minus_prediction")
def logistic_loss(z, y):
    loss = np.mean(np.logaddexp(0, z) - y * z)
    return loss, (y - 1 / (1 + np.exp(-z))) / len(z)


@mistake("logistic_loss", misconception="sigmoid_slope_kept")
def logistic_loss(z, y):
    loss = np.mean(np.logaddexp(0, z) - y * z)
    p = np.exp(-np.logaddexp(0, -z))
    return loss, (p - y) * p * (1 - p) / len(z)


@mistake("logistic_loss", misconception="other_outcome")
def logistic_loss(z, y):
    loss = np.mean(np.logaddexp(0, z) - (1 - y) * z)
    return loss, (1 / (1 + np.exp(-z)) - (1 - y)) / len(z)


@mistake("logistic_loss", misconception="only_ones_counted")
def logistic_loss(z, y):
    loss = np.mean(y * np.logaddexp(0, -z))
    return loss, -y / (1 + np.exp(z)) / len(z)


@mistake("logistic_loss", misconception="not_a_pair")
def logistic_loss(z, y):
    return np.mean(np.logaddexp(0, z) - y * z)


@mistake("logistic_loss", misconception="gradient_before_loss")
def logistic_loss(z, y):
    return (1 / (1 + np.exp(-z)) - y) / len(z), np.mean(np.logaddexp(0, z) - y * z)


@variant("logistic_loss")
def logistic_loss(z, y):
    loss = np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z)))
    with np.errstate(over="ignore"):
        p = 1 / (1 + np.exp(-z))
    return loss.mean(), (p - y) / z.shape[0]


@variant("logistic_loss")
def logistic_loss(z, y):
    total, gradient = 0.0, []
    for logit, target in zip(z, y):
        side = 1 if target == 1 else -1
        total += np.logaddexp(0, -side * logit)
        gradient.append(-side * np.exp(-np.logaddexp(0, side * logit)) / len(z))
    return total / len(z), gradient


@variant("logistic_loss")
def logistic_loss(z, y):
    p = (1 + np.tanh(z / 2)) / 2
    return (np.average(np.logaddexp(z, 0) - z * y), (p - y) / np.size(y))


# Cross-entropy.


@mistake("cross_entropy", misconception="overflows")
def cross_entropy(z, labels):
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    rows = np.arange(len(z))
    loss = -np.log(p[rows, labels]).mean()
    p[rows, labels] -= 1
    return loss, p / len(z)


@mistake("cross_entropy", misconception="overflows")
def cross_entropy(z, labels):
    grown = np.exp(z - z.max(axis=1, keepdims=True))
    p = grown / grown.sum(axis=1, keepdims=True)
    rows = np.arange(len(z))
    loss = -np.log(p[rows, labels]).mean()
    gradient = p.copy()
    gradient[rows, labels] -= 1
    return loss, gradient / len(z)


@mistake("cross_entropy", misconception="loss_cut_off")
def cross_entropy(z, labels):
    grown = np.exp(z - z.max(axis=1, keepdims=True))
    p = grown / grown.sum(axis=1, keepdims=True)
    hits = np.eye(z.shape[1])[labels]
    return -np.sum(hits * np.log(p + 1e-12)) / len(z), (p - hits) / len(z)


@mistake("cross_entropy", misconception="softmax_down")
def cross_entropy(z, labels):
    z = z - z.max(axis=0)
    log_p = z - np.log(np.exp(z).sum(axis=0))
    rows, gradient = np.arange(len(z)), np.exp(log_p)
    gradient[rows, labels] -= 1
    return -log_p[rows, labels].mean(), gradient / len(z)


@mistake("cross_entropy", misconception="wrong_sign")
def cross_entropy(z, labels):
    z = z - z.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    hits = np.eye(z.shape[1])[labels]
    return np.mean(np.sum(hits * log_p, axis=1)), (hits - np.exp(log_p)) / len(z)


@mistake("cross_entropy", misconception="loss_added_up")
def cross_entropy(z, labels):
    z = z - z.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    hits = np.eye(z.shape[1])[labels]
    return -np.sum(hits * log_p), np.exp(log_p) - hits


@mistake("cross_entropy", misconception="rows_picked")
def cross_entropy(z, labels):
    z = z - z.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    hits = np.eye(z.shape[1])[labels]
    return -log_p[labels].mean(), (np.exp(log_p) - hits) / len(z)


@mistake("cross_entropy", misconception="gradient_added_up")
def cross_entropy(z, labels):
    z = z - z.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    hits = np.eye(z.shape[1])[labels]
    return -np.mean(np.sum(hits * log_p, axis=1)), np.exp(log_p) - hits


@mistake("cross_entropy", misconception="targets_not_subtracted")
def cross_entropy(z, labels):
    z = z - z.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    hits = np.eye(z.shape[1])[labels]
    return -np.mean(np.sum(hits * log_p, axis=1)), np.exp(log_p) / len(z)


@mistake("cross_entropy", misconception="target_minus_prediction")
def cross_entropy(z, labels):
    z = z - z.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    hits = np.eye(z.shape[1])[labels]
    return -np.mean(np.sum(hits * log_p, axis=1)), (hits - np.exp(log_p)) / len(z)


@mistake("cross_entropy", misconception="averaged_over_entries")
def cross_entropy(z, labels):
    z = z - z.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    hits = np.eye(z.shape[1])[labels]
    return -np.mean(np.sum(hits * log_p, axis=1)), (np.exp(log_p) - hits) / z.size


@mistake("cross_entropy", misconception="logit_for_probability")
def cross_entropy(z, labels):
    rows, gradient = np.arange(len(z)), np.zeros(z.shape)
    gradient[rows, labels] = -1 / len(z)
    return -z[rows, labels].mean(), gradient


@variant("cross_entropy")
def cross_entropy(z, labels):
    n, total, gradient = len(z), 0.0, []
    for row, label in zip(z, labels):
        log_sum = np.logaddexp.reduce(row)
        total += log_sum - row[label]
        slopes = [float(np.exp(logit - log_sum)) / n for logit in row]
        slopes[label] -= 1 / n
        gradient.append(slopes)
    return float(total / n), gradient


@variant("cross_entropy")
def cross_entropy(logits, labels):
    onehot = np.eye(logits.shape[1])[labels]
    shifted = logits - np.max(logits, axis=1)[:, None]
    e = np.exp(shifted)
    softmax = e / np.sum(e, axis=1)[:, None]
    loss = np.mean(np.log(np.sum(e, axis=1)) - np.sum(onehot * shifted, axis=1))
    return loss, (softmax - onehot) / len(labels)


# Optional exercises.


@mistake("tanh_derivatives", misconception="no_return")
def tanh_derivatives(x, order):
    t = np.tanh(x)
    rows = [t, 1 - t**2]
    print(np.array(rows[: order + 1]))


@variant("tanh_derivatives")
def tanh_derivatives(x, order):
    t = np.tanh(np.asarray(x))
    coefficients, rows = [0.0, 1.0], []
    for _ in range(order + 1):
        rows.append(sum(c * t**k for k, c in enumerate(coefficients)))
        lowered = [k * c for k, c in enumerate(coefficients)][1:]
        coefficients = np.convolve(lowered, [1, 0, -1]).tolist()
    return np.stack(rows)


@mistake("jacobian_by_jvps", misconception="transposed")
def jacobian_by_jvps(jvp, n):
    return np.array([jvp(e) for e in np.eye(n)])


@variant("jacobian_by_jvps")
def jacobian_by_jvps(jvp, n):
    columns = []
    for j in range(n):
        u = np.zeros(n)
        u[j] = 1
        columns.append(jvp(u))
    return np.transpose(columns)
