"""The tests: they mirror `monitor/`."""
