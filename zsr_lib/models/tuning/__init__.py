"""A backbone whose last blocks are trained before anything else is."""
