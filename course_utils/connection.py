"""How JupyterLab's server talks to the browser: each message at once."""

from __future__ import annotations

from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

__all__ = ["PromptConnection"]


class PromptConnection(ZMQChannelsWebsocketConnection):  # type: ignore[misc]
    """A connection that never keeps a message back until the one before is acknowledged.

    Jupyter's own leaves Nagle's algorithm on. A kernel answers a slider in several small messages; the second one then
    waits for the browser's acknowledgement of the first, which may take 40 ms, more than all the rest of the way.
    """

    def connect(self) -> Any:
        """Connect, with TCP_NODELAY set."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()
