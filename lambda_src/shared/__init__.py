"""What the functions of more than one system need."""
