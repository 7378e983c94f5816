"""How a network runs: images through decoders and a session, side by side."""
