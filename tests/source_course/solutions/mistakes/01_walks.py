"""Wrong answers and right variants of the lab 01_walks."""

from autograder.source.mistakes import mistake, variant


@mistake("step")
def step(x, length):
    return x + length


@variant("step")
def step(x, length):
    return x + length / 2


@mistake("heights")
def heights(height, starts):
    return np.array([start**2 for start in starts])


@variant("heights")
def heights(height, starts):
    found = np.empty(len(starts))
    for place, start in enumerate(starts):
        found[place] = height(start)
    return found


mistake("lowest", cell="lowest = -2.5")
variant("lowest", cell="lowest = 0.5")
