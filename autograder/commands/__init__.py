"""What the instructor's larger subcommands do; ``autograder.cli`` lists them."""

__all__: list[str] = []
