"""Hashing: codes are bits, some of them chosen one by one, and compared by Hamming distance as packed bytes."""
