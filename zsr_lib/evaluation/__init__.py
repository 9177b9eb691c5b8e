"""Metrics, protocols and the leak audit: sees codes and labels only."""
