"""Trials: what a task takes a person on the pages, counted by the keystroke-level model while a browser does it."""
