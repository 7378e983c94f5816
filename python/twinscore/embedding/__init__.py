"""Images to points: what a side is given as, which network embeds it, how, and stores."""
