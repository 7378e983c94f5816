"""Keys under which an ONNX model's ``metadata_props`` tell how to use it."""

PREPROCESSING_KEY = "twinscore.preprocessing"
"""JSON of ``Preprocessing``."""
