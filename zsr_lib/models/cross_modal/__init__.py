"""Any two modalities: systems that bring partners, or items of one class or label, into one space."""
