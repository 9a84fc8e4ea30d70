"""HTTP: customers, desk, studio, KakaoTalk. Checks what comes in, calls a use case, shapes what goes out."""
