"""What people say in the chat, and what they mean by it."""
