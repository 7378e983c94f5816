"""Changes of pixels that give an image more, or less, of one fact."""
