"""Systems for finding the very thing that was drawn among others of its class."""
