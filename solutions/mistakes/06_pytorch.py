"""Wrong answers and right variants of lab 06, as students write them."""

from autograder.source.mistakes import mistake, variant


@mistake("predict", misconception="reads_descending")
def predict(theta, x):
    k = len(theta) - 1
    return sum(theta[i] * x ** (k - i) for i in range(k + 1))


@mistake("predict", misconception="powers_from_one")
def predict(theta, x):
    return sum(theta[k] * x ** (k + 1) for k in range(len(theta)))


@mistake("predict", misconception="three_terms_only")
def predict(theta, x):
    padded = torch.cat([theta, torch.zeros(3)])
    return padded[0] * x**0 + padded[1] * x**1 + padded[2] * x**2


@mistake("predict", misconception="last_term_missing")
def predict(theta, x):
    total = torch.zeros(len(x))
    for k in range(len(theta) - 1):
        total = total + theta[k] * x**k
    return total


@mistake("predict", misconception="nothing_recorded")
def predict(theta, x):
    total = torch.zeros(len(x))
    for k in range(len(theta)):
        total = total + theta[k].item() * x**k
    return total


@mistake("predict", misconception="cuts_part_of_the_graph")
def predict(theta, x):
    total = theta[0] + torch.zeros(len(x))
    for k in range(1, len(theta)):
        total = total + float(theta[k]) * x**k
    return total


@mistake("predict", misconception="leaves_torch")
def predict(theta, x):
    return np.polynomial.polynomial.polyval(x.detach().numpy(), theta.detach().numpy())


@mistake("predict", misconception="leaves_torch")
def predict(theta, x):
    return np.vander(x, len(theta), increasing=True) @ np.array(theta)


@mistake("predict", misconception="terms_not_added")
def predict(theta, x):
    return theta * x[:, None] ** torch.arange(len(theta))


@mistake("predict", misconception="added_over_points")
def predict(theta, x):
    return (theta * x[:, None] ** torch.arange(len(theta))).sum(dim=0)


@mistake("predict", misconception="extra_axis")
def predict(theta, x):
    return (x[:, None] ** torch.arange(len(theta))) @ theta[:, None]


@mistake("predict", misconception="no_return")
def predict(theta, x):
    print(sum(theta[k] * x**k for k in range(len(theta))))


@variant("predict")
def predict(theta, x):
    return sum(theta[k] * x**k for k in range(len(theta)))


@variant("predict")
def predict(theta, x):
    result = torch.zeros_like(x)
    for coefficient in reversed(theta):
        result = result * x + coefficient
    return result


@variant("predict")
def predict(theta, x):
    return torch.vander(x, len(theta), increasing=True) @ theta


@variant("predict")
def predict(theta, x):
    columns = torch.stack([x**k for k in range(len(theta))], dim=1)
    return torch.einsum("nk,k->n", columns, theta)


@variant("predict")
def predict(theta, x):
    return torch.stack([sum(c * value**k for k, c in enumerate(theta)) for value in x])


mistake("column_loss", misconception="trap_not_seen", cell="column_loss = 0")
mistake("column_loss", misconception="mean_not_taken", cell="column_loss = 12")
mistake("column_loss", misconception="divided_by_points", cell="column_loss = 4.0")
mistake("column_loss", misconception="diagonal_left_out", cell="column_loss = 2")
mistake("column_loss", misconception="entries_not_squared", cell="column_loss = 8 / 9")
mistake("column_loss", misconception="guess_is_no_number", cell="column_loss = [0, 1, 4]")
mistake("column_loss", misconception="guess_is_no_number", cell='column_loss = "an error"')
variant("column_loss", cell="column_loss = 1.33")
variant("column_loss", cell="column_loss = torch.tensor(12 / 9)")
variant("column_loss", cell="column_loss = np.mean([(a - b) ** 2 for a in (1, 2, 3) for b in (1, 2, 3)])")


@mistake("derivative", misconception="backward_needs_a_number")
def derivative(f, x):
    x = x.clone().requires_grad_()
    f(x).backward()
    return x.grad


@mistake("derivative", misconception="nothing_recorded")
def derivative(f, x):
    f(x).sum().backward()
    return x.grad


@mistake("derivative", misconception="mean_of_places")
def derivative(f, x):
    x = x.clone().requires_grad_()
    f(x).mean().backward()
    return x.grad


@mistake("derivative", misconception="value_for_slope")
def derivative(f, x):
    x = x.clone().requires_grad_()
    y = f(x)
    y.sum().backward()
    return y.detach()


@mistake("derivative", misconception="gradient_not_returned")
def derivative(f, x):
    x = x.clone().requires_grad_()
    return f(x).sum().backward()


@mistake("derivative", misconception="gradient_in_a_tuple")
def derivative(f, x):
    x = x.clone().requires_grad_()
    return torch.autograd.grad(f(x).sum(), x)


@mistake("derivative", misconception="slopes_added_up")
def derivative(f, x):
    x = x.clone().requires_grad_()
    f(x).sum().backward()
    return x.grad.sum()


@mistake("derivative", misconception="slope_by_hand")
def derivative(f, x):
    return 3 * x**2 - 3


@mistake("derivative", misconception="measured_slope")
def derivative(f, x):
    h = 1e-3
    return (f(x + h) - f(x - h)) / (2 * h)


@mistake("derivative", misconception="slope_at_one_place")
def derivative(f, x):
    x = x.clone().requires_grad_()
    f(x)[0].backward()
    return x.grad


@mistake("derivative", misconception="graph_used_up")
def derivative(f, x):
    x = x.clone().requires_grad_()
    y = f(x)
    for value in y:
        value.backward()
    return x.grad


@mistake("derivative", misconception="backward_of_a_function")
def derivative(f, x):
    x = x.clone().requires_grad_()
    f.backward()
    return x.grad


@variant("derivative")
def derivative(f, x):
    x = x.detach().clone().requires_grad_(True)
    return torch.autograd.grad(f(x).sum(), x)[0]


@variant("derivative")
def derivative(f, x):
    x = x.clone()
    x.requires_grad = True
    y = f(x)
    y.backward(torch.ones_like(y))
    return x.grad


@variant("derivative")
def derivative(f, x):
    slopes = []
    for place in x:
        place = place.detach().clone().requires_grad_()
        f(place).backward()
        slopes.append(place.grad)
    return torch.stack(slopes)


@variant("derivative")
def derivative(f, x):
    x = torch.tensor(x.numpy(), requires_grad=True)
    f(x).sum().backward()
    return [float(slope) for slope in x.grad]


mistake("gradients_seen", misconception="gradient_replaced", cell="gradients_seen = [9, 9, 9]")
mistake("gradients_seen", misconception="clearing_ignored", cell="gradients_seen = [9, 18, 27]")
mistake("gradients_seen", misconception="cleared_for_good", cell="gradients_seen = [9, 18, 0]")
mistake("gradients_seen", misconception="gradients_multiplied", cell="gradients_seen = [9, 81, 9]")
mistake("gradients_seen", misconception="value_for_gradient", cell="gradients_seen = [2, 4, 2]")
mistake("gradients_seen", misconception="second_pass_adds_nothing", cell="gradients_seen = [9, 0, 9]")
mistake("gradients_seen", misconception="slope_on_paper", cell="gradients_seen = [12, 24, 12]")
mistake("gradients_seen", misconception="guesses_are_not_three", cell="gradients_seen = [9, 18]")
variant("gradients_seen", cell="gradients_seen = (9.0, 18.0, 9.0)")
variant("gradients_seen", cell="gradients_seen = torch.tensor([9, 18, 9])")
variant("gradients_seen", cell="gradients_seen = np.array([9, 18, 9]).tolist()")


@mistake("fit", misconception="gradients_pile_up")
def fit(model, x, y, theta0, learning_rate, n_steps):
    theta = theta0.clone().requires_grad_()
    optimizer = torch.optim.SGD([theta], lr=learning_rate)
    losses = []
    for _ in range(n_steps):
        loss = ((model(theta, x) - y) ** 2).mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return theta.detach(), losses


@mistake("fit", misconception="parameters_never_move")
def fit(model, x, y, theta0, learning_rate, n_steps):
    theta = theta0.clone().requires_grad_()
    optimizer = torch.optim.SGD([theta], lr=learning_rate)
    losses = []
    for _ in range(n_steps):
        loss = ((model(theta, x) - y) ** 2).mean()
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        losses.append(loss.item())
    return theta.detach(), losses


@mistake("fit", misconception="losses_keep_the_graph")
def fit(model, x, y, theta0, learning_rate, n_steps):
    theta = theta0.clone().requires_grad_()
    optimizer = torch.optim.SGD([theta], lr=learning_rate)
    losses = []
    for _ in range(n_steps):
        optimizer.zero_grad()
        loss = ((model(theta, x) - y) ** 2).mean()
        loss.backward()
        optimizer.step()
        losses.append(loss)
    return theta, losses


@mistake("fit", misconception="sum_for_mean_loss")
def fit(model, x, y, theta0, learning_rate, n_steps):
    theta = theta0.clone().requires_grad_()
    optimizer = torch.optim.SGD([theta], lr=learning_rate)
    losses = []
    for _ in range(n_steps):
        optimizer.zero_grad()
        loss = ((model(theta, x) - y) ** 2).sum()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return theta.detach(), losses


@mistake("fit", misconception="fit_goes_uphill")
def fit(model, x, y, theta0, learning_rate, n_steps):
    theta = theta0.clone()
    losses = []
    for _ in range(n_steps):
        theta = theta.detach().requires_grad_()
        loss = ((model(theta, x) - y) ** 2).mean()
        loss.backward()
        losses.append(loss.item())
        theta = theta + learning_rate * theta.grad
    return theta.detach(), losses


@mistake("fit", misconception="none_in_formula")
def fit(model, x, y, theta0, learning_rate, n_steps):
    theta = theta0.clone().requires_grad_()
    losses = []
    for _ in range(n_steps):
        loss = ((model(theta, x) - y) ** 2).mean()
        loss.backward()
        losses.append(loss.item())
        theta = theta - learning_rate * theta.grad
    return theta.detach(), losses


@mistake("fit", misconception="computed_parameter")
def fit(model, x, y, theta0, learning_rate, n_steps):
    theta = theta0.requires_grad_().clone()
    optimizer = torch.optim.SGD([theta], lr=learning_rate)
    losses = []
    for _ in range(n_steps):
        optimizer.zero_grad()
        loss = ((model(theta, x) - y) ** 2).mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return theta.detach(), losses


@mistake("fit", misconception="bare_parameter")
def fit(model, x, y, theta0, learning_rate, n_steps):
    theta = theta0.clone().requires_grad_()
    optimizer = torch.optim.SGD(theta, lr=learning_rate)
    losses = []
    for _ in range(n_steps):
        optimizer.zero_grad()
        loss = ((model(theta, x) - y) ** 2).mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return theta.detach(), losses


@mistake("fit", misconception="another_optimizer")
def fit(model, x, y, theta0, learning_rate, n_steps):
    theta = theta0.clone().requires_grad_()
    optimizer = torch.optim.Adam([theta], lr=learning_rate)
    losses = []
    for _ in range(n_steps):
        optimizer.zero_grad()
        loss = ((model(theta, x) - y) ** 2).mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return theta.detach(), losses


@mistake("fit", misconception="loss_after_the_last_step")
def fit(model, x, y, theta0, learning_rate, n_steps):
    theta = theta0.clone().requires_grad_()
    optimizer = torch.optim.SGD([theta], lr=learning_rate)
    losses = []
    for _ in range(n_steps):
        optimizer.zero_grad()
        loss = ((model(theta, x) - y) ** 2).mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    losses.append(((model(theta, x) - y) ** 2).mean().item())
    return theta.detach(), losses


@mistake("fit", misconception="losses_after_steps")
def fit(model, x, y, theta0, learning_rate, n_steps):
    theta = theta0.clone().requires_grad_()
    optimizer = torch.optim.SGD([theta], lr=learning_rate)
    losses = []
    for _ in range(n_steps):
        optimizer.zero_grad()
        loss = ((model(theta, x) - y) ** 2).mean()
        loss.backward()
        optimizer.step()
        losses.append(((model(theta, x) - y) ** 2).mean().item())
    return theta.detach(), losses


@mistake("fit", misconception="theta_alone")
def fit(model, x, y, theta0, learning_rate, n_steps):
    theta = theta0.clone().requires_grad_()
    optimizer = torch.optim.SGD([theta], lr=learning_rate)
    for _ in range(n_steps):
        optimizer.zero_grad()
        loss = ((model(theta, x) - y) ** 2).mean()
        loss.backward()
        optimizer.step()
    return theta.detach()


@variant("fit")
def fit(model, x, y, theta0, learning_rate, n_steps):
    theta, losses = theta0.clone(), []
    for _ in range(n_steps):
        theta.requires_grad_()
        loss = nn.functional.mse_loss(model(theta, x), y)
        (slope,) = torch.autograd.grad(loss, theta)
        losses.append(float(loss))
        theta = theta.detach() - learning_rate * slope
    return theta, losses


@variant("fit")
def fit(model, x, y, theta0, learning_rate, n_steps):
    theta = nn.Parameter(theta0.detach().clone())
    sgd, losses, mse = torch.optim.SGD(params=[theta], lr=learning_rate), [], nn.MSELoss()
    for _ in range(n_steps):
        loss = mse(model(theta, x), y)
        loss.backward()
        sgd.step()
        sgd.zero_grad()
        losses += [loss.item()]
    return theta, np.array(losses)


@variant("fit")
def fit(model, x, y, theta0, learning_rate, n_steps):
    theta = torch.tensor(theta0.tolist(), requires_grad=True)
    losses = torch.zeros(n_steps)
    for step in range(n_steps):
        theta.grad = None
        residuals = model(theta, x) - y
        loss = residuals @ residuals / len(y)
        loss.backward()
        losses[step] = loss.detach()
        with torch.no_grad():
            theta -= learning_rate * theta.grad
    return [theta.detach(), losses]


@variant("fit")
def fit(model, x, y, theta0, learning_rate, n_steps):
    loss_of = lambda theta: torch.mean(torch.square(model(theta, x) - y))
    theta, losses = theta0, []
    for _ in range(n_steps):
        slope, value = torch.func.grad_and_value(loss_of)(theta)
        losses.append(value.item())
        theta = theta - learning_rate * slope
    return theta, tuple(losses)


@mistake("sgd_step", misconception="inplace_on_leaf")
def sgd_step(parameters, learning_rate):
    for p in parameters:
        if p.grad is not None:
            p -= learning_rate * p.grad
            p.grad = None


@mistake("sgd_step", misconception="tensors_not_moved")
def sgd_step(parameters, learning_rate):
    for p in parameters:
        if p.grad is not None:
            p = p - learning_rate * p.grad
            p.grad = None


@mistake("sgd_step", misconception="gradients_pile_up")
def sgd_step(parameters, learning_rate):
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                p -= learning_rate * p.grad


@mistake("sgd_step", misconception="gradients_pile_up")
def sgd_step(parameters, learning_rate):
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                p -= learning_rate * p.grad
                grad = p.grad
                grad = None


@mistake("sgd_step", misconception="tensors_not_moved")
def sgd_step(parameters, learning_rate):
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                p.grad.zero_()
                p -= learning_rate * p.grad


@mistake("sgd_step", misconception="iterator_used_up")
def sgd_step(parameters, learning_rate):
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                p -= learning_rate * p.grad
    for p in parameters:
        p.grad = None


@mistake("sgd_step", misconception="fit_goes_uphill")
def sgd_step(parameters, learning_rate):
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                p += learning_rate * p.grad
                p.grad = None


@mistake("sgd_step", misconception="none_in_formula")
def sgd_step(parameters, learning_rate):
    with torch.no_grad():
        for p in parameters:
            p -= learning_rate * p.grad
            p.grad = None


@mistake("sgd_step", misconception="tensors_not_moved")
def sgd_step(parameters, learning_rate):
    with torch.no_grad():
        moved = [p - learning_rate * p.grad for p in parameters if p.grad is not None]
    return moved


@mistake("sgd_step", misconception="generator_for_list")
def sgd_step(parameters, learning_rate):
    with torch.no_grad():
        for i in range(len(parameters)):
            if parameters[i].grad is not None:
                parameters[i] -= learning_rate * parameters[i].grad
                parameters[i].grad = None


@mistake("sgd_step", misconception="fixed_learning_rate")
def sgd_step(parameters, learning_rate):
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                p -= 0.1 * p.grad
                p.grad = None


@mistake("sgd_step", misconception="gradient_is_a_tensor")
def sgd_step(parameters, learning_rate):
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                p -= learning_rate * p.grad
                p.grad = 0


@variant("sgd_step")
def sgd_step(parameters, learning_rate):
    for p in parameters:
        if p.grad is None:
            continue
        p.data -= learning_rate * p.grad
        p.grad.zero_()


variant(
    "sgd_step",
    cell="""
@torch.no_grad()
def sgd_step(parameters, learning_rate):
    parameters = list(parameters)
    for p in parameters:
        p.copy_(p - learning_rate * p.grad if p.grad is not None else p)
    for p in parameters:
        p.grad = None
""",
)


@variant("sgd_step")
def sgd_step(parameters, learning_rate):
    for p in parameters:
        if p.grad is not None:
            with torch.no_grad():
                p.sub_(p.grad, alpha=learning_rate)
            p.grad = torch.zeros_like(p)


@variant("sgd_step")
def sgd_step(parameters, learning_rate):
    optimizer = torch.optim.SGD(parameters, lr=learning_rate)
    optimizer.step()
    optimizer.zero_grad()


@mistake("nth_derivative", misconception="nothing_recorded")
def nth_derivative(f, x, order):
    x = x.clone().requires_grad_()
    y = f(x)
    for _ in range(order):
        y = torch.autograd.grad(y.sum(), x)[0]
    return y


@mistake("nth_derivative", misconception="nothing_recorded")
def nth_derivative(f, x, order):
    x = x.clone().requires_grad_()
    y = f(x)
    for _ in range(order):
        y = torch.autograd.grad(y.sum(), x, retain_graph=True)[0]
    return y


@mistake("nth_derivative", misconception="backward_needs_a_number")
def nth_derivative(f, x, order):
    x = x.clone().requires_grad_()
    y = f(x)
    for _ in range(order):
        y = torch.autograd.grad(y, x, create_graph=True)[0]
    return y


@mistake("nth_derivative", misconception="first_order_only")
def nth_derivative(f, x, order):
    x = x.clone().requires_grad_()
    y = f(x)
    for _ in range(order):
        slope = torch.autograd.grad(y.sum(), x, create_graph=True)[0]
    return slope


@mistake("nth_derivative", misconception="one_order_more")
def nth_derivative(f, x, order):
    x = x.clone().requires_grad_()
    y = f(x)
    for _ in range(order + 1):
        (y,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    return y


@mistake("nth_derivative", misconception="one_order_short")
def nth_derivative(f, x, order):
    x = x.clone().requires_grad_()
    y = f(x)
    for _ in range(1, order):
        (y,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    return y


@mistake("nth_derivative", misconception="power_of_slope")
def nth_derivative(f, x, order):
    x = x.clone().requires_grad_()
    return torch.autograd.grad(f(x).sum(), x)[0] ** order


@mistake("nth_derivative", misconception="orders_added_up")
def nth_derivative(f, x, order):
    x = x.clone().requires_grad_()
    y, total = f(x), 0
    for _ in range(order):
        (y,) = torch.autograd.grad(y.sum(), x, create_graph=True)
        total = total + y
    return total


@mistake("nth_derivative", misconception="taylor_coefficient")
def nth_derivative(f, x, order):
    x = x.clone().requires_grad_()
    y = f(x)
    for k in range(1, order + 1):
        y = torch.autograd.grad(y.sum(), x, create_graph=True)[0] / k
    return y


@mistake("nth_derivative", misconception="gradient_in_a_tuple")
def nth_derivative(f, x, order):
    x = x.clone().requires_grad_()
    y = (f(x),)
    for _ in range(order):
        y = torch.autograd.grad(y[0].sum(), x, create_graph=True)
    return y


@mistake("nth_derivative", misconception="gradient_not_returned")
def nth_derivative(f, x, order):
    x = x.clone().requires_grad_()
    y = f(x)
    for _ in range(order):
        (y,) = torch.autograd.grad(y.sum(), x, create_graph=True)


@mistake("nth_derivative", misconception="derivatives_pile_up")
def nth_derivative(f, x, order):
    x = x.clone().requires_grad_()
    y = f(x)
    for _ in range(order):
        y.sum().backward(create_graph=True)
        y = x.grad
    return y


@variant("nth_derivative")
def nth_derivative(f, x, order):
    for _ in range(order):
        f = (lambda g: lambda z: torch.func.grad(lambda w: g(w).sum())(z))(f)
    return f(x)


@variant("nth_derivative")
def nth_derivative(f, x, order):
    if order == 0:
        return f(x)
    x = x if x.requires_grad else x.clone().requires_grad_()
    below = nth_derivative(f, x, order - 1)
    return torch.autograd.grad(below, x, torch.ones_like(below), create_graph=True)[0]


@variant("nth_derivative")
def nth_derivative(f, x, order):
    x = x.clone().requires_grad_()
    y = f(x)
    for _ in range(order):
        x.grad = None
        y.sum().backward(create_graph=True)
        y = x.grad.clone()
    return y


@mistake("BinaryClassifier", misconception="module_not_prepared")
class BinaryClassifier(nn.Module):
    def __init__(self, input_dim, hidden_dim):
        self.linear1 = nn.Linear(input_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, 1)

    def forward(self, x):
        return torch.sigmoid(self.linear2(torch.tanh(self.linear1(x))))


@mistake("BinaryClassifier", misconception="layers_not_registered")
class BinaryClassifier(nn.Module):
    def __init__(self, input_dim, hidden_dim):
        super().__init__()
        self.layers = [nn.Linear(input_dim, hidden_dim), nn.Linear(hidden_dim, 1)]

    def forward(self, x):
        return torch.sigmoid(self.layers[1](torch.tanh(self.layers[0](x))))


@mistake("BinaryClassifier", misconception="no_sigmoid")
class BinaryClassifier(nn.Module):
    def __init__(self, input_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(input_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, 1)

    def forward(self, x):
        return self.linear2(torch.tanh(self.linear1(x)))


@mistake("BinaryClassifier", misconception="no_hidden_activation")
class BinaryClassifier(nn.Module):
    def __init__(self, input_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(input_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, 1)

    def forward(self, x):
        return torch.sigmoid(self.linear2(self.linear1(x)))


@mistake("BinaryClassifier", misconception="relu_for_tanh")
class BinaryClassifier(nn.Module):
    def __init__(self, input_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(input_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, 1)

    def forward(self, x):
        return torch.sigmoid(self.linear2(torch.relu(self.linear1(x))))


@mistake("BinaryClassifier", misconception="tanh_at_the_end")
class BinaryClassifier(nn.Module):
    def __init__(self, input_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(input_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, 1)

    def forward(self, x):
        return torch.tanh(self.linear2(torch.tanh(self.linear1(x))))


@mistake("BinaryClassifier", misconception="softmax_of_one")
class BinaryClassifier(nn.Module):
    def __init__(self, input_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(input_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, 1)

    def forward(self, x):
        return torch.softmax(self.linear2(torch.tanh(self.linear1(x))), dim=1)


@mistake("BinaryClassifier", misconception="sizes_exchanged")
class BinaryClassifier(nn.Module):
    def __init__(self, input_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(hidden_dim, input_dim)
        self.linear2 = nn.Linear(1, hidden_dim)

    def forward(self, x):
        return torch.sigmoid(self.linear2(torch.tanh(self.linear1(x))))


@mistake("BinaryClassifier", misconception="output_without_graph")
class BinaryClassifier(nn.Module):
    def __init__(self, input_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(input_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, 1)

    def forward(self, x):
        hidden = torch.tanh(self.linear1(x)).detach()
        return torch.sigmoid(self.linear2(hidden))


@mistake("BinaryClassifier", misconception="two_outputs")
class BinaryClassifier(nn.Module):
    def __init__(self, input_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(input_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, 2)

    def forward(self, x):
        return torch.sigmoid(self.linear2(torch.tanh(self.linear1(x))))


@mistake("BinaryClassifier", misconception="no_forward")
class BinaryClassifier(nn.Module):
    def __init__(self, input_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(input_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, 1)

    def foward(self, x):
        return torch.sigmoid(self.linear2(torch.tanh(self.linear1(x))))


@mistake("BinaryClassifier", misconception="no_return")
class BinaryClassifier(nn.Module):
    def __init__(self, input_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(input_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, 1)

    def forward(self, x):
        x = torch.sigmoid(self.linear2(torch.tanh(self.linear1(x))))


@variant("BinaryClassifier")
class BinaryClassifier(nn.Module):
    def __init__(self, input_dim, hidden_dim):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(input_dim, hidden_dim), nn.Tanh(), nn.Linear(hidden_dim, 1), nn.Sigmoid()
        )

    def forward(self, x):
        return self.layers(x)


@variant("BinaryClassifier")
class BinaryClassifier(nn.Sequential):
    def __init__(self, input_dim, hidden_dim):
        super().__init__(nn.Linear(input_dim, hidden_dim), nn.Tanh(), nn.Linear(hidden_dim, 1), nn.Sigmoid())


@variant("BinaryClassifier")
class BinaryClassifier(torch.nn.Module):
    def __init__(self, d, h):
        super(BinaryClassifier, self).__init__()
        self.out = nn.Linear(h, 1)
        self.hidden = nn.Linear(d, h)

    def forward(self, inputs):
        h = self.hidden(inputs).tanh()
        z = self.out(h)
        return 1 / (1 + torch.exp(-z))


@variant("BinaryClassifier")
class BinaryClassifier(nn.Module):
    def __init__(self, input_dim, hidden_dim):
        super().__init__()
        self.W1 = nn.Parameter(torch.randn(hidden_dim, input_dim))
        self.b1 = nn.Parameter(torch.zeros(hidden_dim))
        self.W2 = nn.Parameter(torch.randn(1, hidden_dim))
        self.b2 = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        hidden = torch.tanh(x @ self.W1.T + self.b1)
        return torch.sigmoid(hidden @ self.W2.T + self.b2)
