"""What we answer, within what KakaoTalk shows."""
