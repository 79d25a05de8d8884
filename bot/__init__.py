"""The KakaoTalk door: webhooks in, replies out, conversations."""
