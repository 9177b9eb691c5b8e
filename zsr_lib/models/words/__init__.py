"""Words: systems that read sentences, in training only or as queries."""
