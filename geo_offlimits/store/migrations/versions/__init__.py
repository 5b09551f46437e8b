"""One file a revision, numbered without gaps."""
