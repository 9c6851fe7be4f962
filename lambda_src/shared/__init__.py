"""Code that the functions of several systems share."""
