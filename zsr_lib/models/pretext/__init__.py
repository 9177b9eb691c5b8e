"""Systems that learn from pictures without labels, by a task that the pictures themselves set."""
