"""Data sets, generated aerial scenes, splits, class semantics, tasks and the decoded store."""
