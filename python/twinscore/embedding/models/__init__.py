"""Which networks there are: the built-in one, and those of other packages."""

DEFAULT_MODEL = "efficientnet-lite0"
