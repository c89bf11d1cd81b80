"""Wrong answers and right variants of lab 07, as students write them."""

from autograder.source.mistakes import mistake, variant


@mistake("to_odd_even", misconception="labels_not_reduced")
def to_odd_even(labels):
    return labels.float().unsqueeze(1)


@mistake("to_odd_even", misconception="targets_in_a_row")
def to_odd_even(labels):
    return (labels % 2).float()


@mistake("to_odd_even", misconception="one_row_of_targets")
def to_odd_even(labels):
    return (labels % 2).float().unsqueeze(0)


@mistake("to_odd_even", misconception="odd_and_even_exchanged")
def to_odd_even(labels):
    return (labels % 2 == 0).float().unsqueeze(1)


@mistake("to_odd_even", misconception="halved_labels")
def to_odd_even(labels):
    return (labels // 2).float().unsqueeze(1)


@mistake("to_odd_even", misconception="minus_one_for_even")
def to_odd_even(labels):
    return torch.where(labels % 2 == 1, 1.0, -1.0).unsqueeze(1)


@mistake("to_odd_even", misconception="targets_not_float32")
def to_odd_even(labels):
    return (labels % 2).unsqueeze(1)


@mistake("to_odd_even", misconception="targets_not_float32")
def to_odd_even(labels):
    return (labels % 2 == 1).unsqueeze(1)


@mistake("to_odd_even", misconception="targets_not_float32")
def to_odd_even(labels):
    return (labels % 2).double().reshape(-1, 1)


@mistake("to_odd_even", misconception="leaves_torch")
def to_odd_even(labels):
    return [[float(label) % 2] for label in labels]


@mistake("to_odd_even", misconception="changes_input")
def to_odd_even(labels):
    labels %= 2
    return labels.float().unsqueeze(1)


@mistake("to_odd_even", misconception="no_return")
def to_odd_even(labels):
    targets = (labels % 2).float().unsqueeze(1)


@variant("to_odd_even")
def to_odd_even(digits):
    return torch.tensor([[1.0 if digit in (1, 3, 5, 7, 9) else 0.0] for digit in digits.tolist()])


@variant("to_odd_even")
def to_odd_even(labels):
    odd = labels.remainder(2) != 0
    return odd[:, None].to(torch.float32)


variant("to_odd_even", cell="to_odd_even = lambda labels: (labels.view(-1, 1) & 1).type(torch.FloatTensor)")


@mistake("bce_with_logits", misconception="overflows")
def bce_with_logits(logits, targets):
    p = torch.sigmoid(logits)
    return -(targets * torch.log(p) + (1 - targets) * torch.log(1 - p)).mean()


@mistake("bce_with_logits", misconception="loss_cut_off")
def bce_with_logits(logits, targets):
    p = torch.sigmoid(logits).clamp(1e-7, 1 - 1e-7)
    return -(targets * torch.log(p) + (1 - targets) * torch.log(1 - p)).mean()


@mistake("bce_with_logits", misconception="minus_sign_lost")
def bce_with_logits(logits, targets):
    return (targets * logits - torch.logaddexp(torch.zeros_like(logits), logits)).mean()


@mistake("bce_with_logits", misconception="loss_added_up")
def bce_with_logits(logits, targets):
    return (torch.logaddexp(torch.zeros_like(logits), logits) - targets * logits).sum()


@mistake("bce_with_logits", misconception="loss_of_each")
def bce_with_logits(logits, targets):
    return torch.logaddexp(torch.zeros_like(logits), logits) - targets * logits


@mistake("bce_with_logits", misconception="other_outcome")
def bce_with_logits(logits, targets):
    return (torch.logaddexp(torch.zeros_like(logits), logits) - (1 - targets) * logits).mean()


@mistake("bce_with_logits", misconception="logits_as_probabilities")
def bce_with_logits(logits, targets):
    return -(targets * torch.log(logits) + (1 - targets) * torch.log(1 - logits)).mean()


@mistake("bce_with_logits", misconception="sigmoid_of_a_sigmoid")
def bce_with_logits(logits, targets):
    return nn.functional.binary_cross_entropy_with_logits(torch.sigmoid(logits), targets)


@mistake("bce_with_logits", misconception="square_for_cross_entropy")
def bce_with_logits(logits, targets):
    return ((torch.sigmoid(logits) - targets) ** 2).mean()


@mistake("bce_with_logits", misconception="gradient_overflows")
def bce_with_logits(logits, targets):
    small = logits < 30
    return (torch.where(small, torch.log(1 + torch.exp(logits)), logits) - targets * logits).mean()


@mistake("bce_with_logits", misconception="leaves_torch")
def bce_with_logits(logits, targets):
    return (torch.logaddexp(torch.zeros_like(logits), logits) - targets * logits).mean().item()


@mistake("bce_with_logits", misconception="loss_without_graph")
def bce_with_logits(logits, targets):
    z, y = np.asarray(logits.detach()), np.asarray(targets)
    return torch.tensor(np.mean(np.logaddexp(0, z) - y * z))


@variant("bce_with_logits")
def bce_with_logits(logits, targets):
    zero = torch.tensor(0.0, dtype=logits.dtype)
    odd = torch.logaddexp(zero, -logits)
    even = torch.logaddexp(zero, logits)
    return torch.mean(targets * odd + (1 - targets) * even)


@variant("bce_with_logits")
def bce_with_logits(z, y):
    return (z.clamp(min=0) - z * y + torch.log1p(torch.exp(-z.abs()))).sum() / len(z)


@variant("bce_with_logits")
def bce_with_logits(logits, targets):
    sign = 2 * targets - 1
    return -nn.functional.logsigmoid(sign * logits).mean()


variant("bce_with_logits", cell="bce_with_logits = nn.BCEWithLogitsLoss()")

mistake("predicted_counts", misconception="biases_not_counted", cell="predicted_counts = [784, 25120]")
mistake("predicted_counts", misconception="one_bias_a_layer", cell="predicted_counts = [785, 784 * 32 + 1 + 32 + 1]")
mistake("predicted_counts", misconception="last_bias_not_counted", cell="predicted_counts = [785, 25152]")
mistake("predicted_counts", misconception="last_layer_not_counted", cell="predicted_counts = [785, 785 * 32]")
mistake("predicted_counts", misconception="numbers_for_parameters", cell="predicted_counts = [785, 784 + 32 + 1]")
mistake("predicted_counts", misconception="pixels_joined_to_the_logit", cell="predicted_counts = [785, 785 * 33]")
mistake("predicted_counts", misconception="counts_exchanged", cell="predicted_counts = [25153, 785]")
variant("predicted_counts", cell="predicted_counts = np.array([784 + 1, 784 * 32 + 32 + 32 + 1])")
variant("predicted_counts", cell="predicted_counts = (785.0, 25153.0)")


@mistake("SimpleNN", misconception="no_hidden_activation")
class SimpleNN(nn.Module):
    def __init__(self, pixels, hidden=32):
        super().__init__()
        self.fc1 = nn.Linear(pixels, hidden)
        self.fc2 = nn.Linear(hidden, 1)

    def forward(self, x):
        return self.fc2(self.fc1(x.flatten(1)))


@mistake("SimpleNN", misconception="probabilities_for_logits")
class SimpleNN(nn.Module):
    def __init__(self, pixels, hidden=32):
        super().__init__()
        self.fc1 = nn.Linear(pixels, hidden)
        self.fc2 = nn.Linear(hidden, 1)

    def forward(self, x):
        h = torch.relu(self.fc1(x.flatten(1)))
        return torch.sigmoid(self.fc2(h))


@mistake("SimpleNN", misconception="fixed_number_of_pixels")
class SimpleNN(nn.Module):
    def __init__(self, pixels, hidden=32):
        super().__init__()
        self.fc1 = nn.Linear(pixels, hidden)
        self.fc2 = nn.Linear(hidden, 1)

    def forward(self, x):
        h = torch.relu(self.fc1(x.view(-1, 784)))
        return self.fc2(h)


@mistake("SimpleNN", misconception="sizes_of_your_own")
class SimpleNN(nn.Module):
    def __init__(self, pixels, hidden=32):
        super().__init__()
        self.fc1 = nn.Linear(784, 32)
        self.fc2 = nn.Linear(32, 1)

    def forward(self, x):
        h = torch.relu(self.fc1(x.flatten(1)))
        return self.fc2(h)


@mistake("SimpleNN", misconception="pictures_not_flattened")
class SimpleNN(nn.Module):
    def __init__(self, pixels, hidden=32):
        super().__init__()
        self.fc1 = nn.Linear(pixels, hidden)
        self.fc2 = nn.Linear(hidden, 1)

    def forward(self, x):
        h = torch.relu(self.fc1(x))
        return self.fc2(h)


@mistake("SimpleNN", misconception="relu_at_the_end")
class SimpleNN(nn.Module):
    def __init__(self, pixels, hidden=32):
        super().__init__()
        self.fc1 = nn.Linear(pixels, hidden)
        self.fc2 = nn.Linear(hidden, 1)

    def forward(self, x):
        h = torch.relu(self.fc1(x.flatten(1)))
        return torch.relu(self.fc2(h))


@mistake("SimpleNN", misconception="tanh_for_relu")
class SimpleNN(nn.Module):
    def __init__(self, pixels, hidden=32):
        super().__init__()
        self.fc1 = nn.Linear(pixels, hidden)
        self.fc2 = nn.Linear(hidden, 1)

    def forward(self, x):
        h = torch.tanh(self.fc1(x.flatten(1)))
        return self.fc2(h)


@mistake("SimpleNN", misconception="sigmoid_for_relu")
class SimpleNN(nn.Module):
    def __init__(self, pixels, hidden=32):
        super().__init__()
        self.fc1 = nn.Linear(pixels, hidden)
        self.fc2 = nn.Linear(hidden, 1)

    def forward(self, x):
        h = torch.sigmoid(self.fc1(x.flatten(1)))
        return self.fc2(h)


@mistake("SimpleNN", misconception="layers_not_registered")
class SimpleNN(nn.Module):
    def __init__(self, pixels, hidden=32):
        super().__init__()
        self.layers = [nn.Linear(pixels, hidden), nn.Linear(hidden, 1)]

    def forward(self, x):
        first, second = self.layers
        return second(torch.relu(first(x.flatten(1))))


@mistake("SimpleNN", misconception="two_outputs")
class SimpleNN(nn.Module):
    def __init__(self, pixels, hidden=32):
        super().__init__()
        self.fc1 = nn.Linear(pixels, hidden)
        self.fc2 = nn.Linear(hidden, 2)

    def forward(self, x):
        h = torch.relu(self.fc1(x.flatten(1)))
        return self.fc2(h)


@mistake("SimpleNN", misconception="extra_axis")
class SimpleNN(nn.Module):
    def __init__(self, pixels, hidden=32):
        super().__init__()
        self.fc1 = nn.Linear(pixels, hidden)
        self.fc2 = nn.Linear(hidden, 1)

    def forward(self, x):
        h = torch.relu(self.fc1(x.flatten(1)))
        return self.fc2(h).squeeze(1)


@mistake("SimpleNN", misconception="output_without_graph")
class SimpleNN(nn.Module):
    def __init__(self, pixels, hidden=32):
        super().__init__()
        self.fc1 = nn.Linear(pixels, hidden)
        self.fc2 = nn.Linear(hidden, 1)

    def forward(self, x):
        h = torch.relu(self.fc1(x.flatten(1))).detach()
        return self.fc2(h)


@variant("SimpleNN")
class SimpleNN(nn.Module):
    def __init__(self, pixels, hidden=32):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(pixels, hidden), nn.ReLU(), nn.Linear(hidden, 1))

    def forward(self, x):
        return self.layers(x)


@variant("SimpleNN")
class SimpleNN(torch.nn.Module):
    def __init__(self, pixels, hidden=32):
        super().__init__()
        self.pixels = pixels
        self.last = nn.Linear(hidden, 1)
        self.first = nn.Linear(pixels, hidden)

    def forward(self, pictures):
        rows = pictures.reshape(-1, self.pixels)
        score = self.first(rows)
        return self.last(score.clamp(min=0))


@mistake("minibatches", misconception="last_batch_dropped")
def minibatches(n, batch_size, rng):
    order = rng.permutation(n)
    return [order[i * batch_size : (i + 1) * batch_size] for i in range(n // batch_size)]


@mistake("minibatches", misconception="pictures_come_twice")
def minibatches(n, batch_size, rng):
    return [rng.integers(n, size=min(batch_size, n - start)) for start in range(0, n, batch_size)]


@mistake("minibatches", misconception="pictures_come_twice")
def minibatches(n, batch_size, rng):
    count = math.ceil(n / batch_size)
    return [rng.permutation(n)[:batch_size] for _ in range(count)]


@mistake("minibatches", misconception="order_of_the_data")
def minibatches(n, batch_size, rng):
    order = np.arange(n)
    return [order[start : start + batch_size] for start in range(0, n, batch_size)]


@mistake("minibatches", misconception="blocks_shuffled")
def minibatches(n, batch_size, rng):
    blocks = [np.arange(start, min(start + batch_size, n)) for start in range(0, n, batch_size)]
    return [blocks[i] for i in rng.permutation(len(blocks))]


@mistake("minibatches", misconception="blocks_shuffled")
def minibatches(n, batch_size, rng):
    return [rng.permutation(np.arange(start, min(start + batch_size, n))) for start in range(0, n, batch_size)]


@mistake("minibatches", misconception="size_for_number")
def minibatches(n, batch_size, rng):
    return np.array_split(rng.permutation(n), batch_size)


@mistake("minibatches", misconception="evenly_split")
def minibatches(n, batch_size, rng):
    return np.array_split(rng.permutation(n), math.ceil(n / batch_size))


@mistake("minibatches", misconception="empty_minibatch")
def minibatches(n, batch_size, rng):
    order = rng.permutation(n)
    return [order[start : start + batch_size] for start in range(0, n + 1, batch_size)]


@mistake("minibatches", misconception="same_order_each_time")
def minibatches(n, batch_size, rng):
    order = np.random.default_rng(0).permutation(n)
    return [order[start : start + batch_size] for start in range(0, n, batch_size)]


@mistake("minibatches", misconception="own_generator")
def minibatches(n, batch_size, rng):
    order = torch.randperm(n)
    return list(order.split(batch_size))


@mistake("minibatches", misconception="counts_from_one")
def minibatches(n, batch_size, rng):
    order = rng.permutation(np.arange(1, n + 1))
    return [order[start : start + batch_size] for start in range(0, n, batch_size)]


@variant("minibatches")
def minibatches(n, batch_size, rng):
    left = list(range(n))
    rng.shuffle(left)
    batches = []
    while left:
        batches.append(left[:batch_size])
        left = left[batch_size:]
    return batches


@variant("minibatches")
def minibatches(n, batch_size, rng):
    order = torch.as_tensor(rng.permutation(n))
    return order.split(batch_size)


@variant("minibatches")
def minibatches(n, batch_size, rng):
    order = np.argsort(rng.random(n))
    return np.split(order, range(batch_size, n, batch_size))


@variant("minibatches")
def minibatches(n, batch_size, rng):
    order = rng.choice(n, n, replace=False)
    for start in range(0, n, batch_size):
        yield order[start : start + batch_size]


@mistake("all_estimates", misconception="sums_for_means")
def all_estimates(gradients, batch_size):
    return torch.stack([gradients[list(c)].sum(dim=0) for c in combinations(range(len(gradients)), batch_size)])


@mistake("all_estimates", misconception="divided_by_all")
def all_estimates(gradients, batch_size):
    n = len(gradients)
    return torch.stack([gradients[list(c)].sum(dim=0) / n for c in combinations(range(n), batch_size)])


@mistake("all_estimates", misconception="scaled_to_the_sum")
def all_estimates(gradients, batch_size):
    n = len(gradients)
    return torch.stack([n / batch_size * gradients[list(c)].sum(dim=0) for c in combinations(range(n), batch_size)])


@mistake("all_estimates", misconception="every_order_counted")
def all_estimates(gradients, batch_size):
    from itertools import permutations

    return torch.stack([gradients[list(c)].mean(dim=0) for c in permutations(range(len(gradients)), batch_size)])


@mistake("all_estimates", misconception="pictures_repeated")
def all_estimates(gradients, batch_size):
    from itertools import product

    n = len(gradients)
    return torch.stack([gradients[list(c)].mean(dim=0) for c in product(range(n), repeat=batch_size)])


@mistake("all_estimates", misconception="neighbours_together_only")
def all_estimates(gradients, batch_size):
    starts = range(0, len(gradients), batch_size)
    return torch.stack([gradients[start : start + batch_size].mean(dim=0) for start in starts])


@mistake("all_estimates", misconception="neighbours_together_only")
def all_estimates(gradients, batch_size):
    starts = range(len(gradients) - batch_size + 1)
    return torch.stack([gradients[start : start + batch_size].mean(dim=0) for start in starts])


@mistake("all_estimates", misconception="full_gradient_only")
def all_estimates(gradients, batch_size):
    return gradients.mean(dim=0)


@mistake("all_estimates", misconception="averaged_over_parameters")
def all_estimates(gradients, batch_size):
    return torch.stack([gradients[list(c)].mean(dim=1) for c in combinations(range(len(gradients)), batch_size)])


@mistake("all_estimates", misconception="minibatches_not_averaged")
def all_estimates(gradients, batch_size):
    return torch.stack([gradients[list(c)] for c in combinations(range(len(gradients)), batch_size)])


@variant("all_estimates")
def all_estimates(gradients, batch_size):
    rows = []
    for chosen in combinations(gradients, batch_size):
        total = torch.zeros(gradients.shape[1])
        for row in chosen:
            total = total + row
        rows.append(total / batch_size)
    return torch.stack(rows[::-1])


@variant("all_estimates")
def all_estimates(gradients, batch_size):
    members = torch.combinations(torch.arange(len(gradients)), batch_size)
    return gradients[members].mean(dim=1)


@mistake("train_epoch", misconception="gradients_pile_up")
def train_epoch(model, loader, loss_fn, optimizer):
    total, count = 0.0, 0
    for inputs, targets in loader:
        loss = loss_fn(model(inputs), targets)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(inputs)
        count += len(inputs)
    return total / count


@mistake("train_epoch", misconception="gradients_pile_up")
def train_epoch(model, loader, loss_fn, optimizer):
    total, count = 0.0, 0
    optimizer.zero_grad()
    for inputs, targets in loader:
        loss = loss_fn(model(inputs), targets)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(inputs)
        count += len(inputs)
    return total / count


@mistake("train_epoch", misconception="parameters_never_move")
def train_epoch(model, loader, loss_fn, optimizer):
    total, count = 0.0, 0
    for inputs, targets in loader:
        loss = loss_fn(model(inputs), targets)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        total += loss.item() * len(inputs)
        count += len(inputs)
    return total / count


@mistake("train_epoch", misconception="one_minibatch_only")
def train_epoch(model, loader, loss_fn, optimizer):
    total, count = 0.0, 0
    for inputs, targets in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(inputs), targets)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(inputs)
        count += len(inputs)
        return total / count


@mistake("train_epoch", misconception="one_step_an_epoch")
def train_epoch(model, loader, loss_fn, optimizer):
    total, count = 0.0, 0
    optimizer.zero_grad()
    for inputs, targets in loader:
        loss = loss_fn(model(inputs), targets)
        loss.backward()
        total += loss.item() * len(inputs)
        count += len(inputs)
    optimizer.step()
    return total / count


@mistake("train_epoch", misconception="loss_arguments_exchanged")
def train_epoch(model, loader, loss_fn, optimizer):
    total, count = 0.0, 0
    for inputs, targets in loader:
        optimizer.zero_grad()
        loss = loss_fn(targets, model(inputs))
        loss.backward()
        optimizer.step()
        total += loss.item() * len(inputs)
        count += len(inputs)
    return total / count


@mistake("train_epoch", misconception="sigmoid_before_the_loss")
def train_epoch(model, loader, loss_fn, optimizer):
    total, count = 0.0, 0
    for inputs, targets in loader:
        optimizer.zero_grad()
        loss = loss_fn(torch.sigmoid(model(inputs)), targets)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(inputs)
        count += len(inputs)
    return total / count


@mistake("train_epoch", misconception="own_learning_rate")
def train_epoch(model, loader, loss_fn, optimizer):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    total, count = 0.0, 0
    for inputs, targets in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(inputs), targets)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(inputs)
        count += len(inputs)
    return total / count


@mistake("train_epoch", misconception="short_minibatch_counts_more")
def train_epoch(model, loader, loss_fn, optimizer):
    losses = []
    for inputs, targets in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(inputs), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return np.mean(losses)


@mistake("train_epoch", misconception="last_loss_told")
def train_epoch(model, loader, loss_fn, optimizer):
    for inputs, targets in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(inputs), targets)
        loss.backward()
        optimizer.step()
    return loss.item()


@mistake("train_epoch", misconception="losses_not_divided")
def train_epoch(model, loader, loss_fn, optimizer):
    total = 0.0
    for inputs, targets in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(inputs), targets)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(inputs)
    return total


@mistake("train_epoch", misconception="divided_by_pictures_too_often")
def train_epoch(model, loader, loss_fn, optimizer):
    total, count = 0.0, 0
    for inputs, targets in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(inputs), targets)
        loss.backward()
        optimizer.step()
        total += loss.item()
        count += len(inputs)
    return total / count


@variant("train_epoch")
def train_epoch(net, batches, criterion, optimiser):
    losses, sizes = [], []
    for x, y in batches:
        prediction = net(x)
        loss = criterion(prediction, y)
        optimiser.zero_grad()
        loss.backward()
        losses.append(float(loss))
        sizes.append(x.shape[0])
        optimiser.step()
    return np.average(losses, weights=sizes)


@variant("train_epoch")
def train_epoch(model, loader, loss_fn, optimizer):
    total = torch.tensor(0.0)
    count = 0
    for batch in loader:
        model.zero_grad()
        loss = loss_fn(model(batch[0]), batch[1])
        loss.backward()
        optimizer.step()
        total += loss.detach() * batch[1].shape[0]
        count += batch[1].shape[0]
    return total / count


@mistake("accuracy", misconception="half_for_logits")
def accuracy(model, inputs, targets):
    model.eval()
    with torch.no_grad():
        answers = (model(inputs) > 0.5).float()
    return (answers == targets).float().mean().item()


@mistake("accuracy", misconception="answers_counted")
def accuracy(model, inputs, targets):
    model.eval()
    with torch.no_grad():
        answers = (model(inputs) > 0).float()
    return (answers == targets).sum().item()


@mistake("accuracy", misconception="in_percent")
def accuracy(model, inputs, targets):
    model.eval()
    with torch.no_grad():
        answers = (model(inputs) > 0).float()
    return 100 * (answers == targets).float().mean().item()


@mistake("accuracy", misconception="errors_counted")
def accuracy(model, inputs, targets):
    model.eval()
    with torch.no_grad():
        answers = (model(inputs) < 0).float()
    return (answers == targets).float().mean().item()


@mistake("accuracy", misconception="every_pair_compared")
def accuracy(model, inputs, targets):
    model.eval()
    with torch.no_grad():
        answers = (model(inputs) > 0).float().squeeze(1)
    return (answers == targets).float().mean().item()


@mistake("accuracy", misconception="always_even")
def accuracy(model, inputs, targets):
    model.eval()
    with torch.no_grad():
        answers = model(inputs).argmax(dim=1, keepdim=True)
    return (answers == targets).float().mean().item()


@mistake("accuracy", misconception="always_odd")
def accuracy(model, inputs, targets):
    model.eval()
    with torch.no_grad():
        answers = torch.sigmoid(torch.sigmoid(model(inputs))) > 0.5
    return (answers == targets).float().mean().item()


@mistake("accuracy", misconception="never_right")
def accuracy(model, inputs, targets):
    model.eval()
    with torch.no_grad():
        p = torch.sigmoid(model(inputs))
    return (p == targets).float().mean().item()


@mistake("accuracy", misconception="never_right")
def accuracy(model, inputs, targets):
    model.eval()
    right = int(((model(inputs) > 0) == (targets > 0.5)).sum())
    return right // len(targets)


@mistake("accuracy", misconception="odd_answers_counted")
def accuracy(model, inputs, targets):
    model.eval()
    with torch.no_grad():
        return (model(inputs) > 0).float().mean().item()


@mistake("accuracy", misconception="still_in_training")
def accuracy(model, inputs, targets):
    with torch.no_grad():
        answers = (model(inputs) > 0).float()
    return (answers == targets).float().mean().item()


@mistake("accuracy", misconception="still_in_training")
def accuracy(model, inputs, targets):
    model.train()
    with torch.no_grad():
        answers = (torch.sigmoid(model(inputs)) > 0.5).float()
    model.eval()
    return (answers == targets).float().mean().item()


variant(
    "accuracy",
    cell="""
@torch.no_grad()
def accuracy(model, inputs, targets):
    model.eval()
    p = torch.sigmoid(model(inputs))
    return float((p.round() == targets).sum() / len(targets))
""",
)


@variant("accuracy")
def accuracy(network, x, y):
    network.eval()
    right = 0
    for logit, target in zip(network(x).flatten().tolist(), y.flatten().tolist()):
        right += (logit > 0) == (target == 1)
    network.train()
    return right / len(x)


@variant("accuracy")
def accuracy(model, inputs, targets):
    model.eval()
    logits = model(inputs).detach().numpy()
    return np.mean((logits >= 0) == (targets.numpy() == 1))


@mistake("interval", misconception="one_standard_error")
def interval(share, n):
    error = math.sqrt(share * (1 - share) / n)
    return share - error, share + error


@mistake("interval", misconception="no_root")
def interval(share, n):
    error = 1.96 * share * (1 - share) / n
    return share - error, share + error


@mistake("interval", misconception="n_outside_the_root")
def interval(share, n):
    error = 1.96 * math.sqrt(share * (1 - share)) / n
    return share - error, share + error


@mistake("interval", misconception="n_forgotten")
def interval(share, n):
    error = 1.96 * math.sqrt(share * (1 - share))
    return share - error, share + error


@mistake("interval", misconception="wrong_answers_forgotten")
def interval(share, n):
    error = 1.96 * math.sqrt(share / n)
    return share - error, share + error


@mistake("interval", misconception="two_for_1_96")
def interval(share, n):
    error = 2 * math.sqrt(share * (1 - share) / n)
    return share - error, share + error


@mistake("interval", misconception="low_and_high_exchanged")
def interval(share, n):
    error = 1.96 * math.sqrt(share * (1 - share) / n)
    return share + error, share - error


@mistake("interval", misconception="width_alone")
def interval(share, n):
    return 1.96 * math.sqrt(share * (1 - share) / n)


@mistake("interval", misconception="score_left_out")
def interval(share, n):
    error = 1.96 * math.sqrt(share * (1 - share) / n)
    return -error, error


@mistake("interval", misconception="no_return")
def interval(share, n):
    error = 1.96 * math.sqrt(share * (1 - share) / n)
    print(share - error, share + error)


@variant("interval")
def interval(share, n):
    standard_error = np.sqrt(share * (1 - share)) / np.sqrt(n)
    return share + 1.96 * standard_error * np.array([-1, 1])


@variant("interval")
def interval(p, count):
    variance = (p - p**2) / count
    return [p + z * variance**0.5 for z in (-1.96, 1.96)]


@mistake("cross_entropy", misconception="minus_sign_lost")
def cross_entropy(logits, labels):
    right = logits[torch.arange(len(labels)), labels]
    return (right - torch.logsumexp(logits, dim=1)).mean()


@mistake("cross_entropy", misconception="loss_added_up")
def cross_entropy(logits, labels):
    right = logits[torch.arange(len(labels)), labels]
    return (torch.logsumexp(logits, dim=1) - right).sum()


@mistake("cross_entropy", misconception="overflows")
def cross_entropy(logits, labels):
    p = torch.softmax(logits, dim=1)
    return -torch.log(p[torch.arange(len(labels)), labels]).mean()


@mistake("cross_entropy", misconception="softmax_down")
def cross_entropy(logits, labels):
    p = torch.log_softmax(logits, dim=0)
    return -p[torch.arange(len(labels)), labels].mean()


@mistake("cross_entropy", misconception="logit_for_probability")
def cross_entropy(logits, labels):
    return -logits[torch.arange(len(labels)), labels].mean()


@variant("cross_entropy")
def cross_entropy(logits, labels):
    logs = torch.log_softmax(logits, dim=1)
    return -logs.gather(1, labels.unsqueeze(1)).mean()


@variant("cross_entropy")
def cross_entropy(logits, labels):
    losses = [torch.logsumexp(row, dim=0) - row[label] for row, label in zip(logits, labels)]
    return sum(losses) / len(losses)
