"""A pretend KakaoTalk and a pretend message provider over real HTTP; imports none of ours."""
