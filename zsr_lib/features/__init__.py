"""From pixels to features: backbones, their weights, preprocessing, fine-tuning, and the feature cache."""
