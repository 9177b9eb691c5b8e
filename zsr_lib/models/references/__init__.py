"""References that every table carries: frozen features, a plain classifier, any codes as bits."""
