"""Tests of the store wing."""
