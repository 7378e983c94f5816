"""The score from a growing sample of the images."""
