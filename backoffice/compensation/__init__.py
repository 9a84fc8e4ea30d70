"""Compensation: what was given to make up for something."""
