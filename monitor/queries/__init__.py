"""What people ask afterwards or try out: over the database and the watchlist, beside the pipeline."""
