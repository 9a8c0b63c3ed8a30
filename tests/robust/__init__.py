"""The program under attack: killed, stopped, without disk or database, at a wrong time, with far too much."""
