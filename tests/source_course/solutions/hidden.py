"""What the hidden checks of these labs share."""

import importlib


def reference(lab):
    """Return the module of a lab's reference solutions."""
    return importlib.import_module(lab)
