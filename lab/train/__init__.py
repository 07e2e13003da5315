"""Training: from recorded changes and their labels to the weights that the product carries."""
