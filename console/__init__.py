"""The browser door: owner pages for a phone, manager pages for a desk."""
