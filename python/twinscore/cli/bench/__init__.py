"""twinscore bench: neighbor backends on given embeddings, in processes of their own."""
