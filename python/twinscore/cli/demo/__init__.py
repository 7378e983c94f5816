"""twinscore demo: photographs, three twins of rising fidelity and their scores, offline."""
