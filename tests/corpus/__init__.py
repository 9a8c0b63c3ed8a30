"""A labelled corpus of our own in ten languages, its loader and its scorer."""
