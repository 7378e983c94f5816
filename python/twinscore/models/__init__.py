"""Networks that turn images into points, run by ONNX Runtime."""
