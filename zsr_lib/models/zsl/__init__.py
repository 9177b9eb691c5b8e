"""Zero-shot learning: systems made for classification, asked to retrieve."""
