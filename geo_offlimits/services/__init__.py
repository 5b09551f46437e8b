"""Use cases: one a function. Permission and audit live here, so no door can differ."""
