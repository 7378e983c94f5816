"""What the pixels of an image tell in numbers: pure functions of decoded pixels."""
