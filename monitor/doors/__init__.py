"""Doors: how people and machines come in. They parse, call the pipeline or a query, and show."""
