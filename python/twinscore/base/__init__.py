"""What all stages stand on: arrays, errors, progress, extras, threads, devices, memory, workers."""
