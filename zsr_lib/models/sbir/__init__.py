"""Sketch-based image retrieval as it was before anybody held classes out; here all of it is asked about unseen ones."""
