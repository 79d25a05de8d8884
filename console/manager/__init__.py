"""What a program's manager does, at a desk."""
