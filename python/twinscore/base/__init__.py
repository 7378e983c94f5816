"""What every stage stands on: array types, errors, progress, extras, threads, devices, memory, workers."""
