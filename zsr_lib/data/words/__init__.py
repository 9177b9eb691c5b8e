"""Words of our own making: sentences about classes, and a small graph of what belongs to what."""
