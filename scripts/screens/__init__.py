"""Pictures of every page for docs/screens: which pages there are, how each is brought about, the camera."""
