"""Tests of the reports wing."""
