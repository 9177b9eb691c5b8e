"""One training loop for all systems: device, precision, schedules, checkpoints, exact resume."""
