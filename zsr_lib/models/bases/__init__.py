"""What systems share: the bases, and the pieces that networks are made of."""
