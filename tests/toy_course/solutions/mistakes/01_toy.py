"""Wrong answers and right variants of the toy lab."""

from autograder.source.mistakes import mistake, variant


@mistake("double")
def double(x):
    return x**2


@mistake("double", misconception="no_return")
def double(x):
    print(2 * x)


@variant("double")
def double(number):
    return number + number


variant("double", cell="double = lambda x: x * 2")

mistake("middle", cell="middle = SIZES.mean() + 1")
mistake("middle", cell="middle = 4.0")
variant("middle", cell="middle = sorted(SIZES)[1]")
