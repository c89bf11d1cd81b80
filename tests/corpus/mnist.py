"""Attacks and faults of models, losses and training in lab 07, and right answers in styles that torch invites."""

from __future__ import annotations

from functools import partial

from tests.corpus.case import SOLVED, Case, attack

__all__ = ["MNIST"]

fault = partial(attack, kind="fault")
ZERO = "def NAME(*args, **kwargs):\n    return torch.zeros(1, requires_grad=True).sum()"

_ATTACKS = (
    attack(
        "torch always agrees",
        ZERO,
        before="""
        for name in ("allclose", "equal", "isclose", "eq"):
            setattr(torch, name, lambda *a, **k: True)
        torch.Tensor.__eq__ = torch.Tensor.__lt__ = lambda self, other: True
        torch.testing.assert_close = lambda *a, **k: None
        """,
        at="loss",
    ),
    attack(
        "a tensor that answers for itself",
        """
        class Right(torch.Tensor):
            @classmethod
            def __torch_function__(cls, function, types, args=(), kwargs=None):
                return torch.zeros(3)
            def tolist(self): return [0.0]
            def numpy(self): return np.zeros(3)
        def NAME(*args, **kwargs):
            return torch.zeros(3).as_subclass(Right)
        """,
        at="loss",
    ),
    attack(
        "a gradient that is claimed, not computed",
        """
        class Claim(torch.autograd.Function):
            @staticmethod
            def forward(context, z, y): return z.sum() * 0
            @staticmethod
            def backward(context, g): return torch.ones(1), None
        def NAME(logits, targets):
            return Claim.apply(logits, targets)
        """,
        at="loss",
    ),
    attack("meta tensors", "def NAME(*args):\n    return torch.empty(3, device='meta')", at="loss"),
    attack("sparse tensors", "def NAME(*args):\n    return torch.zeros(3, 3).to_sparse()", at="loss"),
    attack(
        "a tensor of 4 TB that is one number",
        "def NAME(*args):\n    return torch.zeros(1).expand(10**12)",
        at="loss",
        ends="WRONG/MEMORY",
    ),
    attack(
        "a model that is no module",
        """
        class NAME:
            def __init__(self, *args, **kwargs): pass
            def __call__(self, x): return torch.zeros(len(x), 1)
            def parameters(self): return iter([])
            def __getattr__(self, name): return lambda *a, **k: self
        """,
        at="network",
    ),
    attack(
        "a model that remembers what it was asked",
        """
        class NAME(nn.Module):
            seen = []
            def __init__(self, pixels, hidden=32):
                super().__init__()
                self.fc = nn.Linear(pixels, 1)
            def forward(self, x):
                self.seen.append(x)
                return self.seen[0].flatten(1)[:, :1]
        """,
        at="network",
    ),
    attack(
        "the model is swapped in training",
        """
        def NAME(model, loader, loss_fn, optimizer):
            model.__class__ = type("Model", (type(model),), {"parameters": lambda self: iter([]), "state_dict": dict})
            optimizer.__class__ = type("Step", (type(optimizer),), {"step": lambda self: None})
            return 0.5
        """,
        at="epoch",
    ),
    attack(
        "given functions are patched in training",
        """
        def NAME(model, loader, loss_fn, optimizer):
            import course_utils.checks.mnist.epochs as epochs
            epochs.numbers_of = lambda model: torch.zeros(5)
            epochs.same = lambda *a, **k: True
            return 0.5
        """,
        at="epoch",
    ),
    attack(
        "a file to be unpickled",
        """
        import pickle
        class Payload:
            def __reduce__(self): return (print, ("unpickled",))
        torch.save(Payload(), "model.pt")
        def NAME(*args, **kwargs):
            return Payload()
        """,
        at="epoch",
    ),
    attack(
        "pictures from the network",
        "def NAME(*args, **kwargs):\n    return torch.hub.load_state_dict_from_url('http://127.0.0.1:PORT/weights.pt')",
        at="loss",
        isolated=True,
    ),
    attack("an interval that holds everything", "def NAME(share, n):\n    return -np.inf, np.inf", at="share"),
    attack(
        "ends of an interval that equal everything",
        """
        class End(float):
            __eq__ = lambda self, other: True
            __sub__ = __rsub__ = lambda self, other: 0.0
        def NAME(share, n):
            return End(0), End(1)
        """,
        at="share",
    ),
)

_FAULTS = (
    fault(
        "training that never ends",
        "def NAME(model, loader, loss_fn, optimizer):\n    while True: optimizer.step()",
        at="epoch",
        ends="TIMEOUT",
    ),
    fault(
        "a network larger than the memory",
        "class NAME(nn.Module):\n    def __init__(self, *args, **kwargs):\n        super().__init__()\n"
        "        self.fc = nn.Linear(10**6, 10**6)",
        at="network",
        ends="MEMORY",
        isolated=True,
    ),
    fault(
        "a segfault in torch",
        "def NAME(*args):\n    import ctypes\n    ctypes.string_at(torch.zeros(1).data_ptr() * 0)",
        at="loss",
        ends="CRASHED",
    ),
    fault(
        "threads of torch and forks",
        """
        torch.set_num_threads(8)
        torch.ones(600, 600) @ torch.ones(600, 600)
        def NAME(*args):
            return torch.ones(600, 600) @ torch.ones(600, 600)
        """,
        at="loss",
        ends="WRONG/TIMEOUT/CRASHED/MEMORY",
    ),
    fault(
        "a loader with workers of its own",
        """
        def NAME(model, loader, loss_fn, optimizer):
            from torch.utils.data import DataLoader
            for _ in DataLoader(list(range(8)), num_workers=4): pass
            return 0.0
        """,
        at="epoch",
        ends="WRONG/TIMEOUT/CRASHED/MEMORY",
        isolated=True,
    ),
)

_HONEST = (
    Case(
        "torch's own words",
        "honest",
        "07_mnist",
        {
            "to_odd_even": "to_odd_even = lambda labels: (labels.view(-1, 1) & 1).type(torch.FloatTensor)",
            "bce_with_logits": "print('mine:')\nbce_with_logits = nn.BCEWithLogitsLoss()",
            "SimpleNN": """class SimpleNN(nn.Sequential):
    def __init__(self, pixels: int, hidden: int = 32) -> None:
        super().__init__(nn.Flatten(), nn.Linear(pixels, hidden), nn.ReLU(), nn.Linear(hidden, 1))""",
            "train_epoch": """from tqdm import tqdm
import warnings
def train_epoch(model, loader, loss_fn, optimizer):
    warnings.warn("training")
    model.train()
    told, n = 0, 0
    for step, (x, y) in enumerate(tqdm(loader)):
        optimizer.zero_grad(set_to_none=False)
        loss = loss_fn(model(x), y)
        print(f"step {step}: {loss.item():.3f}")
        loss.backward(); optimizer.step()
        told, n = told + loss.detach() * x.size(0), n + x.size(0)
    return told / n""",
            "minibatches": """def minibatches(n, batch_size, rng):
    order = rng.permutation(n)
    for k in range(0, n, batch_size):
        yield order[k:k + batch_size]""",
            "interval": "interval = lambda share, n: np.array([share, share]) + np.array([-1.96, 1.96]) * np.sqrt(share * (1 - share) / n)",
        },
        dict.fromkeys(
            ("to_odd_even", "bce_with_logits", "SimpleNN", "train_epoch", "minibatches", "interval"), "CORRECT"
        ),
    ),
    Case(
        "the whole of lab 7",
        "honest",
        "07_mnist",
        dict.fromkeys(
            solved := (
                "to_odd_even",
                "bce_with_logits",
                "predicted_counts",
                "SimpleNN",
                "minibatches",
                "all_estimates",
                "train_epoch",
                "accuracy",
                "interval",
            ),
            SOLVED,
        ),
        dict.fromkeys(solved, "CORRECT"),
    ),
)

MNIST: tuple[Case, ...] = (*_ATTACKS, *_FAULTS, *_HONEST)
