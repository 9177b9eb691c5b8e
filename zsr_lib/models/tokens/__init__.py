"""Tokens: systems that see a picture as patches, and relate the patches of a sketch to those of a photo."""
