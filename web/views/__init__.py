"""One module a noun of the interface. A view parses, calls one service and renders."""
