"""Those who do parts of a long task side by side: this process, or a cluster of machines."""
