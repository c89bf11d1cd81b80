"""Wrong answers and right variants of the lab 01_walks."""

from autograder.source.mistakes import mistake, variant


@mistake("step", misconception="no_return")
def step(x, length):
    print(x + length / 2)


@mistake("step", misconception="wrong_sign")
def step(x, length):
    return -(x + length / 2)


@variant("step")
def step(x, length):
    return x + length / 2


@mistake("heights", misconception="reversed_order")
def heights(height, starts):
    return np.array([height(start) for start in starts[::-1]])


@mistake("heights", misconception="scalar_for_array")
def heights(height, starts):
    return sum(height(start) for start in starts) / len(starts)


@variant("heights")
def heights(height, starts):
    found = np.empty(len(starts))
    for place, start in enumerate(starts):
        found[place] = height(start)
    return found


mistake("lowest", misconception="wrong_sign", cell="lowest = -0.5")
variant("lowest", cell="lowest = STARTS[2]")


@mistake("Pedometer", misconception="no_return")
class Pedometer:
    def __init__(self, length):
        self.length = length

    def count(self, distance):
        self.steps = int(np.ceil(distance / self.length))
