"""Zero-shot sketch-based image retrieval, 2018 to 2019: to hallucinate photos, to align by words, to remember."""
