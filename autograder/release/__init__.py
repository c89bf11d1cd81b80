"""From a source notebook to what students receive."""

__all__: list[str] = []
