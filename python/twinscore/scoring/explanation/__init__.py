"""What sets the sides apart, in facts of their images, and what each repair would bring."""
