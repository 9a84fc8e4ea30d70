"""What the invented shop is made of: names, goods, places, carriers. All fictitious."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Product:
    """Something the invented shop sells."""

    name: str
    price_krw: int
    options: tuple[str, ...] = ()


_SIZES = ("S", "M", "L", "XL")
_SHOES = ("240", "250", "260", "270", "280")
_COLOURS = ("검정", "흰색", "남색", "베이지")

PRODUCTS = (
    Product("러닝화", 89_000, _SHOES),
    Product("운동화", 69_000, _SHOES),
    Product("등산화", 129_000, _SHOES),
    Product("슬리퍼", 19_000, _SHOES),
    Product("기모 후드티", 39_900, _SIZES),
    Product("면 티셔츠", 15_900, _SIZES),
    Product("청바지", 49_900, _SIZES),
    Product("패딩 조끼", 79_000, _SIZES),
    Product("울 목도리", 32_000, _COLOURS),
    Product("양말 5켤레", 9_900, _COLOURS),
    Product("백팩", 59_000, _COLOURS),
    Product("텀블러", 24_000, _COLOURS),
    Product("무선 이어폰", 99_000, _COLOURS),
    Product("보조 배터리", 29_900, _COLOURS),
    Product("휴대폰 케이스", 14_900, _COLOURS),
    Product("탁상 조명", 36_000, ("전구색", "주광색")),
    Product("가습기", 54_000, ("화이트", "그레이")),
    Product("전기 주전자", 42_000),
    Product("프라이팬", 27_900, ("24cm", "28cm")),
    Product("극세사 이불", 64_000, ("싱글", "퀸")),
    Product("베개 커버", 12_900, _COLOURS),
    Product("핸드크림", 8_900, ("무향", "라벤더")),
    Product("샴푸", 13_900, ("500ml", "1L")),
    Product("원두 커피", 18_000, ("200g", "500g")),
    Product("수제 그래놀라", 11_500),
    Product("강아지 간식", 7_900, ("닭고기", "고구마")),
    Product("고양이 모래", 16_900),
    Product("요가 매트", 26_000, _COLOURS),
    Product("스케치북", 6_500),
    Product("만년필", 45_000, ("EF", "F", "M")),
)

FAMILY_NAMES = tuple("김이박최정강조윤장임한오서신권황안송류홍")
GIVEN_NAMES = (
    "가온", "나래", "다온", "라온", "마루", "보람", "새봄", "아름", "이슬", "하람", "한결", "해솔",
    "도담", "슬기", "은솔", "초롱", "한별", "미르", "노을", "바다", "샛별", "여울", "윤슬", "잔디",
)  # fmt: skip
DISTRICTS = (
    ("서울", "서울 마포구"),
    ("서울", "서울 송파구"),
    ("서울", "서울 관악구"),
    ("경기", "경기 수원시 영통구"),
    ("경기", "경기 고양시 일산동구"),
    ("인천", "인천 연수구"),
    ("부산", "부산 해운대구"),
    ("대구", "대구 수성구"),
    ("대전", "대전 유성구"),
    ("광주", "광주 북구"),
    ("강원", "강원 춘천시"),
    ("제주", "제주 제주시"),
)
ROADS = ("이음로", "새봄길", "별빛로", "물결로", "구름길", "나루터길")
COURIERS = ("한달음택배", "바로택배", "이웃택배")
PLACES = ("문 앞", "경비실", "무인 택배함", "본인 수령", "가족 수령")
PAYMENT_METHODS = ("신용카드", "체크카드", "계좌이체", "간편결제")
CARRIERS = ("SKT", "KT", "LGU+", "알뜰폰")
BROWSERS = ("Chrome", "Safari", "Edge", "Firefox", "삼성 인터넷", "카카오톡 인앱")

# Why verification fails: share of all failures in percent, method, code the agency reports.
FAILURE_CAUSES = {
    "sms_not_received": (35, "SMS", "SMS-408"),
    "pass_app": (25, "PASS", "PASS-201"),
    "browser": (20, "PASS", "WEB-310"),
    "info_mismatch": (15, "SMS", "ID-102"),
    "network": (5, "ARS", "NET-504"),
}
# Why customers are blocked: share in percent, hours until automatic release (None: by hand), what the log says.
BLOCK_REASONS = {
    "info_mismatch": (35, 24, "이름 또는 생년월일이 여러 번 일치하지 않음"),
    "sms_failures": (25, 6, "인증번호를 여러 번 틀림"),
    "abnormal_access": (20, 48, "평소와 다른 접속"),
    "identity_misuse": (15, None, "다른 사람의 명의가 의심됨"),
    "other": (5, 24, "운영 확인 필요"),
}


def apportion(total: int, shares: dict[str, int]) -> list[str]:
    """Return `total` names in the proportion of `shares` (percent), by largest remainder; every name at least once."""
    exact = {name: total * share / 100 for name, share in shares.items()}
    counts = {name: max(1, int(value)) for name, value in exact.items()}
    for name in sorted(exact, key=lambda name: exact[name] - counts[name], reverse=True):
        if sum(counts.values()) < total:
            counts[name] += 1
    return [name for name, count in counts.items() for _ in range(count)]
